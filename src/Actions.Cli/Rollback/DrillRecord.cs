using Actions.Cli.SolanaDeploy;
using Actions.Core.Ledger;

namespace Actions.Cli.Rollback;

/// <summary>The verdict of a drill: a check of what runs, that says how fast it could have been rolled back.</summary>
internal static class DrillRecord
{
    public static LedgerEvent Make(RollbackInputs inputs, DeploySite site, SeenProgram seen, DeployReport report, bool isInTime, DateTimeOffset startedAt)
    {
        var (context, now) = (site.Context, site.Context.Time.GetUtcNow());
        return site.Book.Begin(context.Ulids.Next(), RecordKind.Check, isInTime ? RecordState.Succeeded : RecordState.Failed, seen.Program.Id, startedAt) with
        {
            Check = CheckKind.Drill,
            FinishedAt = now,
            Name = seen.Current?.Facts.Name,
            Version = seen.Current?.Facts.Version,
            Variant = seen.Current?.Facts.Variant,
            ExecutableHash = seen.Subject.Chain.ExecutableHash,
            RefersTo = seen.Current?.Id,
            Restores = seen.Target?.Record?.Id,
            Slot = seen.Subject.Chain.Slot,
            Reason = inputs.Reason,
            RtoSeconds = report.Seconds,
        };
    }
}
