using System.Diagnostics.CodeAnalysis;
using Actions.Core.Solana;

namespace Actions.Core.Squads;

/// <summary>A message that waits for its vault.</summary>
/// <param name="EphemeralSigners">Further addresses that sign inside, each with the bump of its derivation.</param>
public sealed record VaultTransaction(
    Address Multisig,
    Address Creator,
    ulong Index,
    byte VaultIndex,
    ReadOnlyMemory<byte> EphemeralSigners,
    VaultMessage Message)
{
    /// <summary>All before the message, without ephemeral signers.</summary>
    private const int Header = AnchorDiscriminator.Size + (2 * Address.Size) + 8 + 3 + 4;

    private static readonly byte[] Discriminator = AnchorDiscriminator.OfAccount("VaultTransaction");

    /// <summary>Bytes of the account that stores a message: its lists have lengths of 32 bits there.</summary>
    public static int SizeOf(VaultMessage message) =>
        Header + message.Serialize().Length + (3 * 3) + (message.Instructions.Count * (3 + 2)) + (message.Lookups.Count * 2 * 3);

    /// <summary>False when the bytes are no such account, or a message that the program would not have stored.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out VaultTransaction? transaction)
    {
        transaction = null;
        var reader = new ByteReader(bytes);
        if (!reader.Bytes(AnchorDiscriminator.Size, out var discriminator) || !discriminator.Span.SequenceEqual(Discriminator)
            || !reader.Address(out var multisig)
            || !reader.Address(out var creator)
            || !reader.U64(out var index)
            || !reader.U8(out _) // the bump of its address
            || !reader.U8(out var vaultIndex)
            || !reader.U8(out _) // the bump of the vault's
            || !reader.List(out var ephemeral)
            || !VaultMessage.TryRead(ref reader, out var message))
        {
            return false;
        }

        transaction = new VaultTransaction(multisig, creator, index, vaultIndex, ephemeral, message);
        return true;
    }
}
