using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>`solana-deploy` with `mode: reclaim`: closes forgotten buffers of the payer and deploys nothing. It writes no record.</summary>
internal static class ReclaimAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(ReclaimInputs.Read, cancellation);
        using var rpc = inputs.Cluster.Connect(context.Http, context.Time);
        var report = new ReclaimReport(inputs, context.Partial);
        List<Fault> faults = [.. context.Inputs.Faults];
        await new BoundedRun(context.Time, inputs.Cluster.Timeout, faults.Add).RunAsync(
            async token =>
            {
                faults.AddRange(await rpc.OpenAsync(token));
                await ReclaimAsync(context, inputs, rpc, report, faults, token);
            },
            cancellation);
        report.Publish();
        return new ActionOutcome { Faults = faults };
    }

    private static async Task ReclaimAsync(ActionContext context, ReclaimInputs inputs, RpcClient rpc, ReclaimReport report, List<Fault> faults, CancellationToken cancellation)
    {
        var payer = inputs.Payer.Address;
        var stale = new StaleBuffers(rpc, payer, payer, inputs.Reclaim, hasMetadata: true);
        var none = new HashSet<Address>();
        var pending = LedgerRules.PendingBuffers(await inputs.Records.OpenLedger(context).ReadAllAsync(cancellation));
        var planned = (await stale.ToReclaimAsync(pending, none, cancellation)).OrThrow();
        report.Planned(planned);
        if (planned.Count > 0)
        {
            await RequireFeeAsync(inputs, rpc, cancellation);
        }

        if (!inputs.IsDryRun && planned.Count > 0)
        {
            await using var pump = new TransactionPump(rpc, context.Time, cancellation);
            await CloseAsync(context, inputs, rpc, stale, pump, report, cancellation);
        }

        var (left, warning) = await stale.FindAsync(none, cancellation);
        report.Left(left);
        if (warning is not null)
        {
            faults.Add(warning);
        }
    }

    private static async Task CloseAsync(ActionContext context, ReclaimInputs inputs, RpcClient rpc, StaleBuffers stale, TransactionPump pump, ReclaimReport report, CancellationToken cancellation)
    {
        var closing = new LoneTransaction(rpc, pump, inputs.PriorityFee, inputs.MaxPriorityFee);
        IReadOnlyList<ISigner> signers = [inputs.Payer.ToSigner("payer").OrThrow()];
        try
        {
            foreach (var buffer in report.Plan)
            {
                // Each takes a few slots, and meanwhile a parallel job may have taken this one up.
                if (inputs.Reclaim is Reclaim.Idle && !await stale.IsIdleAsync(buffer.Address, cancellation))
                {
                    context.Log.Line($"Leaving the buffer {buffer.Address}: something touched it");
                    continue;
                }

                context.Log.Line($"Closing the stale buffer {buffer.Address}");
                var outcome = await closing.SendAsync([buffer.Close()], signers, DeployCosts.UsualUnits, [buffer.Address], cancellation);
                if (outcome.Fate == Fate.Succeeded)
                {
                    report.Closed(buffer);
                }
            }
        }
        finally
        {
            report.Landed(pump.Landed);
        }
    }

    /// <summary>The first close is paid before anything comes back.</summary>
    private static async Task RequireFeeAsync(ReclaimInputs inputs, RpcClient rpc, CancellationToken cancellation)
    {
        var held = (await rpc.GetAccountAsync(inputs.Payer.Address, Commitment.Confirmed, cancellation)).Value?.Lamports ?? 0;
        var needed = Money.Fee(1, inputs.MaxPriorityFee, DeployCosts.UsualUnits) + await rpc.GetRentAsync(0, cancellation);
        if (held < needed)
        {
            throw new FaultException(new Fault(
                FaultCodes.Balance, $"Expected at least {Money.Sol(needed)} in the payer {inputs.Payer.Address}, for the fee of the first transaction", $"found {Money.Sol(held)}", "send it SOL, or lower max-priority-fee", "payer"));
        }
    }
}
