using System.Buffers.Binary;
using Actions.Core.Solana;

namespace Actions.Core.Squads;

/// <summary>The addresses that Squads v4 derives (github.com/Squads-Protocol/v4, state/seeds.rs).</summary>
public static class SquadsAddress
{
    private static readonly byte[] Prefix = [.. "multisig"u8];
    private static readonly byte[] VaultSeed = [.. "vault"u8];
    private static readonly byte[] TransactionSeed = [.. "transaction"u8];
    private static readonly byte[] ProposalSeed = [.. "proposal"u8];

    public static Address Multisig(Address createKey) => Find(Prefix, Prefix, createKey.ToArray());

    /// <summary>What holds money and authorities and signs executed transactions; the multisig itself never does.</summary>
    public static Address Vault(Address multisig, byte index) => Find(Prefix, multisig.ToArray(), VaultSeed, [index]);

    public static Address Transaction(Address multisig, ulong index) =>
        Find(Prefix, multisig.ToArray(), TransactionSeed, LittleEndian(index));

    public static Address Proposal(Address multisig, ulong index) =>
        Find(Prefix, multisig.ToArray(), TransactionSeed, LittleEndian(index), ProposalSeed);

    private static Address Find(params byte[][] seeds) =>
        ProgramAddress.Find([.. seeds.Select(seed => (ReadOnlyMemory<byte>)seed)], SquadsProgram.Id).Address;

    private static byte[] LittleEndian(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}
