using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Rpc;
using Actions.Core.Sending;

namespace Actions.Cli.SolanaDeploy;

/// <summary>`solana-deploy`: inputs, observe, plan, run, report.</summary>
internal static class SolanaDeployAction
{
    /// <summary>How long a stopping run may still ask what became of its transactions.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(3);

    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = SolanaDeployInputs.Read(context).OrThrow();
        using var limit = new CancellationTokenSource(inputs.Cluster.Timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var rpc = inputs.Cluster.Connect(context.Http, context.Time);
        var report = new DeployReport(context, inputs, rpc);
        report.Add(context.Inputs.Faults);
        try
        {
            report.Add(await rpc.OpenAsync(either.Token));
            await DeployAsync(context, inputs.Request, rpc, report, either.Token);
        }
        catch (FaultException fault)
        {
            report.Add(fault.Faults);
        }
        catch (RpcRefusedException refused)
        {
            report.Add(new Fault(FaultCodes.RpcInvalidAnswer, "an endpoint that serves every method a deploy needs", refused.Message, "use another endpoint", "rpc-url"));
        }
        catch (OperationCanceledException) when (report.Progress.Signature is not null)
        {
            // The final transaction had left before the signal, and it landed: the deploy is done.
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            report.Add(ActionHost.Cancelled());
        }
        catch (OperationCanceledException)
        {
            report.Add(new Fault(FaultCodes.Timeout, $"an end within {inputs.Cluster.Timeout}", "the time is over", "run again: it continues where this run stopped; or raise timeout", "timeout"));
        }
        return report.Outcome();
    }

    private static async Task DeployAsync(ActionContext context, DeployRequest request, RpcClient rpc, DeployReport report, CancellationToken cancellation)
    {
        var observer = new DeployObserver(rpc, request);
        var stale = new StaleBuffers(rpc, request);
        await using var pump = new TransactionPump(rpc, context.Time, cancellation);
        var warmUp = request.IsDryRun ? Task.CompletedTask : pump.WarmUpAsync(cancellation);
        var state = await observer.LookAsync(null, cancellation);
        var own = state.BufferAddress.Address;
        state = state with { ToReclaim = (await stale.ToReclaimAsync(new HashSet<Actions.Core.Solana.Address>(), own, cancellation)).OrThrow() };
        report.Observed(state);

        var plan = DeployPlan.Make(request, state);
        if (plan.IsOk)
            report.Planned(plan.Value);
        if (!plan.IsOk || request.IsDryRun || plan.Value.Steps.Count == 0)
        {
            report.Stale(await stale.FindAsync(own, cancellation));
            plan.OrThrow();
            return;
        }
        await warmUp;
        var run = new DeployRun(rpc, observer, request, pump, report.Progress, context.Log, context.Time);
        try
        {
            await run.RunAsync(state, plan.Value, cancellation);
            report.Stale(await stale.FindAsync(own, cancellation));
        }
        catch (FaultException) when (!cancellation.IsCancellationRequested)
        {
            // What this run leaves behind is said like anybody else's.
            report.Stale(await stale.FindAsync(default, cancellation));
            throw;
        }
        finally
        {
            await LastLookAsync(pump, run, report, context.Time, cancellation);
        }
    }

    /// <summary>Whatever ends the run, what landed is known and said; for a final transaction already sent that is worth a moment's wait.</summary>
    private static async Task LastLookAsync(TransactionPump pump, DeployRun run, DeployReport report, TimeProvider time, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested && report.Progress.Signature is null)
        {
            using var patience = new CancellationTokenSource(LastLook, time);
            if (await pump.LastLookAsync(report.Progress.Final, patience.Token) is { Fate: Fate.Succeeded } landed)
                run.Landed(landed);
        }
        report.Counted(pump.Landed.Count, pump.Landed.Fees);
    }
}
