using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Solana;

namespace Actions.Core.Keys;

/// <summary>Reads a key that was given as such.</summary>
internal static class KeyLiteral
{
    private const int LongestText = 4096;

    /// <summary>`[12,34,…]`, what `solana-keygen` writes.</summary>
    public static Result<KeyReference> FromJson(string text, string input)
    {
        var utf8 = Encoding.UTF8.GetBytes(text.Length <= LongestText ? text : "");
        var values = new byte[LongestText];
        try
        {
            return ReadArray(utf8, values) is not { } count ? NotBytes(input)
                : count == LocalSigner.SecretSize ? new KeyReference.Literal(values[..count])
                : WrongLength(input, count);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
            CryptographicOperations.ZeroMemory(values);
        }
    }

    /// <summary>Base58 of 64 bytes is a key, of 32 an address; there is no way to tell an address from a seed, so no seed is ever read.</summary>
    public static Result<KeyReference> FromBase58(string text, string input)
    {
        Span<byte> bytes = stackalloc byte[Base58.MaxBytes];
        try
        {
            return !Base58.TryDecode(text, bytes, out var count) || count == 0 ? NotAKey(input)
                : count == Address.Size ? new KeyReference.Named(new Address(bytes[..count]))
                : count == LocalSigner.SecretSize ? new KeyReference.Literal(bytes[..count].ToArray())
                : WrongLength(input, count);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static int? ReadArray(ReadOnlySpan<byte> utf8, Span<byte> values)
    {
        var reader = new Utf8JsonReader(utf8);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                return null;
            }

            var count = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetByte(out var value))
            {
                values[count++] = value;
            }

            return reader.TokenType == JsonTokenType.EndArray && !reader.Read() ? count : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Fault WrongLength(string input, int count) => new(
        FaultCodes.KeyLength, $"Expected a key of 64 bytes in '{input}'", $"found {count} bytes",
        count == 32
            ? "32 bytes are never read as a seed: give all 64 bytes of the key pair, as solana-keygen writes them"
            : "give all 64 bytes of the key pair, as solana-keygen writes them",
        input);

    private static Fault NotBytes(string input) => new(
        FaultCodes.InputInvalid, $"Expected a JSON array of 64 byte values in '{input}'", "found an array of something else (not shown)",
        "paste the key file's content unchanged", input);

    private static Fault NotAKey(string input) => new(
        FaultCodes.InputInvalid, $"Expected a key reference in '{input}': {KeyReferenceParser.Forms}",
        "found none of these (not shown: it could be a key)", "use one of these forms", input);
}
