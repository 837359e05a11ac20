using Actions.Cli.SolanaDeploy;
using Actions.Core.Ledger;

namespace Actions.Cli.Rollback;

/// <summary>The verdict of a drill: a check of what runs, that says how fast it could have been rolled back.</summary>
internal static class DrillRecord
{
    public static LedgerEvent Make(RollbackInputs inputs, DeploySite site, SeenProgram seen, DeployReport report, bool isInTime, DateTimeOffset startedAt)
    {
        var (context, now) = (site.Context, site.Context.Time.GetUtcNow());
        var run = new RunIdentity { RunUrl = context.Environment.RunUrl, Process = ProcessTable.Here(), StartedAt = startedAt, Timeout = inputs.Cluster.Timeout };
        return run.Sign(new LedgerEvent
        {
            Id = context.Ulids.Next(),
            Kind = RecordKind.Check,
            Check = CheckKind.Drill,
            State = isInTime ? RecordState.Succeeded : RecordState.Failed,
            Environment = inputs.Environment,
            ProgramId = seen.Program.Id,
            At = now,
            FinishedAt = now,
            Cluster = inputs.Cluster.Cluster.Name,
            GenesisHash = site.Rpc.GenesisHash,
            Name = seen.Current?.Facts.Name,
            Version = seen.Current?.Facts.Version,
            Variant = seen.Current?.Facts.Variant,
            ExecutableHash = seen.Subject.Chain.ExecutableHash,
            RefersTo = seen.Current?.Id,
            Restores = seen.Target?.Record?.Id,
            Slot = seen.Subject.Chain.Slot,
            Actor = context.Environment.Actor,
            Reason = inputs.Reason,
            RtoSeconds = report.Seconds,
        });
    }
}
