using Actions.Core.GitHub;
using Actions.Core.Releases;

namespace Actions.Core.Store;

/// <summary>`solana/&lt;name&gt;/&lt;version&gt;`.</summary>
internal static class GitHubReleaseTag
{
    public const int LongestAssetName = 255;

    private const string Prefix = "solana/";
    private const string Pruned = "solana-pruned/";

    public static string Of(Manifest manifest) => $"{Prefix}{manifest.Name}/{manifest.Version}";

    public static string Of(string name, SemVer version) => $"{Prefix}{name}/{version.Text}";

    /// <summary>Null for a release that is none of ours, or of another name.</summary>
    public static SemVer? VersionOf(GitHubRelease release, string name) => VersionAfter($"{Prefix}{name}/", release);

    /// <summary>Of the draft that stands for a pruned version; not the prefix of releases, for it is none.</summary>
    public static string Tombstone(Manifest manifest) => $"{Pruned}{manifest.Name}/{manifest.Version}";

    /// <summary>Null for a release that stands for no pruned version of this name.</summary>
    public static SemVer? PrunedVersionOf(GitHubRelease release, string name) => VersionAfter($"{Pruned}{name}/", release);

    private static SemVer? VersionAfter(string start, GitHubRelease release) =>
        release.TagName.StartsWith(start, StringComparison.Ordinal)
        && SemVer.TryParse(release.TagName[start.Length..]) is { } version && release.TagName[start.Length..] == version.Text ? version : null;
}
