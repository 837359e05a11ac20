using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Actions.Core.Solana;

namespace Actions.Core.Runner;

/// <summary>Knows every secret of the run in every form it could take, and keeps all of them out of what is written.</summary>
public sealed class Masker
{
    public const string Mask = "***";

    /// <summary>Shorter than this, a mask would hide more of the log than of the secret.</summary>
    private const int ShortestSecret = 4;

    /// <summary>A line of a longer secret, such as one number of a pretty-printed byte array, is only masked when it says something.</summary>
    private const int ShortestLine = 8;

    private readonly Lock gate = new();
    private volatile string[] forms = [];

    /// <summary>Tells the runner about a form; set by the log, which knows how.</summary>
    internal Action<string>? Announce { get; set; }

    /// <summary>Registers a secret text: an RPC password, a token, a key as somebody typed it.</summary>
    public void Add(string secret)
    {
        var trimmed = secret.Trim();
        if (trimmed.Length < ShortestSecret)
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(trimmed);
        Register([secret, trimmed, .. LinesOf(secret), Uri.EscapeDataString(trimmed), JsonEncodedText.Encode(trimmed).ToString(),
            JsonEncodedText.Encode(trimmed, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(), .. EncodingsOf(bytes)]);
    }

    /// <summary>Registers secret bytes, such as a key pair or its seed.</summary>
    public void Add(ReadOnlySpan<byte> secret)
    {
        if (secret.Length >= ShortestSecret)
        {
            Register(EncodingsOf(secret));
        }
    }

    /// <summary>The text with every known secret replaced.</summary>
    public string Scrub(string text)
    {
        foreach (var form in forms)
        {
            text = text.Replace(form, Mask, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Text from elsewhere, cleaned, scrubbed and bounded; in that order, so that no half of a secret survives the cut.</summary>
    public string Safe(string text, int most) => PlainText.Bound(Scrub(PlainText.Clean(Scrub(text))), most);

    private static IEnumerable<string> LinesOf(string secret) =>
        secret.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length >= ShortestLine);

    private static List<string> EncodingsOf(ReadOnlySpan<byte> bytes)
    {
        var base64 = Convert.ToBase64String(bytes);
        var numbers = new string[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            numbers[i] = bytes[i].ToString(CultureInfo.InvariantCulture);
        }

        List<string> encodings =
        [
            base64, base64.TrimEnd('='), Base64Url.EncodeToString(bytes), Convert.ToHexStringLower(bytes), Convert.ToHexString(bytes),
            string.Join(',', numbers), string.Join(", ", numbers), string.Join("\n", numbers), string.Join(",\n", numbers),
        ];
        if (bytes.Length <= Base58.MaxBytes)
        {
            encodings.Add(Base58.Encode(bytes));
        }

        return encodings;
    }

    private void Register(IEnumerable<string> added)
    {
        List<string> fresh;
        lock (gate)
        {
            var known = new HashSet<string>(forms, StringComparer.Ordinal);
            fresh = [.. added.Where(form => form.Length >= ShortestSecret && known.Add(form))];
            forms = [.. known.OrderByDescending(form => form.Length).ThenBy(form => form, StringComparer.Ordinal)];
        }

        // The runner also masks every single line of what it is told, which would hide each number of a printed byte array.
        foreach (var form in fresh.Where(form => !form.AsSpan().ContainsAny('\n', '\r')))
        {
            Announce?.Invoke(form);
        }
    }
}
