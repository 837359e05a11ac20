using System.Net;
using System.Text.RegularExpressions;

namespace Actions.Core.Security.Secrets;

/// <summary>Addresses of RPC endpoints that hold the credential they are used with.</summary>
internal static partial class RpcUrlSearch
{
    private const int ShortestSecret = 8;
    private const int ShortestKey = 16;
    private const int FewestLetters = 6;

    /// <summary>Providers that put the key into the path or the query of every URL they hand out.</summary>
    private static readonly string[] Providers =
    [
        "helius-rpc.com", "helius.xyz", "quiknode.pro", "quicknode.com", "alchemy.com", "rpcpool.com", "triton.one", "syndica.io", "getblock.io", "chainstack.com", "ankr.com", "blastapi.io",
        "extrnode.com", "shyft.to", "nodereal.io", "tatum.io", "infura.io", "drpc.org", "publicnode.com",
    ];

    private static readonly string[] Nowhere = [".example", ".test", ".invalid", ".localhost", ".local", "example.com", "example.org", "example.net"];

    private static readonly string[] KeyNames = ["api-key", "api_key", "apikey", "access-token", "access_token", "token", "key", "auth"];

    public static IEnumerable<(string Host, int Index)> Find(string text)
    {
        foreach (Match match in Address().Matches(text))
        {
            if (Uri.TryCreate(match.Value.TrimEnd('.', ',', ';', ':'), UriKind.Absolute, out var url) && !IsNowhere(url.Host) && HoldsCredential(url))
            {
                yield return (url.Host, match.Index);
            }
        }
    }

    private static bool HoldsCredential(Uri url)
    {
        var isProvider = !Reading().IsMatch(url.Host) && Providers.Any(provider => url.Host == provider || url.Host.EndsWith($".{provider}", StringComparison.Ordinal));
        var isRpc = isProvider || Rpc().IsMatch(url.Host + url.AbsolutePath);
        return (url.UserInfo.Split(':', 2) is [_, var password] && IsSecret(Uri.UnescapeDataString(password), ShortestSecret))
            || (isRpc && url.Query.TrimStart('?').Split('&').Any(pair => pair.Split('=', 2) is [var name, var value] && KeyNames.Contains(name.ToLowerInvariant()) && IsKey(value)))
            || (isProvider && url.AbsolutePath.Split('/').Any(IsKey));
    }

    /// <summary>A host that no one can have, or one that is only reached from where it is.</summary>
    private static bool IsNowhere(string host) =>
        !host.Contains('.', StringComparison.Ordinal) || Nowhere.Any(name => host.EndsWith(name, StringComparison.Ordinal)) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsKey(string value) => KeyShape().IsMatch(value) && value.Any(char.IsAsciiDigit) && IsSecret(value, ShortestKey);

    /// <summary>Not what stands in its place in documents.</summary>
    private static bool IsSecret(string value, int shortest) => value.Length >= shortest && value.Distinct().Count() >= FewestLetters && !Placeholder().IsMatch(value);

    [GeneratedRegex("""(?:https?|wss?)://[^\s"'<>`\\)\]|]{4,1000}""")]
    private static partial Regex Address();

    /// <summary>Where providers explain themselves: paths are made of words there.</summary>
    [GeneratedRegex(@"\A(?:www|docs|blog|status|support|help|dashboard|developers?)\.", RegexOptions.CultureInvariant)]
    private static partial Regex Reading();

    [GeneratedRegex("rpc|solana", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Rpc();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+\z")]
    private static partial Regex KeyShape();

    [GeneratedRegex(@"your|my[_-]|api[_-]?key|example|placeholder|change|secret|password|dummy|redacted|hunter2|[{}$%*<>]|\.\.\.|0123456789abcdef", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
