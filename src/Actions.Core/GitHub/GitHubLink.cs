using System.Text.RegularExpressions;

namespace Actions.Core.GitHub;

/// <summary>Where the next page is, as the Link header says it.</summary>
internal static partial class GitHubLink
{
    /// <summary>Null on the last page.</summary>
    public static Uri? Next(HttpResponseMessage response, Uri current) =>
        response.Headers.TryGetValues("Link", out var values)
        && values.Select(value => NextLink().Match(value)).FirstOrDefault(match => match.Success) is { } found
        && Uri.TryCreate(current, found.Groups["url"].Value, out var next) ? next : null;

    [GeneratedRegex("""<(?<url>[^<>\s]{1,2000})>\s*;\s*rel="?next"?""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex NextLink();
}
