using System.Diagnostics.CodeAnalysis;

namespace Actions.Core.Solana;

public enum MessageVersion
{
    Legacy,
    V0,
}

/// <summary>How many of a message's accounts, in their order, sign and may be written.</summary>
public readonly record struct MessageHeader(byte RequiredSignatures, byte ReadOnlySigned, byte ReadOnlyUnsigned);

/// <summary>An instruction whose accounts are indexes into the message's accounts, then into those its lookups load.</summary>
public readonly record struct CompiledInstruction(byte Program, ReadOnlyMemory<byte> Accounts, ReadOnlyMemory<byte> Data);

/// <summary>Accounts that a version 0 message takes from an address lookup table.</summary>
public sealed record AddressLookup(Address Table, ReadOnlyMemory<byte> Writable, ReadOnlyMemory<byte> ReadOnly);

/// <summary>What a transaction's signers sign.</summary>
public sealed class Message
{
    private byte[]? serialized;

    internal Message(
        MessageVersion version,
        MessageHeader header,
        IReadOnlyList<Address> accounts,
        Blockhash blockhash,
        IReadOnlyList<CompiledInstruction> instructions,
        IReadOnlyList<AddressLookup> lookups)
    {
        (Version, Header, Accounts, Blockhash) = (version, header, accounts, blockhash);
        (Instructions, Lookups) = (instructions, lookups);
        Signers = [.. accounts.Take(header.RequiredSignatures)];
    }

    public MessageVersion Version { get; }

    public MessageHeader Header { get; }

    /// <summary>The accounts the message itself lists; those of its lookups are not among them.</summary>
    public IReadOnlyList<Address> Accounts { get; }

    /// <summary>The first accounts, in the order in which their signatures stand.</summary>
    public IReadOnlyList<Address> Signers { get; }

    public Address FeePayer => Accounts[0];

    public Blockhash Blockhash { get; }

    public IReadOnlyList<CompiledInstruction> Instructions { get; }

    public IReadOnlyList<AddressLookup> Lookups { get; }

    /// <summary>The serialised form, made once: signing and sending share it.</summary>
    internal ReadOnlyMemory<byte> Bytes => serialized ??= MessageWriter.Write(this);

    public static Message Compile(Address feePayer, IReadOnlyList<Instruction> instructions, Blockhash blockhash) =>
        MessageCompiler.Compile(MessageVersion.Legacy, feePayer, instructions, blockhash);

    /// <summary>A version 0 message that lists all its accounts itself.</summary>
    public static Message CompileV0(Address feePayer, IReadOnlyList<Instruction> instructions, Blockhash blockhash) =>
        MessageCompiler.Compile(MessageVersion.V0, feePayer, instructions, blockhash);

    /// <summary>Reads either version, as strictly as the cluster's sanitiser; false on anything else, also on trailing bytes.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Message? message) =>
        MessageReader.TryRead(bytes, out message);

    public byte[] Serialize() => Bytes.ToArray();

    public bool IsSigner(int account) => account < Header.RequiredSignatures;

    /// <summary>Whether a listed account may be written.</summary>
    public bool IsWritable(int account) => IsSigner(account)
        ? account < Header.RequiredSignatures - Header.ReadOnlySigned
        : account < Accounts.Count - Header.ReadOnlyUnsigned;
}
