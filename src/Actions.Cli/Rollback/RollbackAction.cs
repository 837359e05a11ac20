using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Rpc;

namespace Actions.Cli.Rollback;

/// <summary>`rollback`: inputs, observe, plan, then the deploy engine with the old bytes, and the smoke test.</summary>
internal static class RollbackAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var (since, startedAt) = (context.Time.GetTimestamp(), context.Time.GetUtcNow());
        var inputs = await context.ReadAsync(RollbackInputs.Read, cancellation);
        using var limit = new CancellationTokenSource(inputs.Cluster.Timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var rpc = inputs.Cluster.Connect(context.Http, context.Time);
        var reports = new DeployReports(context);
        reports.Add(context.Inputs.Faults);
        var site = new DeploySite(context, inputs.Cluster, inputs.Environment, rpc, inputs.Records.OpenLedger(context), inputs.Records.LedgerDirectory) { Probe = inputs.Records.Probe(context) };
        var sequence = new DeploySequence(site, reports);
        try
        {
            reports.Add(await rpc.OpenAsync(either.Token));
            await RollBackAsync(inputs, site, reports, sequence, (since, startedAt), either.Token);
        }
        catch (FaultException fault)
        {
            reports.Add(fault.Faults);
        }
        catch (RpcRefusedException refused)
        {
            reports.Add(new Fault(FaultCodes.RpcInvalidAnswer, "Expected an endpoint that serves every method a rollback needs", $"found {refused.Message}", "use another endpoint", "rpc-url"));
        }
        catch (OperationCanceledException) when (sequence.HasLanded && inputs.Spec is null && (sequence.IsSettled || cancellation.IsCancellationRequested))
        {
            // The last final transaction had left before the signal, and it landed: the rollback is done.
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            reports.Add(ActionHost.Cancelled());
        }
        catch (OperationCanceledException)
        {
            reports.Add(new Fault(
                FaultCodes.Timeout, $"Expected an end within {inputs.Cluster.Timeout}", sequence.HasLanded ? "found that the old bytes run again, and that not all that follows is done" : "found that the time is over",
                "run again: it continues where this run stopped; or raise timeout", "timeout"));
        }

        return reports.Outcome();
    }

    private static async Task RollBackAsync(
        RollbackInputs inputs, DeploySite site, DeployReports reports, DeploySequence sequence, (long Timestamp, DateTimeOffset At) since, CancellationToken cancellation)
    {
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

        await new RecoveryTime(inputs, site, reports, since.At).JudgeAsync(plan.Restored, sequence.Reports, cancellation);
        if (inputs is { Spec: not null, IsDrill: false })
        {
            await RollbackSmoke.RunAsync(site.Context, inputs, reports, cancellation);
        }
    }
}
