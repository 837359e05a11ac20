using Actions.Core.Faults;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Core.Sending;

/// <summary>
/// Gets transactions on chain: everything unconfirmed stays in flight on every endpoint, first sends go before re-sends, the same
/// signature is broadcast again as soon as a slot went by without it, and nothing is ever signed twice.
/// </summary>
public sealed class TransactionPump : IAsyncDisposable
{
    private const int StatusPage = 256;
    private const ulong SlotsUntilLost = 3;
    private const int SignBatch = 64;
    private const double StatusShare = 0.1;
    private const double StatusShareWhileSending = 0.03;
    private const int FreePolls = 6;
    private const double SlowRate = 50;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan QuickestPoll = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan CopySpacing = TimeSpan.FromMilliseconds(90);
    private static readonly TimeSpan BetweenProofs = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilenceBeforeCopy = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly RpcClient rpc;
    private readonly TimeProvider time;
    private readonly BlockhashKeeper blockhashes;
    private readonly CancellationTokenSource stop;
    private readonly List<Lane> lanes;
    private readonly LinkedList<Outgoing> unsigned = new();
    private readonly List<Outgoing> pending = [];
    private readonly List<Outgoing> settled = [];
    private readonly SemaphoreSlim signWork = new(0);
    private readonly List<Task> loops = [];
    private TaskCompletionSource work = NewSignal();
    private int sends;
    private int polls;
    private long polledAt;
    private long heightAskedAt;
    private (ulong Slot, ulong BlockHeight)? height;
    private Exception? broken;

    public TransactionPump(RpcClient rpc, TimeProvider time, CancellationToken cancellation)
    {
        this.rpc = rpc;
        this.time = time;
        blockhashes = new BlockhashKeeper(rpc, time);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // An endpoint that has not proved its cluster yet is not told what we sign.
        lanes = [.. rpc.Endpoints.Where(endpoint => endpoint.IsChecked).Select(endpoint => new Lane(endpoint))];
        loops.Add(GuardAsync(SignLoopAsync));
        loops.Add(GuardAsync(WatchLoopAsync));
        loops.AddRange(lanes.Select(lane => GuardAsync(cancel => SendLoopAsync(lane, cancel))));
    }

    /// <summary>Called with the number of settled transactions whenever it grows.</summary>
    public event Action<int>? Progressed;

    /// <summary>The newest slot one of ours landed in: reads that must show its effect ask for at least this slot.</summary>
    public ulong HighestLandedSlot { get; private set; }

    /// <summary>The newest processed slot a status read spoke about.</summary>
    public ulong NewestSlot { get; private set; }

    /// <summary>When the last transaction settled or was seen, as a slot.</summary>
    public ulong LastProgressSlot { get; private set; }

    /// <summary>Every transaction of this run that landed, failed ones included: their number and fees.</summary>
    public (int Count, ulong Fees) Landed
    {
        get
        {
            lock (gate)
            {
                var landed = settled.Where(item => item.Settled.Result.Fate is Fate.Succeeded or Fate.Failed).Concat(pending.Where(item => item.IsSeen)).ToList();
                return (landed.Count, landed.Aggregate(0UL, (sum, item) => sum + item.Fee));
            }
        }
    }

    /// <summary>Reads a blockhash ahead of time, so that the first transaction need not wait for it.</summary>
    public Task WarmUpAsync(CancellationToken cancellation) => blockhashes.GetAsync(cancellation);

