namespace Actions.Core.Solana;

/// <summary>A key that can sign, wherever it is kept.</summary>
public interface ISigner
{
    Address Address { get; }

    /// <summary>One signature per message, in the same order; all of them in one round trip where the key is remote.</summary>
    ValueTask<Signature[]> SignAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellation);
}
