using Actions.Core.GitHub;
using Actions.Core.Releases;

namespace Actions.Core.Store;

/// <summary>`solana/&lt;name&gt;/&lt;version&gt;`.</summary>
internal static class GitHubReleaseTag
{
    public const int LongestAssetName = 255;

    private const string Prefix = "solana/";

    public static string Of(Manifest manifest) => $"{Prefix}{manifest.Name}/{manifest.Version}";

    public static string Of(string name, SemVer version) => $"{Prefix}{name}/{version.Text}";

    /// <summary>Null for a release that is none of ours, or of another name.</summary>
    public static SemVer? VersionOf(GitHubRelease release, string name) =>
        $"{Prefix}{name}/" is var start && release.TagName.StartsWith(start, StringComparison.Ordinal)
        && SemVer.TryParse(release.TagName[start.Length..]) is { } version && release.TagName[start.Length..] == version.Text ? version : null;
}
