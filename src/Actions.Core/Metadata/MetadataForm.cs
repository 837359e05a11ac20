using Actions.Core.Solana;

namespace Actions.Core.Metadata;

/// <summary>How text became bytes. Anything but UTF-8 is bytes shown as text.</summary>
public enum MetadataEncoding : byte
{
    None,
    Utf8,
    Base58,
    Base64,
}

public enum MetadataCompression : byte
{
    None,
    Gzip,
    Zlib,
}

public enum MetadataFormat : byte
{
    None,
    Json,
    Yaml,
    Toml,
}

/// <summary>Whether the account holds the content, the URL of it, or which bytes of another account it is.</summary>
public enum MetadataSource : byte
{
    Direct,
    Url,
    External,
}

/// <summary>What the bytes of a metadata account are.</summary>
public sealed record MetadataForm(MetadataEncoding Encoding, MetadataCompression Compression, MetadataFormat Format, MetadataSource Source)
{
    internal const int Size = 4;

    /// <summary>What the ecosystem's own client makes of an IDL, and of a security.txt given as JSON.</summary>
    public static readonly MetadataForm Json =
        new(MetadataEncoding.Utf8, MetadataCompression.Zlib, MetadataFormat.Json, MetadataSource.Direct);

    internal void Write(ref ByteWriter writer) =>
        writer.Bytes([(byte)Encoding, (byte)Compression, (byte)Format, (byte)Source]);

    /// <summary>False on a value that the program would not have taken.</summary>
    internal static bool TryRead(ref ByteReader reader, out MetadataForm form)
    {
        form = Json;
        if (!reader.Bytes(Size, out var bytes) || bytes.Span is not [<= 3, <= 2, <= 3, <= 2])
        {
            return false;
        }

        var span = bytes.Span;
        form = new MetadataForm((MetadataEncoding)span[0], (MetadataCompression)span[1], (MetadataFormat)span[2], (MetadataSource)span[3]);
        return true;
    }
}
