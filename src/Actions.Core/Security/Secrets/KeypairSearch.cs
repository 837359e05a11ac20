using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Actions.Core.Solana;

namespace Actions.Core.Security.Secrets;

/// <summary>Solana key pairs in a text, as `solana-keygen` writes them (64 numbers) and as wallets do (base 58).</summary>
/// <remarks>
/// Signatures have 64 bytes, too. A key pair is one whose second half is the public key of its first; that is computed, so there is no false alarm.
/// </remarks>
internal static partial class KeypairSearch
{
    /// <summary>The addresses of the keys; what is secret of them is not kept.</summary>
    public static IEnumerable<(Address Address, int Index)> Find(string text) =>
        Numbers().EnumerateMatches(text).Found(text, FromNumbers).Concat(Letters().EnumerateMatches(text).Found(text, FromLetters));

    private static List<(Address Address, int Index)> Found(this Regex.ValueMatchEnumerator matches, string text, Func<string, int, int, Address?> read)
    {
        List<(Address, int)> found = [];
        foreach (var match in matches)
        {
            if (read(text, match.Index, match.Length) is { } address)
            {
                found.Add((address, match.Index));
            }
        }

        return found;
    }

    private static Address? FromNumbers(string text, int index, int length)
    {
        Span<byte> bytes = stackalloc byte[LocalSigner.SecretSize];
        var rest = text.AsSpan(index, length).Trim("[]");
        var count = 0;
        foreach (var part in rest.Split(','))
        {
            var number = rest[part].Trim();
            if (number.IsEmpty && count == bytes.Length)
            {
                break; // a comma behind the last one
            }

            if (count == bytes.Length || !byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out bytes[count]))
            {
                return null;
            }

            count++;
        }

        return Pair(bytes);
    }

    private static Address? FromLetters(string text, int index, int length)
    {
        Span<byte> bytes = stackalloc byte[Base58.MaxBytes];
        return Base58.TryDecode(text.AsSpan(index, length).ToString(), bytes, out var count) && count == LocalSigner.SecretSize ? Pair(bytes[..count]) : null;
    }

    private static Address? Pair(Span<byte> bytes)
    {
        var named = new Address(bytes[Ed25519.SeedSize..]);
        var isPair = Ed25519.PublicKey(bytes[..Ed25519.SeedSize]) == named;
        CryptographicOperations.ZeroMemory(bytes);
        return isPair ? named : null;
    }

    [GeneratedRegex(@"\[\s*[0-9]{1,3}(?:\s*,\s*[0-9]{1,3}){63}\s*,?\s*\]")]
    private static partial Regex Numbers();

    [GeneratedRegex("(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{64,88}(?![0-9A-Za-z])")]
    private static partial Regex Letters();
}
