using System.Text.RegularExpressions;
using Actions.Core.Inputs;

namespace Actions.Core.GitHub;

/// <summary>Which repository, on which server, as whom.</summary>
public sealed partial record GitHubAccess
{
    private GitHubAccess(Uri api, string repository, GitHubToken token) => (Api, Repository, Token) = (api, repository, token);

    /// <summary>Where the API answers; its path ends with a slash.</summary>
    public Uri Api { get; }

    /// <summary>`owner/name`.</summary>
    public string Repository { get; }

    internal GitHubToken Token { get; }

    /// <summary>Null, and which part is not of its form.</summary>
    public static GitHubAccess? TryMake(string api, string repository, GitHubToken token, out string problem)
    {
        problem = !RepositoryForm().IsMatch(repository) || repository.Split('/').Any(part => part is "." or "..") ? "repository" : "";
        if (!Uri.TryCreate(api.TrimEnd('/') + "/", UriKind.Absolute, out var uri) || !MayHoldToken(uri) || uri.UserInfo.Length + uri.Query.Length + uri.Fragment.Length > 0)
        {
            problem = "url";
        }

        return problem.Length == 0 ? new GitHubAccess(uri!, repository, token) : null;
    }

    /// <summary>A URL below this repository.</summary>
    internal Uri Of(string path) => new(Api, $"repos/{Repository}{path}");

    internal bool IsOfServer(Uri url) => SameOrigin(url, Api) && url.AbsolutePath.StartsWith(Api.AbsolutePath, StringComparison.Ordinal);

    /// <summary>Assets go to a host of their own: `uploads.github.com` for `api.github.com`; other servers take them themselves.</summary>
    internal bool IsForUploads(Uri url) =>
        MayHoldToken(url) && url.UserInfo.Length == 0
        && (SameOrigin(url, Api)
            || (url.IsLoopback && Api.IsLoopback)
            || (url is { Scheme: "https", IsDefaultPort: true } && Api.Host.StartsWith("api.", StringComparison.OrdinalIgnoreCase)
                && url.Host.Equals($"uploads.{Api.Host[4..]}", StringComparison.OrdinalIgnoreCase)));

    internal static bool MayHoldToken(Uri url) => url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && RpcUrl.MayBePlain(url));

    internal static bool SameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && one.Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}\z")]
    private static partial Regex RepositoryForm();
}
