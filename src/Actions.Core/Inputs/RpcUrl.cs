using System.Net;
using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Core.Inputs;

/// <summary>Where an RPC node answers. Only scheme and host are ever printed: the rest is often the access key.</summary>
public sealed class RpcUrl : IEquatable<RpcUrl>
{
    /// <summary>Shorter ones are words such as v1 or mainnet; a password is masked whatever its length.</summary>
    private const int ShortestSecretPart = 8;

    private readonly Uri uri;

    private RpcUrl(Uri uri) => this.uri = uri;

    public string Host => uri.Host;

    /// <summary>True for the machine itself, which inside a container is the container.</summary>
    public bool IsLoopback => uri.IsLoopback;

    public static Result<RpcUrl> Parse(string text, Masker masker, string input = "rpc-url")
    {
        // Registered before anything is said about it, also when it is refused.
        var known = Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri);
        if (known)
        {
            MaskParts(uri!, masker);
        }

        if (!known || uri!.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            return Invalid("found something else", "give one URL per line, such as https://api.devnet.solana.com", input);
        }

        if (uri.Fragment.Length > 0)
        {
            return Invalid("found a fragment (#…)", "remove it", input);
        }

        if (uri.Scheme == "http" && !MayBePlain(uri))
        {
            return new Fault(FaultCodes.InputInvalid, "Expected https",
                $"found http to {PlainText.Quote(uri.Host)}",
                "use https; plain http is only for loopback and for host names without a dot, such as a service container's", input);
        }

        return new RpcUrl(uri);
    }

    /// <summary>The whole address with everything that must not be printed.</summary>
    public Uri Reveal() => uri;

    public override string ToString() => uri.IsDefaultPort ? $"{uri.Scheme}://{uri.Host}" : $"{uri.Scheme}://{uri.Host}:{uri.Port}";

    public bool Equals(RpcUrl? other) => other is not null && uri.AbsoluteUri == other.uri.AbsoluteUri && uri.UserInfo == other.uri.UserInfo;

    public override bool Equals(object? obj) => Equals(obj as RpcUrl);

    public override int GetHashCode() => uri.AbsoluteUri.GetHashCode(StringComparison.Ordinal);

    /// <summary>Plain http is for this machine and for a service container, whose name has no dot.</summary>
    internal static bool MayBePlain(Uri uri) =>
        uri.IsLoopback
        || (uri.HostNameType == UriHostNameType.Dns && !uri.Host.Contains('.', StringComparison.Ordinal))
        || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Both as typed and as .NET normalises it: either may turn up in a message.</summary>
    private static void MaskParts(Uri uri, Masker masker)
    {
        var typed = uri.OriginalString[(uri.OriginalString.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart('/', '\\');
        var authority = typed.Split('/', '?', '#')[0];
        var at = authority.LastIndexOf('@');
        var rest = typed[authority.Length..].Split('?', 2);
        MaskParts(at < 0 ? "" : authority[..at], rest[0], rest.Length == 2 ? rest[1] : "", masker);
        MaskParts(uri.UserInfo, uri.AbsolutePath, uri.Query.TrimStart('?'), masker);
    }

    private static void MaskParts(string userInfo, string path, string query, Masker masker)
    {
        string[] login = userInfo.Split(':', 2);
        string[] parts =
        [
            .. login[1..], userInfo, query,
            .. login.Concat(query.Split('&').SelectMany(pair => pair.Split('=', 2)[1..])).Concat(path.Split('/')).Where(part => part.Length >= ShortestSecretPart),
        ];
        foreach (var part in parts.Where(part => !IsCommonWord(part)))
        {
            masker.Add(part);
            masker.Add(Uri.UnescapeDataString(part));
        }
    }

    /// <summary>A masked cluster name would make the runner drop every output that mentions the cluster.</summary>
    private static bool IsCommonWord(string part) =>
        Cluster.All.Any(cluster => cluster.Name == part) || bool.TryParse(part, out _) || part is "api-key" or "confirmed" or "finalized";

    private static Fault Invalid(string found, string remedy, string input) =>
        new(FaultCodes.InputInvalid, "Expected an http or https URL", found, remedy, input);
}
