using System.Diagnostics.CodeAnalysis;
using Actions.Core.Solana;

namespace Actions.Core.Metadata;

/// <summary>The account in which Anchor kept an IDL before program-metadata; it is read, never written.</summary>
/// <param name="Content">Compressed with zlib.</param>
public sealed record LegacyIdl(Address Authority, ReadOnlyMemory<byte> Content)
{
    private static readonly byte[] Discriminator = AnchorDiscriminator.Of("internal:IdlAccount");

    /// <summary>Null when the bytes are no UTF-8 text, or unfold to more than <see cref="MetadataContent.MaxLength"/>.</summary>
    public string? Text => MetadataContent.Text(Content, MetadataCompression.Zlib);

    public static Address AddressOf(Address program) =>
        ProgramAddress.CreateWithSeed(ProgramAddress.Find([], program).Address, "anchor:idl", program);

    /// <summary>False when the bytes are no such account. What stands behind the IDL is room for a longer one.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out LegacyIdl? idl)
    {
        var reader = new ByteReader(bytes);
        idl = reader.Bytes(AnchorDiscriminator.Size, out var discriminator) && discriminator.Span.SequenceEqual(Discriminator)
            && reader.Address(out var authority)
            && reader.List(out var content)
                ? new LegacyIdl(authority, content)
                : null;
        return idl is not null;
    }
}
