using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;

namespace Actions.Core.Smoke;

/// <summary>Where a check looks. Only scheme, host and port are ever printed.</summary>
public sealed class SmokeUrl
{
    private const int ShortestSecretPart = 8;
    private const int LongestWord = 20;

    private SmokeUrl(Uri uri) => Uri = uri;

    /// <summary>The whole address with everything that must not be printed.</summary>
    public Uri Uri { get; }

    /// <param name="text">As the spec says it, references resolved.</param>
    /// <param name="isSecret">Whether it came from a secret, so that all of it is one.</param>
    /// <param name="socket">Whether it is a WebSocket's.</param>
    /// <param name="masker">Learns what must not be printed.</param>
    public static Result<SmokeUrl> Parse(string text, bool isSecret, bool socket, Masker masker)
    {
        // The same rules as for rpc-url; a WebSocket's address is that of its handshake.
        var asHttp = socket && text.StartsWith("ws", StringComparison.Ordinal) ? $"http{text[2..]}" : text;
        var parsed = RpcUrl.Parse(asHttp, isSecret ? masker : new Masker(), "spec");
        if (Uri.TryCreate(asHttp, UriKind.Absolute, out var uri))
        {
            MaskParts(uri, masker);
        }

        if (!parsed.IsOk)
        {
            return Result<SmokeUrl>.Fail(parsed.Faults);
        }

        return socket && asHttp == text
            ? new Fault(FaultCodes.InputInvalid, "Expected a ws or wss URL", $"found {PlainText.Quote(uri!.Scheme)}", "give for example wss://api.example/ws", "spec")
            : new SmokeUrl(new Uri(text));
    }

    public override string ToString() => Label(Uri);

    public static string Label(Uri uri) => uri.IsDefaultPort ? $"{uri.Scheme}://{uri.Host}" : $"{uri.Scheme}://{uri.Host}:{uri.Port}";

    /// <summary>
    /// A spec lies in the repository, so its words are no secrets: masking "dashboard" or "matchmaking" for the whole job would make the runner drop
    /// outputs that hold them. A login, a query, and what could be a key are masked wherever they stand.
    /// </summary>
    private static void MaskParts(Uri uri, Masker masker)
    {
        var login = uri.UserInfo.Split(':', 2);
        var values = uri.Query.TrimStart('?').Split('&').SelectMany(pair => pair.Split('=', 2)[1..]).Where(part => part.Length >= ShortestSecretPart);
        string[] parts = [.. login[1..], uri.UserInfo, .. values, .. uri.AbsolutePath.Split('/').Where(CouldBeKey)];
        foreach (var part in parts.Where(part => part.Length > 0))
        {
            masker.Add(part);
            masker.Add(Uri.UnescapeDataString(part));
        }
    }

    private static bool CouldBeKey(string part) =>
        part.Length > LongestWord || (part.Length >= ShortestSecretPart && (part.Any(char.IsAsciiDigit) || part.Any(char.IsAsciiLetterUpper)));
}
