using Actions.Core.Rpc;

namespace Actions.Core.Sending;

/// <summary>What one endpoint still has to send: first sends in order, then copies. Guarded by the pump's lock.</summary>
internal sealed class Lane(RpcEndpoint endpoint)
{
    private readonly Queue<Outgoing> fresh = new();
    private readonly Queue<Outgoing> again = new();
    private readonly HashSet<Outgoing> waitingAgain = [];

    private const int RefusalsUntilClosed = 5;

    private int refusals;
    private bool isClosed;

    public RpcEndpoint Endpoint { get; } = endpoint;

    /// <summary>Nothing more goes out here.</summary>
    public bool IsClosed
    {
        get => isClosed || Endpoint.IsForbidden;
        set => isClosed = value;
    }

    /// <summary>What it last answered instead of taking a transaction; untrusted, bounded.</summary>
    public string? LastRefusal { get; private set; }

    public void Took() => refusals = 0;

    /// <summary>One refusal can be a hiccup of the provider's; several in a row, or one that says the method is not served, are not.</summary>
    public void Refused(RpcRefusal refusal)
    {
        LastRefusal = $"{refusal.Message} ({refusal.Code})";
        isClosed |= ++refusals >= RefusalsUntilClosed || refusal.Code is RpcRefusal.MethodNotFound or RpcRefusal.InvalidParams or RpcRefusal.BadSignature;
    }

    public void Failed(string found) => LastRefusal = found;

    public void Fresh(Outgoing item) => fresh.Enqueue(item);

    /// <summary>One copy more, unless one is waiting already.</summary>
    public void Again(Outgoing item)
    {
        if (waitingAgain.Add(item))
        {
            again.Enqueue(item);
        }
    }

    /// <summary>The endpoint did not take it: a first send stays one, a copy stays a copy.</summary>
    public void NotTaken(Outgoing item)
    {
        if (item.AnsweredAt == 0)
        {
            fresh.Enqueue(item);
        }
        else
        {
            Again(item);
        }
    }

    /// <summary>The next transaction that still needs sending; null when there is none.</summary>
    public Outgoing? Take()
    {
        while (fresh.TryDequeue(out var first))
        {
            if (!first.IsSettled && !first.IsSeen)
            {
                return first;
            }
        }

        while (again.TryDequeue(out var copy))
        {
            waitingAgain.Remove(copy);
            if (!copy.IsSettled && !copy.IsSeen)
            {
                return copy;
            }
        }

        return null;
    }
}
