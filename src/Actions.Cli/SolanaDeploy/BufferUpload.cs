using Actions.Core.Loader;
using Actions.Core.Runner;
using Actions.Core.Sending;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Gets the bytes into the buffer: all at once, each transaction one signature, only those in which it differs.</summary>
internal sealed class BufferUpload(DeployRequest request, DeployObserver observer, DeployTransactions transactions, TransactionPump pump, DeployProgress progress, JobLog log, TimeProvider time)
{
    private const ulong SlotsWithoutProgress = 20;

    /// <summary>Creates the buffer if there is none and writes what is missing.</summary>
    /// <returns>Whether every transaction landed; what did not is found by the next look.</returns>
    public async Task<bool> RunAsync(DeployInstructions make, DeployState state, CancellationToken cancellation)
    {
        var ours = state.Buffer as BufferState.Ours;
        var writer = ours?.Authority ?? request.Payer.Address;
        var size = DeployPlan.ChunkSize(request.Payer.Address, state.BufferAddress.Address, writer, transactions.Price);
        var chunks = WriteChunks.Plan(request.Binary.Bytes.Span, ours is null ? default : ours.Data.Span, size);
        var create = state.Buffer is BufferState.Missing missing ? await CreateAsync(make, state, missing.Lamports, cancellation) : null;
        var signers = chunks.Count == 0 ? [] : transactions.SignersOf(writer); // a vault's buffer is complete, or the plan refused it
        List<Outgoing> writes = [.. chunks.Select(chunk => transactions.ComposeWrite(make.Write(writer, chunk), signers))];
        // Signed while the creation is on its way, sent once a node has executed it: a write that came first would fail and cost.
        pump.Enqueue(writes, create?.Processed);
        if (create is not null)
        {
            if ((await create.Settled.WaitAsync(cancellation)).Fate != Fate.Succeeded)
            {
                pump.Withdraw(writes);
                await Task.WhenAll(writes.Select(write => write.Settled)).WaitAsync(cancellation);
                return false;
            }

            progress.HoldsBuffer = true;
            progress.BufferRent += state.Rents.Buffer - Math.Min(state.Rents.Buffer, ((BufferState.Missing)state.Buffer).Lamports);
        }

        return await FollowAsync(writes, cancellation);
    }

    private async Task<Outgoing> CreateAsync(DeployInstructions make, DeployState state, ulong held, CancellationToken cancellation)
    {
        var create = await transactions.ComposeAsync(make.CreateBuffer(held), transactions.SignersOf(request.Payer.Address), cancellation);
        progress.Creation = create;
        pump.Enqueue([create]);
        log.Line($"Creating the buffer {state.BufferAddress.Address}");
        return create;
    }

    private async Task<bool> FollowAsync(List<Outgoing> writes, CancellationToken cancellation)
    {
        if (writes.Count == 0)
        {
            return true;
        }

        var shown = log.Progress("Writing", writes.Count);
        void Show(int settled) => shown.Report(writes.Count(write => write.Settled.IsCompletedSuccessfully));
        Show(0);
        pump.Progressed += Show;
        try
        {
            var all = Task.WhenAll(writes.Select(write => write.Settled));
            while (await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(1), time, cancellation)) != all)
            {
                cancellation.ThrowIfCancellationRequested();
                await ReconsiderPriceAsync(writes, cancellation);
            }

            return (await all).All(outcome => outcome.Fate == Fate.Succeeded);
        }
        finally
        {
            pump.Progressed -= Show;
        }
    }

    /// <summary>When nothing lands for a while and others pay more by now, what is still unsent goes out in a new round at the new price.</summary>
    private async Task ReconsiderPriceAsync(List<Outgoing> writes, CancellationToken cancellation)
    {
        if (pump.NewestSlot <= pump.LastProgressSlot + SlotsWithoutProgress || !writes.Exists(write => !write.WasSent))
        {
            return;
        }

        var asked = await observer.PriceAsync(cancellation);
        if (asked <= transactions.Price)
        {
            return;
        }

        log.Line($"Nothing landed for {SlotsWithoutProgress} slots; continuing at {asked:N0} µlamports per compute unit instead of {transactions.Price:N0}");
        pump.Withdraw(writes);
    }
}
