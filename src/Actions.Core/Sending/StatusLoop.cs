using Actions.Core.Rpc;

namespace Actions.Core.Sending;

/// <summary>Finds out what became of the transactions, and has broadcast again what went missing.</summary>
internal sealed class StatusLoop(RpcClient rpc, InFlight flight, BlockhashKeeper blockhashes, TimeProvider time)
{
    private const int StatusPage = 256;
    private const double StatusShare = 0.1;
    private const double StatusShareWhileSending = 0.03;
    private const int FreePolls = 6;
    private const double SlowRate = 50;

    // A blockhash lives 150 slots: before these went by none can have expired.
    private const ulong SlotsUntilHeightMatters = 120;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BetweenHeights = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(75);

    private readonly Copies copies = new(flight, time);
    private int polls;
    private long polledAt;
    private long heightAskedAt;
    private (ulong Slot, ulong BlockHeight)? height;

    public static TimeSpan QuickestPoll { get; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Called with the number of settled transactions whenever it grows.</summary>
    public event Action<int>? Progressed;

    public ulong HighestLandedSlot { get; private set; }

    public ulong NewestSlot { get; private set; }

    public ulong LastProgressSlot { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        var polling = Task.CompletedTask;
        while (true)
        {
            await Task.Delay(Tick, time, cancellation);
            List<Outgoing> asked = [];
            bool hasCopies;
            lock (flight.Gate)
            {
                hasCopies = copies.SendDue(polledAt);
                if (polling.IsCompleted && IsPollDue())
                {
                    asked = [.. flight.Pending.Where(IsWatched)];
                }

                if (flight.Pending.Any(IsHopeless) && time.GetElapsedTime(flight.TakenAt) > Patience)
                {
                    throw SendingLoop.NobodyTakes(flight.Lanes);
                }
            }

            if (hasCopies)
            {
                flight.Wake();
            }

            if (asked.Count > 0)
            {
                await polling; // completed: brings up what went wrong
                polledAt = time.GetTimestamp();
                polling = PollAllAsync(asked, cancellation);
            }
        }
    }

    public Task PollAsync(IEnumerable<Outgoing> asked, CancellationToken cancellation) =>
        Task.WhenAll(asked.Chunk(StatusPage).Select(page => PollPageAsync(page, cancellation)));

    /// <summary>Sent, and worth asking about: an endpoint that forwards a transaction and then fails to answer is no reason not to ask.</summary>
    private bool IsWatched(Outgoing item) => !InFlight.IsUnsent(item) || (item.PostedAt != 0 && time.GetElapsedTime(item.PostedAt) > AnswerPatience);

    private bool IsHopeless(Outgoing item) => item.FirstPostedAt != 0 && InFlight.IsUnsent(item) && time.GetElapsedTime(item.FirstPostedAt) > Patience;

    private async Task PollAllAsync(List<Outgoing> asked, CancellationToken cancellation)
    {
        await ReadHeightAsync(asked, cancellation);
        await PollAsync(asked, cancellation);
    }

    /// <summary>
    /// Status reads take a tenth of the budget at most: little while there are first sends to make, and what was saved then when
    /// only the answers are waited for.
    /// </summary>
    private bool IsPollDue()
    {
        var waiting = flight.Pending.Count(IsWatched);
        if (waiting == 0)
        {
            return false;
        }

        var pages = (waiting + StatusPage - 1) / StatusPage;
        var isSending = flight.Pending.Any(item => item.IsReleased && InFlight.IsUnsent(item)) || flight.Unsigned.Any(item => item.IsReleased);
        var rate = flight.Rate;
        var pause = TimeSpan.FromSeconds(pages / ((isSending ? StatusShareWhileSending : StatusShare) * rate));
        // One transaction that others wait for is asked about more often than hundreds.
        var quickest = rate < SlowRate ? 4 * QuickestPoll : pages == 1 && waiting == 1 ? QuickestPoll / 2 : QuickestPoll;
        if (!isSending && polls + pages <= FreePolls + (StatusShare * flight.Sends))
        {
            pause = TimeSpan.Zero;
        }

        return time.GetElapsedTime(polledAt) >= (pause > quickest ? pause : quickest);
    }

    private async Task PollPageAsync(Outgoing[] page, CancellationToken cancellation)
    {
        var askedAt = time.GetTimestamp();
        Interlocked.Increment(ref polls);
        // A node keeps the statuses of 150 blocks at hand; after a long silence only its history knows what landed before.
        var isLate = height is { } now && page.Any(item => now.BlockHeight > item.LastValidBlockHeight);
        var answer = await rpc.GetStatusesAsync([.. page.Select(item => item.Signature)], cancellation, searchHistory: isLate);
        int before, after;
        lock (flight.Gate)
        {
            before = flight.SettledCount;
            NewestSlot = Math.Max(NewestSlot, answer.Slot);
            for (var index = 0; index < page.Length; index++)
            {
                Digest(page[index], answer.Value[index], answer.Slot, askedAt, isLate);
            }

            copies.Thin();
            after = flight.SettledCount;
        }

        flight.Wake();
        if (after != before)
        {
            Progressed?.Invoke(after);
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
            else if (!InFlight.IsUnsent(item) && item.AnsweredAt < askedAt)
            {
                copies.Miss(item, slot);
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
        LastProgressSlot = Math.Max(LastProgressSlot, slot);
        if (fate != Fate.Expired)
        {
            HighestLandedSlot = Math.Max(HighestLandedSlot, slot);
        }

        if (fate != Fate.Succeeded)
        {
            blockhashes.Spoil(item.Blockhash);
        }

        flight.Settle(item, fate, slot, error);
    }

    /// <summary>Asks for the block height once blockhashes are old enough to have expired.</summary>
    private async Task ReadHeightAsync(List<Outgoing> asked, CancellationToken cancellation)
    {
        if (!asked.Exists(item => !item.IsSettled && NewestSlot > item.SignedAtSlot + SlotsUntilHeightMatters) || time.GetElapsedTime(heightAskedAt) < BetweenHeights)
        {
            return;
        }

        heightAskedAt = time.GetTimestamp();
        height = await rpc.GetEpochPositionAsync(Commitment.Confirmed, cancellation);
    }
}
