using System.Buffers;
using System.Buffers.Binary;

namespace Actions.Core.Reports;

/// <summary>Fills a span with random bytes.</summary>
public delegate void RandomFill(Span<byte> destination);

/// <summary>Makes identifiers that sort by time; two of the same millisecond still sort in the order they were made.</summary>
public sealed class UlidSource(TimeProvider time, RandomFill random)
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    private readonly Lock gate = new();
    private UInt128 latest;

    public string Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        random(bytes[6..]);
        bytes[..6].Clear();
        var fresh = ((UInt128)(ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << 80) | BinaryPrimitives.ReadUInt128BigEndian(bytes);
        lock (gate)
        {
            latest = fresh > latest && fresh >> 80 > latest >> 80 ? fresh : latest + 1;
            return Encode(latest);
        }
    }

    /// <summary>True for text that could be such an identifier, and therefore is safe in a file name.</summary>
    public static bool IsUlid(string text) => text.Length == Length && !text.AsSpan().ContainsAnyExcept(Letters) && text[0] <= '7';

    private static string Encode(UInt128 value) => string.Create(Length, value, static (text, value) =>
    {
        for (var i = text.Length - 1; i >= 0; i--, value >>= 5)
        {
            text[i] = Alphabet[(int)(value & 31)];
        }
    });
}
