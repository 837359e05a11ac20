using System.Buffers.Binary;
using System.Text;

namespace Actions.Core.Security.Secrets;

/// <summary>The list of tracked files that git keeps in `.git/index`.</summary>
/// <remarks>https://git-scm.com/docs/index-format, versions 2 to 4, with SHA-1.</remarks>
internal static class GitIndex
{
    private const int HeaderSize = 12;
    private const int FixedSize = 62;
    private const int ModeOffset = 24;
    private const int FlagsOffset = 60;
    private const uint RegularFile = 0x8000;
    private const uint TypeMask = 0xF000;
    private const int MostFiles = 2_000_000;

    /// <summary>Paths of regular files, as git has them; null for what is no such index.</summary>
    public static IReadOnlyList<string>? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize || !bytes.StartsWith("DIRC"u8))
        {
            return null;
        }

        var (version, count) = (BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));
        if (version is < 2 or > 4 || count > MostFiles)
        {
            return null;
        }

        List<string> paths = [];
        var (at, previous) = (HeaderSize, Array.Empty<byte>());
        for (var entry = 0; entry < count; entry++)
        {
            if (bytes.Length < at + FixedSize + 2)
            {
                return null;
            }

            var mode = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + ModeOffset)..]);
            var isExtended = (BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + FlagsOffset)..]) & 0x4000) != 0;
            var (name, end) = NameAt(bytes, at, at + FixedSize + (isExtended ? 2 : 0), version == 4, previous);
            if (name is null)
            {
                return null;
            }

            (at, previous) = (end, name);
            if ((mode & TypeMask) == RegularFile)
            {
                paths.Add(Encoding.UTF8.GetString(name));
            }
        }

        return paths;
    }

    /// <summary>The name of an entry, and where the next one begins.</summary>
    private static (byte[]? Name, int End) NameAt(ReadOnlySpan<byte> bytes, int start, int at, bool isPacked, byte[] previous)
    {
        var kept = 0;
        if (isPacked)
        {
            var dropped = Number(bytes, ref at);
            kept = previous.Length - dropped;
        }

        var length = kept < 0 || at > bytes.Length ? -1 : bytes[at..].IndexOf((byte)0);
        if (length < 0)
        {
            return (null, 0);
        }

        byte[] name = [.. previous.AsSpan(0, kept), .. bytes.Slice(at, length)];
        // From one to eight zeros, so that every entry has a multiple of eight bytes.
        var end = isPacked ? at + length + 1 : start + ((at + length - start + 8) / 8 * 8);
        return (name, end);
    }

    /// <summary>As in the offsets of pack files.</summary>
    private static int Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        long value = 0;
        for (var first = true; at < bytes.Length && value < int.MaxValue; first = false)
        {
            var next = bytes[at++];
            value = ((first ? value : value + 1) << 7) | (long)(next & 0x7F);
            if ((next & 0x80) == 0)
            {
                return (int)Math.Min(value, int.MaxValue);
            }
        }

        return int.MaxValue;
    }
}
