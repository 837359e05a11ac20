using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;

namespace Actions.Cli.Rollback;

/// <summary>`rollback`: inputs, observe, plan, then the deploy engine with the old bytes, and the smoke test.</summary>
internal static class RollbackAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var (since, startedAt) = (context.Time.GetTimestamp(), context.Time.GetUtcNow());
        var inputs = await context.ReadAsync(RollbackInputs.Read, cancellation);
        using var rpc = inputs.Cluster.Connect(context.Http, context.Time);
        var reports = new DeployReports(context);
        reports.Add(context.Inputs.Faults);
        var site = new DeploySite(context, inputs.Cluster, rpc, new RecordBook(context, inputs.Records, inputs.Cluster, inputs.Environment, rpc));
        var sequence = new DeploySequence(site, reports);
        // A final transaction that had left before the signal, and landed: the rollback is done, unless its smoke test is still to come.
        bool IsDone() => sequence.HasLanded && inputs.Spec is null;
        await new BoundedRun(context.Time, inputs.Cluster.Timeout, reports.Add)
        {
            AtSignal = fault => IsDone() ? inputs.WriteBack.Owed : fault,
            AtTimeout = fault => !sequence.HasLanded ? fault : IsDone() && sequence.IsSettled ? inputs.WriteBack.Owed : fault with { Found = "found that the old bytes run again, and that not all that follows is done" },
        }.RunAsync(token => RollBackAsync(inputs, site, reports, sequence, (since, startedAt), token), cancellation);
        return reports.Outcome();
    }

    private static async Task RollBackAsync(
        RollbackInputs inputs, DeploySite site, DeployReports reports, DeploySequence sequence, (long Timestamp, DateTimeOffset At) since, CancellationToken cancellation)
    {
        reports.Add(await site.Rpc.OpenAsync(cancellation));
        var store = inputs.Records.OpenStore(site.Context);
        var seen = await new RollbackObserver(inputs, site, store).LookAsync(cancellation);
        var made = RollbackPlan.Make(inputs, seen, since.Timestamp);
        if (!made.IsOk)
        {
            foreach (var program in seen)
            {
                reports.Add(new RestingReport(program, isReal: false));
            }
        }

        var plan = made.OrThrow();
        reports.Add(plan.Warnings);
        await new RollbackRun(inputs, site, store, reports, sequence).RunAsync(plan, cancellation);
        if (inputs.IsDryRun)
        {
            return;
        }

        if (Undecided(sequence) is { } waits)
        {
            reports.Add(waits);
            return;
        }

        await new RecoveryTime(inputs, site, reports, since.At).JudgeAsync(plan.Restored, sequence.Reports, cancellation);
        if (inputs.IsDrill)
        {
            return;
        }

        await WriteBackAsync(inputs, site, reports, cancellation);
        if (inputs.Spec is not null)
        {
            await RollbackSmoke.RunAsync(site.Context, inputs, reports, cancellation);
        }
    }

    /// <summary>Where members still have to decide, nothing is rolled back yet, and nobody must believe it is.</summary>
    private static Fault? Undecided(DeploySequence sequence)
    {
        var waiting = sequence.Reports.Where(report => report is { Waits: true, Squads.Proposal: not null }).ToList();
        return waiting.Count == 0 ? null : new Fault(
            FaultCodes.ProposalNotExecutable, "Expected a standby that is approved and whose time lock is over",
            $"found none, so the way back of {string.Join(", ", waiting.Select(report => $"{report.Name} is proposal {report.Squads!.Proposal!.Index}"))}",
            "let the members approve it; then run again, or let continue execute it", "upgrade-authority");
    }

    /// <summary>The callers follow the chain, whether the smoke test likes what runs there or not; and that test is worth having although a registry failed.</summary>
    private static async Task WriteBackAsync(RollbackInputs inputs, DeploySite site, DeployReports reports, CancellationToken cancellation)
    {
        var runs = reports.Running(site.Context.Time.GetUtcNow());
        if (runs.Count == 0)
        {
            return; // a first release that never reached the chain
        }

        try
        {
            await inputs.WriteBack.RunAsync(site.Context, inputs.Environment, runs, cancellation);
        }
        catch (FaultException problem) when (!cancellation.IsCancellationRequested)
        {
            reports.Add(problem.Faults);
        }
    }
}
