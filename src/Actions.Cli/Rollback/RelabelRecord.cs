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
        var run = new RunIdentity { RunUrl = context.Environment.RunUrl, Process = ProcessTable.Here(), StartedAt = now, Timeout = inputs.Cluster.Timeout };
        return run.Sign(new LedgerEvent
        {
            Id = context.Ulids.Next(),
            Kind = RecordKind.Rollback,
            State = RecordState.Succeeded,
            Environment = inputs.Environment,
            ProgramId = seen.Program.Id,
            At = now,
            FinishedAt = now,
            Cluster = inputs.Cluster.Cluster.Name,
            GenesisHash = site.Rpc.GenesisHash,
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
            Actor = context.Environment.Actor,
            Reason = inputs.Reason,
            ReleaseId = relabel.Undoes,
        });
    }
}