    /// <summary>Signs now and sends as soon as <paramref name="after"/> completes.</summary>
    public void Enqueue(IReadOnlyList<Outgoing> items, Task? after = null)
    {
        lock (gate)
        {
            foreach (var item in items)
            {
                if (broken is not null)
                    item.Break(broken);
                else
                    unsigned.AddLast(item);
            }
        }
        if (after is null || after.IsCompletedSuccessfully)
            Release(items);
        else
            _ = ReleaseAfterAsync(items, after);
        signWork.Release();
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
        lock (gate)
        {
            foreach (var item in items.Where(item => !item.WasSent && !item.IsSettled))
            {
                unsigned.Remove(item);
                pending.Remove(item);
                item.Settle(Fate.Withdrawn, 0, null);
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
        try
        {
            for (ulong? lostAt = null; ; lostAt ??= NewestSlot + SlotsUntilLost)
            {
                List<Outgoing> asked;
                lock (gate)
                    asked = [.. pending.Where(item => item.WasSent)];
                await Task.WhenAll(asked.Chunk(StatusPage).Select(page => PollAsync(page, patience)));
                if (awaited is not { WasSent: true, IsSettled: false } && (asked.TrueForAll(item => item.IsSeen || item.IsSettled) || NewestSlot >= lostAt))
                    break;
                await Task.Delay(2 * QuickestPoll, time, patience);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or FaultException or RpcRefusedException)
        {
            // What is not known by now stays unknown; the next run finds it on chain.
        }
        return awaited is { Settled.IsCompletedSuccessfully: true } ? await awaited.Settled : null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        blockhashes.Dispose();
        signWork.Dispose();
        stop.Dispose();
    }

    private async Task StopAsync()
    {
        await stop.CancelAsync();
        Wake();
        await Task.WhenAll(loops);
    }

    /// <summary>No endpoint took it yet.</summary>
    private static bool IsUnsent(Outgoing item) => !IsAnswered(item);

    private static bool IsAnswered(Outgoing item) => item.AnsweredAt != 0;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReleaseAfterAsync(IReadOnlyList<Outgoing> items, Task after)
    {
        await after.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (after.IsCompletedSuccessfully)
            Release(items);
    }

    private void Release(IReadOnlyList<Outgoing> items)
    {
        lock (gate)
        {
            foreach (var item in items)
            {
                item.IsReleased = true;
                Queue(item);
            }
        }
        Wake();
    }

    private void Queue(Outgoing item)
    {
        if (!item.IsReleased || !item.IsSigned || item.IsQueued)
            return;
        item.IsQueued = true;
        foreach (var lane in lanes)
            lane.Fresh(item);
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
            List<Outgoing> waiting;
            lock (gate)
            {
                broken ??= exception;
                waiting = [.. pending, .. unsigned];
            }
            waiting.ForEach(item => item.Break(exception));
            await stop.CancelAsync();
        }
    }

    private async Task SignLoopAsync(CancellationToken cancellation)
    {
        var batchSize = 8; // a small first batch gets the first bytes out early
        while (true)
        {
            List<Outgoing> batch;
            lock (gate)
                batch = pending.Count(IsUnsent) < SignedAhead ? [.. unsigned.Take(batchSize)] : [];
            if (batch.Count == 0)
            {
                await signWork.WaitAsync(TimeSpan.FromMilliseconds(50), cancellation);
                continue;
            }
            batchSize = SignBatch;
            var blockhash = await blockhashes.GetAsync(cancellation);
            var messages = batch.ConvertAll(item => item.Compile(blockhash.Value.Hash));
            var transactions = await SignAsync(batch, messages, cancellation);
            lock (gate)
            {
                for (var index = 0; index < batch.Count; index++)
                {
                    if (batch[index].IsSettled || !unsigned.Remove(batch[index]))
                        continue;
                    batch[index].Signed(transactions[index], blockhash);
                    pending.Add(batch[index]);
                    Queue(batch[index]);
                }
            }
            Wake();
        }
    }

    /// <summary>Signs ahead what a few seconds can send: the first sends then carry young blockhashes at any rate.</summary>
    private double SignedAhead => Math.Max(SignBatch, lanes.Max(lane => lane.Endpoint.Pacer.RateOf("sendTransaction")) * 5);

    private static async Task<Transaction[]> SignAsync(List<Outgoing> batch, List<Message> messages, CancellationToken cancellation)
    {
        if (batch.TrueForAll(item => ReferenceEquals(item.Signers, batch[0].Signers)))
            return await Transaction.SignAllAsync(messages, batch[0].Signers, cancellation);
        var transactions = new Transaction[batch.Count];
        for (var index = 0; index < batch.Count; index++)
            transactions[index] = await Transaction.SignAsync(messages[index], batch[index].Signers, cancellation);
        return transactions;
    }

    private async Task SendLoopAsync(Lane lane, CancellationToken cancellation)
    {
        long? permit = null;
        lane.IsClosed = !await IsProvedAsync(lane.Endpoint, cancellation);
        while (!lane.IsClosed)
        {
            Task signal;
            Outgoing? item;
            lock (gate)
            {
                item = lane.Take();
                signal = work.Task;
            }
            if (item is null)
            {
                if (permit is not null)
                    lane.Endpoint.Pacer.Refund("sendTransaction");
                permit = null;
                await signal.WaitAsync(cancellation);
                continue;
            }
            permit ??= await lane.Endpoint.Pacer.AcquireAsync("sendTransaction", cancellation);
            if (item.IsSettled || item.IsSeen)
                continue;
            lock (gate)
            {
                item.WasSent = true;
                sends++;
            }
            _ = PostAsync(lane, item, permit.Value, cancellation);
            permit = null;
        }
        if (lanes.TrueForAll(other => other.IsClosed))
            throw new FaultException(new Fault(FaultCodes.RpcUnreachable, "an RPC endpoint that takes transactions", "every endpoint denies access or refuses transactions", "check the access key in rpc-url, or add another URL", "rpc-url"));
    }

    /// <summary>Waits until an endpoint has proved to serve this cluster; false when it serves another one.</summary>
    private async Task<bool> IsProvedAsync(RpcEndpoint endpoint, CancellationToken cancellation)
    {
        try
        {
            while (!endpoint.IsForbidden && await rpc.EnsureCheckedAsync(endpoint, cancellation) is not null)
                await Task.Delay(BetweenProofs, time, cancellation);
            return true;
        }
        catch (FaultException)
        {
            return false;
        }
    }

    private async Task PostAsync(Lane lane, Outgoing item, long permit, CancellationToken cancellation)
    {
        try
        {
            var reply = await lane.Endpoint.PostPermittedAsync(item.Call, permit, cancellation);
            (reply as RpcReply.Answer)?.Document.Dispose();
            var refusal = (reply as RpcReply.Refusal)?.Error;
            var taken = reply is RpcReply.Answer || refusal?.Message.Contains("already been processed", StringComparison.OrdinalIgnoreCase) == true;
            if (!taken && refusal is { IsPassing: false })
                Refuse(lane, item, refusal);
            lock (gate)
            {
                if (taken)
                {
                    item.AnsweredAt = time.GetTimestamp();
                    item.UnknownSince = null;
                    if (item.IsUrgent)
                        item.NextCopyAt = item.AnsweredAt + Ticks(Spacing(lane));
                }
                else
                {
                    lane.NotTaken(item);
                }
            }
            if (!taken)
            {
                await Task.Delay(reply is RpcReply.Failure { Kind: RpcFailureKind.Throttled } ? Tick : 2 * Tick, time, cancellation);
                Wake();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>An endpoint that does not forward transactions is left alone; when none is left, the sender is told why.</summary>
    private void Refuse(Lane lane, Outgoing item, RpcRefusal refusal)
    {
        lane.IsClosed = true;
        if (lanes.TrueForAll(other => other.IsClosed))
            item.Break(new FaultException(new Fault(
                FaultCodes.TransactionRejected, "an endpoint that forwards the transaction", $"{lane.Endpoint.Label}: {refusal.Message} ({refusal.Code})", "check that this endpoint accepts sendTransaction with skipPreflight, or use another URL", "rpc-url")));
    }

    private async Task WatchLoopAsync(CancellationToken cancellation)
    {
        var polling = Task.CompletedTask;
        while (true)
        {
            await Task.Delay(Tick, time, cancellation);
            List<Outgoing> asked = [];
            lock (gate)
            {
                SendDueCopies();
                if (polling.IsCompleted && IsPollDue())
                    asked = [.. pending.Where(IsAnswered)];
            }
            if (asked.Count == 0)
                continue;
            await polling; // completed: brings up what went wrong
            polledAt = time.GetTimestamp();
            polling = PollAllAsync(asked, cancellation);
        }
    }

    private async Task PollAllAsync(List<Outgoing> asked, CancellationToken cancellation)
    {
        await Task.WhenAll(asked.Chunk(StatusPage).Select(page => PollAsync(page, cancellation)));
        await ReadHeightAsync(asked, cancellation);
    }

    /// <summary>
    /// Status reads take a tenth of the budget at most: little while there are first sends to make, and what was saved then when
    /// only the answers are waited for.
    /// </summary>
    private bool IsPollDue()
    {
        var waiting = pending.Count(IsAnswered);
        if (waiting == 0)
            return false;
        var pages = (waiting + StatusPage - 1) / StatusPage;
        var isSending = pending.Exists(item => item.IsReleased && !IsAnswered(item)) || unsigned.Any(item => item.IsReleased);
        var rate = lanes.Max(lane => lane.Endpoint.Pacer.Rate);
        var pause = TimeSpan.FromSeconds(pages / ((isSending ? StatusShareWhileSending : StatusShare) * rate));
        var quickest = rate < SlowRate ? 4 * QuickestPoll : QuickestPoll;
        if (!isSending && polls + pages <= FreePolls + (StatusShare * sends))
            pause = TimeSpan.Zero;
        return time.GetElapsedTime(polledAt) >= (pause > quickest ? pause : quickest);
    }

    private async Task PollAsync(Outgoing[] page, CancellationToken cancellation)
    {
        var askedAt = time.GetTimestamp();
        Interlocked.Increment(ref polls);
        var answer = await rpc.GetStatusesAsync([.. page.Select(item => item.Signature)], cancellation);
        var settledBefore = settled.Count;
        lock (gate)
        {
            NewestSlot = Math.Max(NewestSlot, answer.Slot);
            for (var index = 0; index < page.Length; index++)
                Digest(page[index], answer.Value[index], answer.Slot, askedAt);
            // Many at once went missing: more copies would only crowd out the rest.
            var missing = pending.Count(item => item.CopiesLeft > 0);
            if (missing > lanes.Max(lane => lane.Endpoint.Pacer.RateOf("sendTransaction")) * 0.1)
                pending.ForEach(item => item.CopiesLeft = 0);
        }
        Wake();
        if (settled.Count != settledBefore)
            Progressed?.Invoke(settled.Count);
    }

    private void Digest(Outgoing item, SignatureStatus? status, ulong slot, long askedAt)
    {
        if (item.IsSettled)
            return;
        if (status is null)
        {
            item.IsSeen = false;
            if (height is { } now && now.BlockHeight > item.LastValidBlockHeight && slot >= now.Slot)
                Settle(item, Fate.Expired, slot, null);
            else if (item.AnsweredAt < askedAt)
                Miss(item, slot);
            return;
        }
        if (!item.IsSeen)
            LastProgressSlot = Math.Max(LastProgressSlot, slot);
        item.IsSeen = true;
        if (status.Error is null)
            item.SetProcessed(status.Slot);
        if (status.Confirmation != Commitment.Processed)
            Settle(item, status.Error is null ? Fate.Succeeded : Fate.Failed, status.Slot, status.Error);
    }

    private void Settle(Outgoing item, Fate fate, ulong slot, string? error)
    {
        pending.Remove(item);
        settled.Add(item);
        LastProgressSlot = Math.Max(LastProgressSlot, slot);
        if (fate != Fate.Expired)
            HighestLandedSlot = Math.Max(HighestLandedSlot, slot);
        item.Settle(fate, slot, error);
    }

    /// <summary>A transaction that a whole slot went by without is lost: it is broadcast again at once, and twice more within the slot.</summary>
    private void Miss(Outgoing item, ulong slot)
    {
        if (item.UnknownSince is not { } since)
        {
            item.UnknownSince = slot;
        }
        else if (slot > since)
        {
            item.UnknownSince = null;
            item.CopiesLeft = 2;
            item.NextCopyAt = time.GetTimestamp() + Ticks(CopySpacing);
            SendAgain(item);
        }
    }

    private void SendDueCopies()
    {
        var now = time.GetTimestamp();
        var isQuiet = false;
        foreach (var item in pending.Where(item => !item.IsSeen && IsAnswered(item)))
        {
            var silent = time.GetElapsedTime(Math.Max(item.AnsweredAt, polledAt), now) > SilenceBeforeCopy && item.NextCopyAt == long.MaxValue;
            if (item.NextCopyAt > now && !silent)
                continue;
            isQuiet = true;
            item.NextCopyAt = long.MaxValue;
            if (!item.IsUrgent && !silent && item.CopiesLeft-- <= 0)
                continue;
            if (item.CopiesLeft > 0)
                item.NextCopyAt = now + Ticks(CopySpacing);
            SendAgain(item);
        }
        if (isQuiet)
            Wake();
    }

    private void SendAgain(Outgoing item)
    {
        foreach (var lane in lanes)
            lane.Again(item);
    }

    /// <summary>Urgent copies take a quarter of a slow endpoint's budget at most.</summary>
    private static TimeSpan Spacing(Lane lane)
    {
        var spacing = TimeSpan.FromSeconds(4 / lane.Endpoint.Pacer.RateOf("sendTransaction"));
        return spacing > CopySpacing ? spacing : CopySpacing;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>Asks for the block height once blockhashes are old enough to have expired.</summary>
    private async Task ReadHeightAsync(List<Outgoing> asked, CancellationToken cancellation)
    {
        if (!asked.Exists(item => !item.IsSettled && NewestSlot > item.SignedAtSlot + 120) || time.GetElapsedTime(heightAskedAt) < TimeSpan.FromSeconds(1))
            return;
        heightAskedAt = time.GetTimestamp();
        height = await rpc.GetEpochPositionAsync(Commitment.Confirmed, cancellation);
    }

    private void Wake()
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            waiting = work;
            work = NewSignal();
        }
        waiting.SetResult();
    }
}
