using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Ledger;
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
        var inputs = await context.ReadAsync(SolanaDeployInputs.Read, cancellation);
        using var limit = new CancellationTokenSource(inputs.Cluster.Timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var rpc = inputs.Cluster.Connect(context.Http, context.Time);
        var report = new DeployReport(context, inputs, rpc);
        report.Add(context.Inputs.Faults);
        try
        {
            report.Add(await rpc.OpenAsync(either.Token));
            await DeployAsync(context, inputs, rpc, report, either.Token);
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

    private static async Task DeployAsync(ActionContext context, SolanaDeployInputs inputs, RpcClient rpc, DeployReport report, CancellationToken cancellation)
    {
        var request = inputs.Request;
        var record = new DeployRecord(inputs.OpenLedger(context.Time), context, inputs, rpc, RunProbe.Local);
        var observer = new DeployObserver(rpc, request);
        var stale = new StaleBuffers(rpc, request);
        await using var pump = new TransactionPump(rpc, context.Time, cancellation);
        var warmUp = request.IsDryRun ? Task.CompletedTask : pump.WarmUpAsync(cancellation);
        var state = await observer.LookAsync(null, cancellation);
        var own = state.BufferAddress.Address;
        state = state with { ToReclaim = (await stale.ToReclaimAsync(await record.PendingBuffersAsync(cancellation), own, cancellation)).OrThrow() };
        report.Observed(state);

        var plan = DeployPlan.Make(request, state);
        if (plan.IsOk)
        {
            report.Planned(plan.Value);
        }

        if (!plan.IsOk || request.IsDryRun)
        {
            // A refused plan uses nothing: what an earlier run left at its address is said like any other buffer.
            report.Stale(await stale.FindAsync(plan is { IsOk: true, Value.Steps.Count: > 0 } ? own : default, cancellation));
            plan.OrThrow();
            return;
        }

        await warmUp;
        if (plan.Value.NeedsRecord(request.Mode))
        {
            await record.OpenAsync(state, cancellation);
        }

        report.Recorded(record.Id);
        var run = new DeployRun(rpc, observer, request, pump, report.Progress, context.Log, context.Time);
        try
        {
            await run.RunAsync(state, plan.Value, cancellation);
            report.Counted(pump);
            await RecordAsync(record, observer, state, request, report, pump, cancellation);
            // In buffer mode the buffer is the product; otherwise one that is still there is said like any other.
            report.Stale(await stale.FindAsync(request.Mode == DeployMode.Buffer ? own : default, cancellation));
        }
        catch (Exception exception) when (exception is FaultException or RpcRefusedException or OperationCanceledException)
        {
            var isStopped = cancellation.IsCancellationRequested;
            await StopAsync(record, run, report, pump, isStopped, context.Time);
            if (!isStopped && exception is not FaultException { Faults: [{ Code.Exit: ExitCode.Unavailable }, ..] })
            {
                // What this run leaves behind is said like anybody else's; an endpoint that is gone is not asked for it.
                report.Stale(await stale.FindAsync(default, cancellation));
            }

            throw;
        }
    }

    private static async Task RecordAsync(DeployRecord record, DeployObserver observer, DeployState state, DeployRequest request, DeployReport report, TransactionPump pump, CancellationToken cancellation)
    {
        var (count, fees) = pump.Landed;
        if (request.Mode == DeployMode.Buffer)
        {
            await record.PendAsync(state, count, fees, cancellation);
        }
        else if (report.Progress.HasChanged)
        {
            await record.SucceedAsync(report.Progress, count, fees, cancellation);
        }
        else if (await observer.ReadProgramDataAsync(state.Slot, cancellation) is ProgramState.Deployed running)
        {
            await record.UnchangedAsync(running, cancellation);
        }

        report.Recorded(record.Id);
    }

    /// <summary>
    /// A fault, a signal or the timeout: nothing more is sent; what landed is found out and said, and for a final transaction whose fate is
    /// open that is worth a moment's wait.
    /// </summary>
    private static async Task StopAsync(DeployRecord record, DeployRun run, DeployReport report, TransactionPump pump, bool isStopped, TimeProvider time)
    {
        using var patience = new CancellationTokenSource(LastLook, time);
        var open = report.Progress.Final is { Settled.IsCompleted: false } final ? final : null;
        var outcome = await pump.LastLookAsync(open, patience.Token);
        if (outcome is { Fate: Fate.Succeeded })
        {
            run.Landed(outcome);
        }

        report.Counted(pump);
        var (count, fees) = pump.Landed;
        try
        {
            if (outcome is { Fate: Fate.Succeeded })
            {
                await record.SucceedAsync(report.Progress, count, fees, patience.Token);
            }
            else
            {
                await record.FailAsync(isStopped, mayStillLand: report.Progress.Signature is not null || (open is { WasSent: true } && outcome is null), count, fees, patience.Token);
            }
        }
        catch (Exception exception) when (exception is FaultException or OperationCanceledException)
        {
            // The fault that ended the run is worth more than this one, which comes on top: the next run settles the record.
            if (exception is FaultException fault)
            {
                report.Add(fault.Faults);
            }
        }
    }
}
