using System.Diagnostics.CodeAnalysis;

namespace Actions.Core.Solana;

/// <summary>An account whose value stands in for a blockhash, so that a transaction can wait for its signatures; using it changes the value.</summary>
/// <param name="Authority">Who must sign to use it.</param>
/// <param name="Value">What a transaction carries in place of a blockhash.</param>
public sealed record NonceAccount(Address Authority, Blockhash Value)
{
    public const int Size = 80;

    private const uint CurrentVersion = 1;

    private const uint Initialized = 1;

    /// <param name="owner">Of the account.</param>
    /// <param name="bytes">Its data.</param>
    /// <param name="nonce">What it says.</param>
    /// <returns>False when it is no nonce account, an unused one, or one from before durable nonces were set apart from blockhashes.</returns>
    public static bool TryParse(Address owner, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out NonceAccount? nonce)
    {
        nonce = null;
        var reader = new ByteReader(bytes);
        if (owner != SystemProgram.Id || bytes.Length != Size
            || !reader.U32(out var version) || version != CurrentVersion || !reader.U32(out var state) || state != Initialized
            || !reader.Address(out var authority) || !reader.Bytes(Blockhash.Size, out var value))
        {
            return false;
        }

        nonce = new NonceAccount(authority, new Blockhash(value.Span));
        return true;
    }
}
