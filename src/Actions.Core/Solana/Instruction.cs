namespace Actions.Core.Solana;

/// <summary>An account as an instruction sees it.</summary>
public sealed record AccountMeta(Address Address, bool IsSigner, bool IsWritable)
{
    public static AccountMeta ReadOnly(Address address) => new(address, false, false);

    public static AccountMeta Writable(Address address) => new(address, false, true);

    public static AccountMeta Signer(Address address) => new(address, true, false);

    public static AccountMeta WritableSigner(Address address) => new(address, true, true);
}

/// <summary>One call of a program.</summary>
public sealed record Instruction(Address Program, IReadOnlyList<AccountMeta> Accounts, ReadOnlyMemory<byte> Data)
{
    /// <summary>Whether both call the same with the same, whatever roles the messages around them gave the accounts.</summary>
    public bool IsSame(Instruction other) =>
        Program == other.Program && Data.Span.SequenceEqual(other.Data.Span) && Accounts.Select(meta => meta.Address).SequenceEqual(other.Accounts.Select(meta => meta.Address));
}
