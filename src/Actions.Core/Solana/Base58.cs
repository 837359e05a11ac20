using System.Security.Cryptography;

namespace Actions.Core.Solana;

/// <summary>Bitcoin's base 58, as Solana writes addresses, hashes and signatures.</summary>
public static class Base58
{
    /// <summary>Nothing longer than a key pair (64 bytes) is ever read in base 58 here; the bound keeps quadratic work small.</summary>
    public const int MaxBytes = 256;

    /// <summary>A whole transaction, which is written so for others to sign.</summary>
    public const int MaxEncodedBytes = 1232;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private static ReadOnlySpan<sbyte> Digits =>
    [
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, -1, -1, -1, -1, -1, -1,
        -1, 9, 10, 11, 12, 13, 14, 15, 16, -1, 17, 18, 19, 20, 21, -1, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, -1, -1, -1, -1, -1,
        -1, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, -1, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, -1, -1, -1, -1, -1,
    ];

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxEncodedBytes);

        var zeros = LeadingZeros(bytes);
        Span<byte> digits = stackalloc byte[bytes.Length * 138 / 100 + 1];
        var used = 0;
        foreach (var value in bytes[zeros..])
        {
            int carry = value;
            for (var i = 0; i < used; i++)
            {
                carry += digits[i] << 8;
                digits[i] = (byte)(carry % 58);
                carry /= 58;
            }

            for (; carry > 0; carry /= 58)
            {
                digits[used++] = (byte)(carry % 58);
            }
        }

        Span<char> text = stackalloc char[zeros + used];
        text[..zeros].Fill('1');
        for (var i = 0; i < used; i++)
        {
            text[zeros + i] = Alphabet[digits[used - 1 - i]];
        }

        return new string(text);
    }

    /// <summary>Decodes into the start of the destination; false when a character is foreign or the bytes do not fit.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        var capacity = Math.Min(destination.Length, MaxBytes);
        if (text.Length > capacity * 138 / 100 + 1)
        {
            return false;
        }

        var zeros = text.IndexOfAnyExcept('1');
        zeros = zeros < 0 ? text.Length : zeros;
        Span<byte> littleEndian = stackalloc byte[capacity];
        var decoded = TryConvert(text[zeros..], littleEndian, out var used) && zeros + used <= capacity;
        if (decoded)
        {
            written = zeros + used;
            destination[..zeros].Clear();
            littleEndian[..used].Reverse();
            littleEndian[..used].CopyTo(destination[zeros..]);
        }

        // Secret keys come in this form too: no copy stays behind on the stack.
        CryptographicOperations.ZeroMemory(littleEndian);
        return decoded;
    }

    /// <summary>True when the text is base 58 of exactly as many bytes as the destination has.</summary>
    public static bool TryDecodeExactly(ReadOnlySpan<char> text, Span<byte> destination) =>
        TryDecode(text, destination, out var written) && written == destination.Length;

    private static bool TryConvert(ReadOnlySpan<char> text, Span<byte> littleEndian, out int used)
    {
        used = 0;
        foreach (var character in text)
        {
            int carry = character < Digits.Length ? Digits[character] : -1;
            if (carry < 0)
            {
                return false;
            }

            for (var i = 0; i < used; i++)
            {
                carry += littleEndian[i] * 58;
                littleEndian[i] = (byte)carry;
                carry >>= 8;
            }

            for (; carry > 0; carry >>= 8)
            {
                if (used == littleEndian.Length)
                {
                    return false;
                }

                littleEndian[used++] = (byte)carry;
            }
        }

        return true;
    }

    private static int LeadingZeros(ReadOnlySpan<byte> bytes)
    {
        var zeros = bytes.IndexOfAnyExcept((byte)0);
        return zeros < 0 ? bytes.Length : zeros;
    }
}
