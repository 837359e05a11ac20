using System.Diagnostics.CodeAnalysis;
using System.Text;
using Actions.Core.Solana;

namespace Actions.Core.Metadata;

/// <summary>An account of program-metadata.</summary>
/// <param name="Authority">Who may write, besides the upgrade authority where the account is canonical.</param>
/// <param name="IsCanonical">Whether the program's upgrade authority made it.</param>
/// <param name="Content">As stored: see <see cref="MetadataContent"/>.</param>
public abstract record MetadataAccount(Address? Authority, bool IsCanonical, string Seed, ReadOnlyMemory<byte> Content)
{
    /// <summary>False when the bytes are no account of that program, or one that holds less than it says.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out MetadataAccount? account)
    {
        account = null;
        var reader = new ByteReader(bytes);
        if (bytes.Length < MetadataProgram.HeaderSize
            || !reader.U8(out var kind)
            || !reader.Address(out var program)
            || !reader.Address(out var authority))
        {
            return false;
        }

        account = kind switch
        {
            1 => ReadBuffer(ref reader, Optional(program), Optional(authority)),
            2 => ReadPublished(ref reader, program, Optional(authority)),
            _ => null,
        };
        return account is not null;
    }

    private static Buffer? ReadBuffer(ref ByteReader reader, Address? program, Address? authority) =>
        reader.U8(out var canonical)
        && reader.Bytes(MetadataProgram.SeedSize, out var seed)
        && reader.Bytes(14, out _)
            ? new Buffer(program, authority, canonical != 0, Text(seed), reader.Rest)
            : null;

    private static Published? ReadPublished(ref ByteReader reader, Address program, Address? authority) =>
        reader.U8(out var mutable)
        && reader.U8(out var canonical)
        && reader.Bytes(MetadataProgram.SeedSize, out var seed)
        && MetadataForm.TryRead(ref reader, out var form)
        && reader.U32(out var length)
        && reader.Bytes(5, out _)
        && length <= (uint)reader.Rest.Length
            ? new Published(program, authority, mutable != 0, canonical != 0, Text(seed), form, reader.Rest[..(int)length])
            : null;

    private static Address? Optional(Address address) => address == default ? null : address;

    private static string Text(ReadOnlyMemory<byte> seed) => Encoding.UTF8.GetString(seed.Span.TrimEnd((byte)0));

    /// <summary>Bytes on their way to being published.</summary>
    /// <param name="Program">Of whose address the buffer's own is derived; null when it has a key of its own.</param>
    public sealed record Buffer(Address? Program, Address? Authority, bool IsCanonical, string Seed, ReadOnlyMemory<byte> Content)
        : MetadataAccount(Authority, IsCanonical, Seed, Content);

    /// <summary>What somebody says about a program.</summary>
    public sealed record Published(
        Address Program, Address? Authority, bool IsMutable, bool IsCanonical, string Seed, MetadataForm Form, ReadOnlyMemory<byte> Content)
        : MetadataAccount(Authority, IsCanonical, Seed, Content);
}
