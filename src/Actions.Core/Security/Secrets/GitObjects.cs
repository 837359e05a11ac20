using System.Globalization;
using System.Text;

namespace Actions.Core.Security.Secrets;

/// <summary>Every version of every file, as `git cat-file --batch` writes them one behind the other.</summary>
/// <remarks>
/// `git rev-list --objects --all | git cat-file --batch='%(objectname) %(objecttype) %(objectsize) %(rest)' --buffer` makes such a file
/// (https://git-scm.com/docs/git-cat-file#_batch_output).
/// </remarks>
public static class GitObjects
{
    private const int LongestHeader = 8192;

    /// <summary>What was found, and in how many blobs.</summary>
    /// <param name="isKnown">Whether a finding is one of the files that are there now.</param>
    /// <returns>Null for a stream of something else.</returns>
    public static (int Blobs, IReadOnlyList<ScanFinding> Findings)? Search(Stream stream, Predicate<ScanFinding> isKnown)
    {
        List<ScanFinding> findings = [];
        var (blobs, seen) = (0, new HashSet<(string, string, string)>());
        while (Header(stream) is { } header)
        {
            // The second half of a file's name that has a line's end in it.
            if (header.EndsWith(" missing", StringComparison.Ordinal))
            {
                continue;
            }

            if (header.Split(' ', 4) is not [{ Length: 40 or 64 } name, var type, var length, .. var path]
                || !name.All(char.IsAsciiHexDigitLower) || !long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            {
                return null;
            }

            if (type == "blob" && size <= SecretSearch.LongestFile)
            {
                var bytes = new byte[size];
                if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < size)
                {
                    return null;
                }

                blobs++;
                findings.AddRange(SecretSearch.Read(path is [{ Length: > 0 } known] ? known : name, bytes)
                    .Where(finding => seen.Add((finding.Rule, finding.Path, finding.Subject)) && !isKnown(finding))
                    .Select(finding => finding with { Line = 1, Found = $"{finding.Found} in its history ({name[..12]}, line {finding.Line.ToString(CultureInfo.InvariantCulture)})" }));
            }
            else if (!Skip(stream, size))
            {
                return null;
            }

            if (stream.ReadByte() != '\n')
            {
                return null;
            }
        }

        return (blobs, findings);
    }

    private static string? Header(Stream stream)
    {
        var line = new List<byte>();
        for (var next = stream.ReadByte(); next >= 0; next = stream.ReadByte())
        {
            if (next == '\n' || line.Count == LongestHeader)
            {
                return Encoding.UTF8.GetString([.. line]);
            }

            line.Add((byte)next);
        }

        return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
    }

    private static bool Skip(Stream stream, long size)
    {
        var buffer = new byte[64 * 1024];
        while (size > 0)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(size, buffer.Length));
            if (read == 0)
            {
                return false;
            }

            size -= read;
        }

        return true;
    }
}
