using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Core.Sending;

/// <summary>Every transaction of a run and where it stands; what the pump's loops share. All of it is guarded by <see cref="Gate"/>.</summary>
internal sealed class InFlight(IReadOnlyList<Lane> lanes, TimeProvider time)
{
    private readonly LinkedList<Outgoing> unsigned = new();
    private readonly List<Outgoing> pending = [];
    private readonly List<Outgoing> settled = [];
    private TaskCompletionSource work = NewSignal();
    private Exception? broken;

    public Lock Gate { get; } = new();

    public IReadOnlyList<Lane> Lanes => lanes;

    /// <summary>Waits for a signature, in the order in which it was handed in.</summary>
    public IReadOnlyCollection<Outgoing> Unsigned => unsigned;

    /// <summary>Signed and without a fate.</summary>
    public IReadOnlyList<Outgoing> Pending => pending;

    public int SettledCount => settled.Count;

    /// <summary>How often a transaction left for a node, copies included.</summary>
    public int Sends { get; set; }

    /// <summary>When a node last took one, in ticks.</summary>
    public long TakenAt { get; set; } = time.GetTimestamp();

    /// <summary>Completes when there may be something to send.</summary>
    public Task Work => work.Task;

    /// <summary>What endpoints take at most, over all methods and of transactions alone; a second.</summary>
    public double Rate => lanes.Max(lane => lane.Endpoint.Pacer.Rate);

    public double SendRate => lanes.Max(lane => lane.Endpoint.Pacer.RateOf("sendTransaction"));

    /// <summary>No endpoint took it yet.</summary>
    public static bool IsUnsent(Outgoing item) => item.AnsweredAt == 0;

    public static bool Is(Outgoing item, Fate fate) => item.Known?.Fate == fate;

    public void Add(Outgoing item)
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

    public void Signed(Outgoing item, Transaction transaction, At<LatestBlockhash> blockhash)
    {
        if (item.IsSettled || !unsigned.Remove(item))
        {
            return;
        }

        item.Signed(transaction, blockhash);
        pending.Add(item);
        Queue(item);
    }

    public void Release(Outgoing item)
    {
        item.IsReleased = true;
        Queue(item);
    }

    /// <summary>Takes it back, unless a node may have it.</summary>
    public void Withdraw(Outgoing item)
    {
        if (item.WasSent || item.IsSettled)
        {
            return;
        }

        unsigned.Remove(item);
        pending.Remove(item);
        item.Settle(Fate.Withdrawn, 0, null);
    }

    public void Settle(Outgoing item, Fate fate, ulong slot, string? error)
    {
        pending.Remove(item);
        settled.Add(item);
        item.Settle(fate, slot, error);
    }

    /// <summary>A copy on every endpoint.</summary>
    public void SendAgain(Outgoing item)
    {
        foreach (var lane in lanes)
        {
            lane.Again(item);
        }
    }

    /// <summary>Whoever waits for a fate gets the reason instead why nothing goes on.</summary>
    public void Break(Exception reason)
    {
        broken ??= reason;
        foreach (var item in pending.Concat(unsigned))
        {
            item.Break(broken);
        }
    }

    public int Count(Fate fate) => settled.Count(item => Is(item, fate));

    /// <summary>Everything that landed, failed or not: its fee is paid.</summary>
    public List<Outgoing> Landed() =>
        [.. settled.Where(item => Is(item, Fate.Succeeded) || Is(item, Fate.Failed)).Concat(pending.Where(item => item.IsSeen)).DistinctBy(item => item.Signature)];

    /// <summary>Calls the endpoints' loops; not from inside the gate.</summary>
    public void Wake()
    {
        TaskCompletionSource waiting;
        lock (Gate)
        {
            waiting = work;
            work = NewSignal();
        }

        waiting.SetResult();
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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
