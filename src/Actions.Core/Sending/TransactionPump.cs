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
    private const int StatusPage = 256;
    private const ulong SlotsUntilLost = 3;
    private const int SignBatch = 64;
    private const double StatusShare = 0.1;
    private const double StatusShareWhileSending = 0.03;
    private const int FreePolls = 6;
    private const double SlowRate = 50;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan QuickestPoll = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan CopySpacing = TimeSpan.FromMilliseconds(90);
    private static readonly TimeSpan LeastLastLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenProofs = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilenceBeforeCopy = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(75);

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
    private long takenAt;
    private long heightAskedAt;
    private (ulong Slot, ulong BlockHeight)? height;
    private Exception? broken;

    public TransactionPump(RpcClient rpc, TimeProvider time, CancellationToken cancellation)
    {
        this.rpc = rpc;
        this.time = time;
        blockhashes = new BlockhashKeeper(rpc, time);
        takenAt = time.GetTimestamp();
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
                var landed = LandedItems();
                return (landed.Count, landed.Aggregate(0UL, (sum, item) => sum + item.Fee));
            }
        }
    }

    /// <summary>How many transactions that landed each key signed.</summary>
    public IReadOnlyDictionary<Address, int> Signatures
    {
        get
        {
            lock (gate)
            {
                return LandedItems().SelectMany(item => item.Signers).GroupBy(signer => signer.Address).ToDictionary(group => group.Key, group => group.Count());
            }
        }
    }

    /// <summary>How many landed and did what they should.</summary>
    public int Succeeded
    {
        get
        {
            lock (gate)
            {
                return settled.Count(item => Is(item, Fate.Succeeded));
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
                {
                    item.Break(broken);
                }
                else
                {
                    unsigned.AddLast(item);
                }
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
        var since = time.GetTimestamp();
        try
        {
            for (ulong? lostAt = null; ; lostAt ??= NewestSlot + SlotsUntilLost)
            {
                List<Outgoing> asked;
                lock (gate)
                {
                    asked = [.. pending.Where(item => item.WasSent)];
                }

                await Task.WhenAll(asked.Chunk(StatusPage).Select(page => PollAsync(page, patience)));
                if (awaited is not { WasSent: true, IsSettled: false } && (asked.TrueForAll(item => item.IsSeen || item.IsSettled) || (NewestSlot >= lostAt && time.GetElapsedTime(since) >= LeastLastLook)))
                {
                    break;
                }

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

    private List<Outgoing> LandedItems() =>
        [.. settled.Where(item => Is(item, Fate.Succeeded) || Is(item, Fate.Failed)).Concat(pending.Where(item => item.IsSeen)).DistinctBy(item => item.Signature)];

    private static bool Is(Outgoing item, Fate fate) => item.Settled is { IsCompletedSuccessfully: true, Result.Fate: var reached } && reached == fate;

    /// <summary>Sent, and worth asking about: an endpoint that forwards a transaction and then fails to answer is no reason not to ask.</summary>
    private bool IsWatched(Outgoing item) => IsAnswered(item) || (item.PostedAt != 0 && time.GetElapsedTime(item.PostedAt) > AnswerPatience);

    /// <summary>No endpoint took it yet.</summary>
    private static bool IsUnsent(Outgoing item) => !IsAnswered(item);

    private static bool IsAnswered(Outgoing item) => item.AnsweredAt != 0;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

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
        {
            return;
        }

        item.IsQueued = true;
        foreach (var lane in lanes)
        {
            lane.Fresh(item);
        }
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
            lock (gate)
            {
                broken ??= exception;
                foreach (var item in pending.Concat(unsigned))
                {
                    item.Break(broken);
                }
            }

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
            {
                batch = pending.Count(IsUnsent) < SignedAhead ? [.. unsigned.Take(batchSize)] : [];
            }

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
                    {
                        continue;
                    }

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
        {
            return await Transaction.SignAllAsync(messages, batch[0].Signers, cancellation);
        }

        var transactions = new Transaction[batch.Count];
        for (var index = 0; index < batch.Count; index++)
        {
            transactions[index] = await Transaction.SignAsync(messages[index], batch[index].Signers, cancellation);
        }

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
                {
                    lane.Endpoint.Pacer.Refund("sendTransaction");
                }

                permit = null;
                await signal.WaitAsync(cancellation);
                continue;
            }

            permit ??= await lane.Endpoint.Pacer.AcquireAsync("sendTransaction", cancellation);
            lock (gate)
            {
                if (item.IsSettled || item.IsSeen)
                {
                    continue;
                }

                item.WasSent = true;
                item.PostedAt = time.GetTimestamp();
                item.FirstPostedAt = item.FirstPostedAt == 0 ? item.PostedAt : item.FirstPostedAt;
                sends++;
            }

            _ = PostAsync(lane, item, permit.Value, cancellation);
            permit = null;
        }

        if (lanes.TrueForAll(other => other.IsClosed))
        {
            throw NobodyTakes();
        }
    }

    private FaultException NobodyTakes() => new(new Fault(
        FaultCodes.RpcUnreachable,
        "an RPC endpoint that takes transactions",
        string.Join("; ", lanes.Select(lane => $"{lane.Endpoint.Label}: {lane.LastRefusal ?? "access denied"}")),
        "check rpc-url and its access key, or add another URL, then run again: what is written is not written twice",
        "rpc-url"));

    /// <summary>Waits until an endpoint has proved to serve this cluster; false when it serves another one.</summary>
    private async Task<bool> IsProvedAsync(RpcEndpoint endpoint, CancellationToken cancellation)
    {
        try
        {
            while (!endpoint.IsForbidden && await rpc.EnsureCheckedAsync(endpoint, cancellation) is not null)
            {
                await Task.Delay(BetweenProofs, time, cancellation);
            }

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
            lock (gate)
            {
                if (refusal is { IsPassing: false } && !taken)
                {
                    lane.Refused(refusal);
                }
                else if (reply is RpcReply.Failure failure)
                {
                    lane.Failed(failure.Found);
                }

                if (taken)
                {
                    lane.Took();
                    takenAt = time.GetTimestamp();
                    item.AnsweredAt = time.GetTimestamp();
                    item.UnknownSince = null;
                    if (item.IsUrgent)
                    {
                        item.NextCopyAt = item.AnsweredAt + Ticks(Spacing(lane));
                    }
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
                {
                    asked = [.. pending.Where(IsWatched)];
                }

                if (pending.Exists(item => item.FirstPostedAt != 0 && !IsAnswered(item) && time.GetElapsedTime(item.FirstPostedAt) > Patience) && time.GetElapsedTime(takenAt) > Patience)
                {
                    throw NobodyTakes();
                }
            }

            if (asked.Count == 0)
            {
                continue;
            }

            await polling; // completed: brings up what went wrong
            polledAt = time.GetTimestamp();
            polling = PollAllAsync(asked, cancellation);
        }
    }

    private async Task PollAllAsync(List<Outgoing> asked, CancellationToken cancellation)
    {
        await ReadHeightAsync(asked, cancellation);
        await Task.WhenAll(asked.Chunk(StatusPage).Select(page => PollAsync(page, cancellation)));
    }

    /// <summary>
    /// Status reads take a tenth of the budget at most: little while there are first sends to make, and what was saved then when
    /// only the answers are waited for.
    /// </summary>
    private bool IsPollDue()
    {
        var waiting = pending.Count(IsWatched);
        if (waiting == 0)
        {
            return false;
        }

        var pages = (waiting + StatusPage - 1) / StatusPage;
        var isSending = pending.Exists(item => item.IsReleased && !IsAnswered(item)) || unsigned.Any(item => item.IsReleased);
        var rate = lanes.Max(lane => lane.Endpoint.Pacer.Rate);
        var pause = TimeSpan.FromSeconds(pages / ((isSending ? StatusShareWhileSending : StatusShare) * rate));
        // One transaction that others wait for is asked about more often than hundreds.
        var quickest = rate < SlowRate ? 4 * QuickestPoll : pages == 1 && waiting == 1 ? QuickestPoll / 2 : QuickestPoll;
        if (!isSending && polls + pages <= FreePolls + (StatusShare * sends))
        {
            pause = TimeSpan.Zero;
        }

        return time.GetElapsedTime(polledAt) >= (pause > quickest ? pause : quickest);
    }

    private async Task PollAsync(Outgoing[] page, CancellationToken cancellation)
    {
        var askedAt = time.GetTimestamp();
        Interlocked.Increment(ref polls);
        // A node keeps the statuses of 150 blocks at hand; after a long silence only its history knows what landed before.
        var isLate = height is { } now && page.Any(item => now.BlockHeight > item.LastValidBlockHeight);
        var answer = await rpc.GetStatusesAsync([.. page.Select(item => item.Signature)], cancellation, searchHistory: isLate);
        var settledBefore = settled.Count;
        lock (gate)
        {
            NewestSlot = Math.Max(NewestSlot, answer.Slot);
            for (var index = 0; index < page.Length; index++)
            {
                Digest(page[index], answer.Value[index], answer.Slot, askedAt, isLate);
            }

            // Many at once went missing: more copies would only crowd out the rest.
            var missing = pending.Count(item => item.CopiesLeft > 0);
            if (missing > lanes.Max(lane => lane.Endpoint.Pacer.RateOf("sendTransaction")) * 0.1)
            {
                pending.ForEach(item => item.CopiesLeft = 0);
            }
        }

        Wake();
        if (settled.Count != settledBefore)
        {
            Progressed?.Invoke(settled.Count);
        }
    }

    private void Digest(Outgoing item, SignatureStatus? status, ulong slot, long askedAt, bool withHistory)
    {
        if (item.IsSettled)
        {
            return;
        }

        if (status is null)
        {
            item.IsSeen = false;
            if (withHistory && HasExpired(item, slot))
            {
                Settle(item, Fate.Expired, slot, null);
            }
            else if (IsAnswered(item) && item.AnsweredAt < askedAt)
            {
                Miss(item, slot);
            }

            return;
        }

        if (!item.IsSeen)
        {
            LastProgressSlot = Math.Max(LastProgressSlot, slot);
        }

        item.IsSeen = true;
        if (status.Error is null)
        {
            item.SetProcessed(status.Slot);
        }

        if (status.Confirmation != Commitment.Processed)
        {
            Settle(item, status.Error is null ? Fate.Succeeded : Fate.Failed, status.Slot, status.Error);
        }
    }

    /// <summary>Whether its blockhash is too old by the word of a node that has seen all it could have landed in.</summary>
    private bool HasExpired(Outgoing item, ulong slot) =>
        height is { } now && now.BlockHeight > item.LastValidBlockHeight && slot >= now.Slot
        // Heights never grow faster than slots: an endpoint that says so lies, and would have everything signed again.
        && now.Slot >= item.SignedAtSlot && now.BlockHeight - item.LastValidBlockHeight <= now.Slot - item.SignedAtSlot;

    private void Settle(Outgoing item, Fate fate, ulong slot, string? error)
    {
        pending.Remove(item);
        settled.Add(item);
        LastProgressSlot = Math.Max(LastProgressSlot, slot);
        if (fate != Fate.Expired)
        {
            HighestLandedSlot = Math.Max(HighestLandedSlot, slot);
        }

        if (fate != Fate.Succeeded)
        {
            blockhashes.Spoil(item.Blockhash);
        }

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
            {
                continue;
            }

            isQuiet = true;
            item.NextCopyAt = long.MaxValue;
            if (!item.IsUrgent && !silent && item.CopiesLeft-- <= 0)
            {
                continue;
            }

            if (item.CopiesLeft > 0)
            {
                item.NextCopyAt = now + Ticks(CopySpacing);
            }

            SendAgain(item);
        }

        if (isQuiet)
        {
            Wake();
        }
    }

    private void SendAgain(Outgoing item)
    {
        foreach (var lane in lanes)
        {
            lane.Again(item);
        }
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
        {
            return;
        }

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
