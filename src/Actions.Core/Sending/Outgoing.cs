using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Core.Sending;

/// <summary>What became of a transaction.</summary>
public enum Fate
{
    Succeeded,

    /// <summary>It landed and failed; its fee is paid.</summary>
    Failed,

    /// <summary>Its blockhash is too old and no node knows it: it never lands.</summary>
    Expired,

    /// <summary>It was taken back before it was ever sent.</summary>
    Withdrawn,
}

/// <param name="Error">The cluster's error as compact JSON, when it failed.</param>
public sealed record Outcome(Fate Fate, Signature Signature, ulong Slot, string? Error);

/// <summary>One transaction on its way: compiled and signed once, with the blockhash of the moment it is first sent.</summary>
/// <param name="compile">Makes the message for a blockhash.</param>
/// <param name="signers">Everybody who must sign, the fee payer among them.</param>
/// <param name="fee">What it costs when it lands, successful or not.</param>
/// <param name="isUrgent">Whether others wait for it, so that it is sent again several times within a slot.</param>
public sealed class Outgoing(Func<Blockhash, Message> compile, IReadOnlyList<ISigner> signers, ulong fee, bool isUrgent)
{
    private readonly TaskCompletionSource<ulong> processed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Outcome> settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The slot in which a node has executed it successfully; forks can still undo that.</summary>
    public Task<ulong> Processed => processed.Task;

    /// <summary>Its fate, at confirmed.</summary>
    public Task<Outcome> Settled => settled.Task;

    /// <summary>Its fate once it is known; also when the run broke meanwhile and <see cref="Settled"/> ended with the reason for that.</summary>
    public Outcome? Known { get; private set; }

    /// <summary>Whether a node may have it: from here on its fate must be settled before anything like it is signed again.</summary>
    public bool WasSent { get; internal set; }

    public ulong Fee { get; } = fee;

    public Signature Signature { get; private set; }

    internal bool IsUrgent { get; } = isUrgent;

    internal IReadOnlyList<ISigner> Signers { get; } = signers;

    internal RpcCall Call { get; private set; } = null!;

    internal ulong LastValidBlockHeight { get; private set; }

    internal Blockhash Blockhash { get; private set; }

    /// <summary>The slot the blockhash was read at.</summary>
    internal ulong SignedAtSlot { get; private set; }

    internal bool IsSettled => Known is not null;

    /// <summary>Whether it may go out, or still waits for another one to be seen first.</summary>
    internal bool IsReleased { get; set; }

    internal bool IsQueued { get; set; }

    internal bool IsSigned => Call is not null;

    /// <summary>A node has it in a block: it need not be sent again for now.</summary>
    internal bool IsSeen { get; set; }

    /// <summary>When it last left for a node, in ticks; zero before that.</summary>
    internal long PostedAt { get; set; }

    internal long FirstPostedAt { get; set; }

    /// <summary>When a node last took it, in ticks; zero before that.</summary>
    internal long AnsweredAt { get; set; }

    /// <summary>The slot of the first status read since then that did not know it.</summary>
    internal ulong? UnknownSince { get; set; }

    /// <summary>When the next copy may go out, in ticks.</summary>
    internal long NextCopyAt { get; set; } = long.MaxValue;

    internal int CopiesLeft { get; set; }

    internal Message Compile(Blockhash blockhash) => compile(blockhash);

    internal void Signed(Transaction transaction, At<LatestBlockhash> blockhash)
    {
        Signature = transaction.Signature;
        LastValidBlockHeight = blockhash.Value.LastValidBlockHeight;
        SignedAtSlot = blockhash.Slot;
        Blockhash = blockhash.Value.Hash;
        var bytes = transaction.Serialize();
        Call = RpcCall.Create("sendTransaction", writer =>
        {
            writer.WriteBase64StringValue(bytes);
            writer.WriteStartObject();
            writer.WriteString("encoding", "base64");
            writer.WriteBoolean("skipPreflight", true);
            writer.WriteNumber("maxRetries", 0);
            writer.WriteEndObject();
        });
    }

    /// <summary>Ends the wait of everybody who waits for its fate.</summary>
    internal void Break(Exception reason)
    {
        // Not everybody waits for both; an exception nobody looks at is no second fault.
        if (settled.TrySetException(reason))
        {
            _ = settled.Task.Exception;
        }

        if (processed.TrySetException(reason))
        {
            _ = processed.Task.Exception;
        }
    }

    internal void SetProcessed(ulong slot) => processed.TrySetResult(slot);

    internal void Settle(Fate fate, ulong slot, string? error)
    {
        Known = new Outcome(fate, Signature, slot, error);
        settled.TrySetResult(Known);
        if (fate == Fate.Succeeded)
        {
            processed.TrySetResult(slot);
        }
    }
}
