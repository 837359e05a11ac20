using System.Text;
using Actions.Core.Solana;

namespace Actions.Core.Metadata;

/// <summary>Instructions and addresses of program-metadata, where programs publish their IDL and their security.txt.</summary>
/// <remarks>An optional account that is left out is given as the program's own address. Whoever acts as the upgrade authority of a program
/// gives that program with its ProgramData; any other authority gives neither.</remarks>
public static class MetadataProgram
{
    public const int HeaderSize = 96;
    public const int SeedSize = 16;

    /// <summary>How much one instruction can let an account grow.</summary>
    public const int MaxGrowth = 10_240;

    public static readonly Address Id = Address.Parse("ProgM6JCCvbYkfKqJYHePx4xxSUSqJp7rh8Lyv7nk7S");

    /// <summary>Where what the upgrade authority itself says stands.</summary>
    public static Address Canonical(Address program, string seed) =>
        ProgramAddress.Find([program.ToArray(), Seed(seed)], Id).Address;

    /// <summary>Where what somebody else says about a program stands.</summary>
    public static Address NonCanonical(Address program, Address authority, string seed) =>
        ProgramAddress.Find([program.ToArray(), authority.ToArray(), Seed(seed)], Id).Address;

    /// <summary>Writes into a buffer, which grows as needed; its rent must be there already.</summary>
    public static Instruction Write(Address buffer, Address authority, uint offset, ReadOnlyMemory<byte> bytes)
    {
        var data = new byte[5 + bytes.Length];
        var writer = new ByteWriter(data);
        writer.U8(0);
        writer.U32(offset);
        writer.Bytes(bytes.Span);
        return Call(data, AccountMeta.Writable(buffer), AccountMeta.Signer(authority), Optional(null));
    }

    /// <summary>Makes a metadata account, of the bytes given or, without any, of the buffer that stands at its address.</summary>
    public static Instruction Initialize(
        Address metadata, Address authority, Address program, Address? programData, string seed, MetadataForm form, ReadOnlyMemory<byte>? content)
    {
        var data = new byte[1 + SeedSize + MetadataForm.Size + (content?.Length ?? 0)];
        var writer = new ByteWriter(data);
        writer.U8(1);
        writer.Bytes(Seed(seed));
        form.Write(ref writer);
        writer.Bytes((content ?? default).Span);
        return Call(
            data,
            AccountMeta.Writable(metadata),
            AccountMeta.Signer(authority),
            AccountMeta.ReadOnly(program),
            Optional(programData),
            content is null ? Optional(null) : AccountMeta.ReadOnly(SystemProgram.Id));
    }

    /// <summary>Lets another authority write; without one only the program's upgrade authority may.</summary>
    public static Instruction SetAuthority(Address account, Address authority, Address? program, Address? programData, Address? next)
    {
        byte[] data = next is { } given ? [2, 1, .. given.ToArray()] : [2, 0];
        return Call(data, [.. Owned(account, authority, program, programData)]);
    }

    /// <summary>Replaces what a metadata account says, by the bytes given or, without any, by those of a buffer.</summary>
    public static Instruction SetData(
        Address metadata, Address authority, Address? buffer, Address? program, Address? programData, MetadataForm form, ReadOnlyMemory<byte>? content)
    {
        var data = new byte[1 + MetadataForm.Size + (content?.Length ?? 0)];
        var writer = new ByteWriter(data);
        writer.U8(3);
        form.Write(ref writer);
        writer.Bytes((content ?? default).Span);
        return Call(
            data,
            AccountMeta.Writable(metadata),
            AccountMeta.Signer(authority),
            buffer is { } given ? AccountMeta.Writable(given) : Optional(null), // writable as its own client has it, although it is only read
            Optional(program),
            Optional(programData));
    }

    /// <summary>Cuts an account down to its content and returns what it then holds too much.</summary>
    public static Instruction Trim(Address account, Address authority, Address? program, Address? programData, Address recipient) => Call(
        [5],
        [.. Owned(account, authority, program, programData), AccountMeta.Writable(recipient), AccountMeta.ReadOnly(Sysvars.Rent)]);

    public static Instruction Close(Address account, Address authority, Address? program, Address? programData, Address recipient) => Call(
        [6],
        [.. Owned(account, authority, program, programData), AccountMeta.Writable(recipient)]);

    /// <summary>Makes an empty buffer at a metadata address; its rent must be there already.</summary>
    public static Instruction Allocate(Address buffer, Address authority, Address program, Address? programData, string seed) => Call(
        [7, .. Seed(seed)],
        [.. Owned(buffer, authority, program, programData), AccountMeta.ReadOnly(SystemProgram.Id)]);

    /// <summary>Lets an account grow by at most <see cref="MaxGrowth"/> bytes; the rent for them must be there already.</summary>
    public static Instruction Extend(Address account, Address authority, Address? program, Address? programData, ushort length)
    {
        var data = new byte[3];
        var writer = new ByteWriter(data);
        writer.U8(8);
        writer.U16(length);
        return Call(data, [.. Owned(account, authority, program, programData)]);
    }

    /// <summary>Whether it changes what an account says, or its size, and neither whose it is nor that it is there.</summary>
    public static bool IsSaying(Instruction instruction) => instruction.Program == Id && instruction.Data.Span is [1 or 3 or 5 or 8, ..];

    public static bool IsClosing(Instruction instruction) => instruction.Program == Id && instruction.Data.Span is [6];

    private static byte[] Seed(string seed)
    {
        var bytes = new byte[SeedSize];
        return Encoding.UTF8.TryGetBytes(seed, bytes, out _)
            ? bytes
            : throw new ArgumentException($"A seed has at most {SeedSize} bytes.", nameof(seed));
    }

    private static AccountMeta Optional(Address? account) => AccountMeta.ReadOnly(account ?? Id);

    private static AccountMeta[] Owned(Address account, Address authority, Address? program, Address? programData) =>
        [AccountMeta.Writable(account), AccountMeta.Signer(authority), Optional(program), Optional(programData)];

    private static Instruction Call(byte[] data, params AccountMeta[] accounts) => new(Id, accounts, data);
}
