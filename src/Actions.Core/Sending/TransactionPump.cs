using Actions.Core.Faults;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Core.Sending;

/// <summary>
/// Gets transactions on chain: everything unconfirmed stays in flight on every endpoint, first sends go before re-sends, the same
/// signature is broadcast again as soon as a slot went by without it, and no transaction is ever signed twice: one that failed or
/// expired is its sender's to replace.
/// </summary>
public sealed class TransactionPump : IAsyncDisposable
{
    private const ulong SlotsUntilLost = 3;
    private static readonly TimeSpan LeastLastLook = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time;
    private readonly BlockhashKeeper blockhashes;
    private readonly CancellationTokenSource stop;
    private readonly InFlight flight;
    private readonly SigningLoop signing;
    private readonly StatusLoop statuses;
    private readonly List<Task> loops;

    public TransactionPump(RpcClient rpc, TimeProvider time, CancellationToken cancellation)
    {
        this.time = time;
        blockhashes = new BlockhashKeeper(rpc, time);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // An endpoint that has not proved its cluster yet is not told what we sign.
        flight = new InFlight([.. rpc.Endpoints.Where(endpoint => endpoint.IsChecked).Select(endpoint => new Lane(endpoint))], time);
        signing = new SigningLoop(flight, blockhashes);
        statuses = new StatusLoop(rpc, flight, blockhashes, time);
        loops = [GuardAsync(signing.RunAsync), GuardAsync(statuses.RunAsync), .. flight.Lanes.Select(lane => GuardAsync(new SendingLoop(rpc, flight, lane, time).RunAsync))];
    }

    /// <summary>Called with the number of settled transactions whenever it grows.</summary>
    public event Action<int>? Progressed
    {
        add => statuses.Progressed += value;
        remove => statuses.Progressed -= value;
    }

    /// <summary>The newest slot one of ours landed in: reads that must show its effect ask for at least this slot.</summary>
    public ulong HighestLandedSlot => statuses.HighestLandedSlot;

    /// <summary>The newest processed slot a status read spoke about.</summary>
    public ulong NewestSlot => statuses.NewestSlot;

    /// <summary>When the last transaction settled or was seen, as a slot.</summary>
    public ulong LastProgressSlot => statuses.LastProgressSlot;

    /// <summary>Every transaction of this run that landed, failed ones included: their number and fees.</summary>
    public (int Count, ulong Fees) Landed
    {
        get
        {
            lock (flight.Gate)
            {
                var landed = flight.Landed();
                return (landed.Count, landed.Aggregate(0UL, (sum, item) => sum + item.Fee));
            }
        }
    }

    /// <summary>How many transactions that landed each key signed.</summary>
    public IReadOnlyDictionary<Address, int> Signatures
    {
        get
        {
            lock (flight.Gate)
            {
                return flight.Landed().SelectMany(item => item.Signers).GroupBy(signer => signer.Address).ToDictionary(group => group.Key, group => group.Count());
            }
        }
    }

    /// <summary>How many landed and did what they should.</summary>
    public int Succeeded
    {
        get
        {
            lock (flight.Gate)
            {
                return flight.Count(Fate.Succeeded);
            }
        }
    }

    /// <summary>Reads a blockhash ahead of time, so that the first transaction need not wait for it.</summary>
    public Task WarmUpAsync(CancellationToken cancellation) => blockhashes.GetAsync(cancellation);

    /// <summary>Signs now and sends as soon as <paramref name="after"/> completes.</summary>
    public void Enqueue(IReadOnlyList<Outgoing> items, Task? after = null)
    {
        lock (flight.Gate)
        {
            foreach (var item in items)
            {
                flight.Add(item);
            }
        }

        if (after is null || after.IsCompletedSuccessfully)
        {
            Release(items);
        }
        else
        {
            _ = ReleaseAfterAsync(items, after);
        }

        signing.Wake();
    }

    /// <summary>The fate of one transaction, enqueued now.</summary>
    public async Task<Outcome> SendAsync(Outgoing item, CancellationToken cancellation)
    {
        Enqueue([item]);
        return await item.Settled.WaitAsync(cancellation);
    }

    /// <summary>Takes back what was not sent yet; what was sent is still followed to its fate.</summary>
    public void Withdraw(IEnumerable<Outgoing> items)
    {
        lock (flight.Gate)
        {
            foreach (var item in items)
            {
                flight.Withdraw(item);
            }
        }
    }

    /// <summary>
    /// Stops the pump, then finds out what became of everything sent. What a couple of slots go by without is lost; for
    /// <paramref name="awaited"/> alone it asks on until patience ends.
    /// </summary>
    public async Task<Outcome?> LastLookAsync(Outgoing? awaited, CancellationToken patience)
    {
        await StopAsync();
        var since = time.GetTimestamp();
        try
        {
            for (ulong? lostAt = null; ; lostAt ??= NewestSlot + SlotsUntilLost)
            {
                List<Outgoing> asked;
                lock (flight.Gate)
                {
                    asked = [.. flight.Pending.Where(item => item.WasSent)];
                }

                await statuses.PollAsync(asked, patience);
                if (awaited is not { WasSent: true, IsSettled: false } && (asked.TrueForAll(item => item.IsSeen || item.IsSettled) || (NewestSlot >= lostAt && time.GetElapsedTime(since) >= LeastLastLook)))
                {
                    break;
                }

                await Task.Delay(2 * StatusLoop.QuickestPoll, time, patience);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or FaultException or RpcRefusedException)
        {
            // What is not known by now stays unknown; the next run finds it on chain.
        }

        return awaited?.Known;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        blockhashes.Dispose();
        signing.Dispose();
        stop.Dispose();
    }

    private async Task StopAsync()
    {
        await stop.CancelAsync();
        flight.Wake();
        await Task.WhenAll(loops);
    }

    private async Task ReleaseAfterAsync(IReadOnlyList<Outgoing> items, Task after)
    {
        await after.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (after.IsCompletedSuccessfully)
        {
            Release(items);
        }
    }

    private void Release(IReadOnlyList<Outgoing> items)
    {
        lock (flight.Gate)
        {
            foreach (var item in items)
            {
                flight.Release(item);
            }
        }

        flight.Wake();
    }

    /// <summary>A loop that breaks breaks the run: whoever waits for a fate gets the reason instead.</summary>
    private async Task GuardAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await Task.Yield();
            await loop(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            lock (flight.Gate)
            {
                flight.Break(exception);
            }

            await stop.CancelAsync();
        }
    }
}
