using System.Text;

namespace Actions.Core.Security.Secrets;

/// <summary>Looks through one file for secrets of this trade. Pure, and never repeats what it found.</summary>
public static class SecretSearch
{
    /// <summary>Source and configuration are smaller; what is larger was generated.</summary>
    public const int LongestFile = 4 * 1024 * 1024;

    /// <summary>As git tells binary files.</summary>
    private const int Sniffed = 8000;

    /// <summary>A file of nothing but secrets is not worth more.</summary>
    private const int Most = 100;

    public static bool IsBinary(ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, Sniffed)].Contains((byte)0);

    public static IReadOnlyList<ScanFinding> Read(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LongestFile || IsBinary(bytes))
        {
            return [];
        }

        // One character for each byte: places stay what they were, and everything that is looked for is ASCII.
        var text = Encoding.Latin1.GetString(bytes);
        return
        [
            .. KeypairSearch.Find(text).Select(key => SecurityRules.KeypairCommitted.At(path, LineOf(text, key.Index), $"found the key pair of {key.Address}"))
                .Concat(RpcUrlSearch.Find(text).Select(url => SecurityRules.RpcUrlCommitted.At(path, LineOf(text, url.Index), $"found one for {url.Host}")))
                .Concat(VaultTokenSearch.Find(text).Select(index => SecurityRules.VaultTokenCommitted.At(path, LineOf(text, index), "found one")))
                .OrderBy(finding => finding.Line).Take(Most),
        ];
    }

    private static int LineOf(string text, int index) => 1 + text.AsSpan(0, index).Count('\n');
}
