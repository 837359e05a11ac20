using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Rpc;

namespace Actions.Cli.SolanaDeploy;

/// <summary>`solana-deploy`: inputs, then every program's observe, plan, run, and one report of all.</summary>
internal static class SolanaDeployAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(SolanaDeployInputs.Read, cancellation);
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
            await sequence.RunAsync(inputs.Targets, inputs.Release is { } release ? token => ReleaseIdAsync(site, release, token) : null, either.Token);
        }
        catch (FaultException fault)
        {
            reports.Add(fault.Faults);
        }
        catch (RpcRefusedException refused)
        {
            reports.Add(new Fault(FaultCodes.RpcInvalidAnswer, "an endpoint that serves every method a deploy needs", refused.Message, "use another endpoint", "rpc-url"));
        }
        catch (OperationCanceledException) when (sequence.HasLanded && (sequence.IsSettled || cancellation.IsCancellationRequested))
        {
            // The last final transaction had left before the signal, and it landed: the deploy is done.
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            reports.Add(ActionHost.Cancelled());
        }
        catch (OperationCanceledException)
        {
            reports.Add(new Fault(
                FaultCodes.Timeout, $"an end within {inputs.Cluster.Timeout}", sequence.HasLanded ? "the deploy is on chain, and its record is not complete yet" : "the time is over",
                "run again: it continues where this run stopped; or raise timeout", "timeout"));
        }

        return reports.Outcome();
    }

    private static async Task<string?> ReleaseIdAsync(DeploySite site, ReleaseKey release, CancellationToken cancellation)
    {
        List<LedgerRecord> records = [];
        foreach (var program in release.Programs)
        {
            records.AddRange(await site.Ledger.ReadAsync(release.Environment, program, cancellation));
        }

        return ReleaseIds.Of(records, release, site.Context.Ulids.Next);
    }
}
