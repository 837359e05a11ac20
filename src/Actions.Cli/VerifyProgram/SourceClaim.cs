namespace Actions.Cli.VerifyProgram;

/// <summary>Compares what a program says about its source with what is expected. Pure.</summary>
internal static class SourceClaim
{
    private const int ShortestCommit = 7;

    /// <summary>Whether a link leads into a repository: the same host, and its path or one below it.</summary>
    public static bool IsIn(string link, Uri repository)
    {
        if (!Uri.TryCreate(link.Trim(), UriKind.Absolute, out var uri) || !string.Equals(uri.IdnHost, repository.IdnHost, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var (path, root) = (Path(uri), Path(repository));
        return path.Equals(root, StringComparison.OrdinalIgnoreCase) || path.StartsWith($"{root}/", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether two names of a commit agree; either may be shortened.</summary>
    public static bool IsSameCommit(string claimed, string expected)
    {
        var (one, other) = (claimed.Trim(), expected.Trim());
        return one.Equals(other, StringComparison.OrdinalIgnoreCase)
            || (IsHex(one) && IsHex(other) && Math.Min(one.Length, other.Length) >= ShortestCommit
                && (one.StartsWith(other, StringComparison.OrdinalIgnoreCase) || other.StartsWith(one, StringComparison.OrdinalIgnoreCase)));
    }

    private static string Path(Uri uri)
    {
        var path = uri.AbsolutePath.TrimEnd('/');
        return path.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? path[..^4] : path;
    }

    private static bool IsHex(string text) => text.All(char.IsAsciiHexDigit);
}
