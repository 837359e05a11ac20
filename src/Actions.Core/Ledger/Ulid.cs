using System.Buffers;
using System.Buffers.Binary;

namespace Actions.Core.Ledger;

/// <summary>Identifiers that sort by the millisecond they were made in.</summary>
public static class Ulid
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    public static string New(TimeProvider time, Action<Span<byte>> fillRandom)
    {
        Span<byte> bytes = stackalloc byte[16];
        fillRandom(bytes[6..]);
        bytes[..6].Clear();
        var milliseconds = (UInt128)(ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        return Encode((milliseconds << 80) | BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    public static bool IsUlid(string text) => text.Length == Length && !text.AsSpan().ContainsAnyExcept(Letters) && text[0] <= '7';

    private static string Encode(UInt128 value) => string.Create(Length, value, static (text, value) =>
    {
        for (var i = text.Length - 1; i >= 0; i--, value >>= 5)
        {
            text[i] = Alphabet[(int)(value & 31)];
        }
    });
}
