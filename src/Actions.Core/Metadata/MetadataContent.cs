using System.IO.Compression;
using System.Text;
using System.Text.Unicode;

namespace Actions.Core.Metadata;

/// <summary>Between a text and the bytes that an account holds of it.</summary>
public static class MetadataContent
{
    /// <summary>Far beyond any IDL; what unfolds to more was made to fill memory.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>As <see cref="MetadataForm.Json"/> says.</summary>
    public static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize))
        {
            zlib.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    /// <summary>The text that an account holds itself; null when it holds none (a URL, a pointer, bytes), or more than <see cref="MaxLength"/>.</summary>
    public static string? Text(MetadataAccount.Published account) =>
        account.Form is { Source: MetadataSource.Direct, Encoding: MetadataEncoding.Utf8, Compression: var compression }
            ? Text(account.Content, compression)
            : null;

    /// <summary>Null when the bytes are not compressed so, are no UTF-8, or unfold to more than <see cref="MaxLength"/>.</summary>
    internal static string? Text(ReadOnlyMemory<byte> content, MetadataCompression compression)
    {
        var bytes = compression == MetadataCompression.None ? content : Inflate(content, compression);
        return bytes is { } known && known.Length <= MaxLength && Utf8.IsValid(known.Span) ? Encoding.UTF8.GetString(known.Span) : null;
    }

    private static ReadOnlyMemory<byte>? Inflate(ReadOnlyMemory<byte> content, MetadataCompression compression)
    {
        using var packed = new MemoryStream(content.ToArray(), writable: false);
        using Stream stream = compression == MetadataCompression.Gzip
            ? new GZipStream(packed, CompressionMode.Decompress)
            : new ZLibStream(packed, CompressionMode.Decompress);
        using var text = new MemoryStream();
        var part = new byte[16 * 1024];
        try
        {
            for (var read = stream.Read(part); read > 0; read = stream.Read(part))
            {
                if (text.Length + read > MaxLength)
                {
                    return null;
                }

                text.Write(part, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return text.ToArray();
    }
}
