using System.Buffers;

namespace Actions.Core.Releases;

/// <summary>Names of releases, programs and variants become parts of file names, tags and assets, so they are never a path.</summary>
public static class ReleaseName
{
    public const string Form = "letters, digits and . _ - after a first letter or digit, at most 100 characters";

    private const int Longest = 100;

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static bool IsUsable(string name) => IsUsable(name, Longest);

    internal static bool IsUsable(string name, int longest) =>
        name.Length > 0 && name.Length <= longest && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(Letters);
}
