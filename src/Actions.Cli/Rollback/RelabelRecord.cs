using Actions.Cli.SolanaDeploy;
using Actions.Core.Ledger;

namespace Actions.Cli.Rollback;

/// <summary>The record of a rollback that changes no bytes: a program goes back to an earlier version of what it runs.</summary>
internal static class RelabelRecord
{
    public static LedgerEvent Make(RollbackInputs inputs, DeploySite site, SeenProgram seen, RollbackStep.Relabel relabel)
    {
        var (context, now) = (site.Context, site.Context.Time.GetUtcNow());
        var standing = LedgerRules.Standing(seen.Subject.Records, seen.Subject.Chain.ExecutableHash)?.Facts;
        var target = relabel.Target.Facts;
        return site.Book.Begin(context.Ulids.Next(), RecordKind.Rollback, RecordState.Succeeded, seen.Program.Id, now) with
        {
            FinishedAt = now,
            Name = target.Name,
            Version = target.Version,
            Variant = target.Variant,
            Sha256 = target.Sha256,
            ExecutableHash = seen.Subject.Chain.ExecutableHash,
            From = relabel.Replaced.Id,
            Restores = relabel.Target.Id,
            Unchanged = true,
            Signature = standing?.Signature,
            Slot = standing?.Slot ?? seen.Subject.Chain.Slot,
            BlockTime = standing?.BlockTime,
            UpgradeAuthority = seen.Subject.Chain.UpgradeAuthority,
            Reason = inputs.Reason,
            ReleaseId = relabel.Undoes,
        };
    }
}
