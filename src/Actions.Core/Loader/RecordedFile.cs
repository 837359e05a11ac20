using System.Security.Cryptography;

namespace Actions.Core.Loader;

/// <summary>Finds the file in what a program runs, which is padded with zeros to the account's capacity.</summary>
public static class RecordedFile
{
    /// <summary>The start of the data that has this sha256; all of it when none has, for some programs need their last zeros.</summary>
    /// <param name="sha256">64 hex digits; null when nobody recorded the file.</param>
    public static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> data, string? sha256)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = data.Span.TrimEnd((byte)0).Length;
        hash.AppendData(data.Span[..length]);
        for (; sha256 is not null && length <= data.Length; length++)
        {
            if (Convert.ToHexStringLower(hash.GetCurrentHash()) == sha256)
            {
                return data[..length];
            }

            hash.AppendData([0]);
        }

        return data;
    }
}
