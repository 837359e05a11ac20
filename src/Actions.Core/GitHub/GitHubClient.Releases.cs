using System.Security.Cryptography;

namespace Actions.Core.GitHub;

/// <content>Releases and their assets.</content>
public sealed partial class GitHubClient
{
    private const string ReadsContents = "contents: read";
    private const string WritesContents = "contents: write";

    /// <summary>Ten megabytes over a slow line.</summary>
    private static readonly TimeSpan Transfer = TimeSpan.FromMinutes(5);

    /// <summary>Drafts too, where the token may write: they have no look-up by tag.</summary>
    public IAsyncEnumerable<GitHubRelease> ListReleasesAsync(CancellationToken cancellation) => PagesAsync(
        Request(HttpMethod.Get, $"/releases?per_page={PerPage}", "the releases", ReadsContents), GitHubJson.Default.ListGitHubRelease, cancellation);

    /// <summary>Drafts by their tags, each once although pages shift while they are read.</summary>
    public async Task<IReadOnlyList<GitHubRelease>> ListDraftsAsync(Predicate<string> tag, CancellationToken cancellation)
    {
        List<GitHubRelease> drafts = [];
        await foreach (var release in ListReleasesAsync(cancellation))
        {
            if (release.Draft && tag(release.TagName) && !drafts.Exists(known => known.Id == release.Id))
            {
                drafts.Add(release);
            }
        }

        return drafts;
    }

    /// <summary>Of a published release; null when there is none.</summary>
    public Task<GitHubRelease?> FindReleaseAsync(string tag, CancellationToken cancellation) =>
        FindAsync(Request(HttpMethod.Get, $"/releases/tags/{Escape(tag)}", "a release", ReadsContents), GitHubJson.Default.GitHubRelease, cancellation);

    public Task<GitHubRelease?> FindReleaseAsync(long id, CancellationToken cancellation) =>
        FindAsync(Request(HttpMethod.Get, $"/releases/{id}", "a release", ReadsContents), GitHubJson.Default.GitHubRelease, cancellation);

    /// <summary>Not tried again when nobody knows whether it was done: the caller looks for it.</summary>
    public Task<GitHubRelease> CreateReleaseAsync(NewRelease release, CancellationToken cancellation) => AskAsync(
        With(Request(HttpMethod.Post, "/releases", "a new release", WritesContents), release, GitHubJson.Default.NewRelease), GitHubJson.Default.GitHubRelease, cancellation);

    public Task<GitHubRelease> UpdateReleaseAsync(long id, ReleaseChange change, CancellationToken cancellation) => AskAsync(
        With(Request(HttpMethod.Patch, $"/releases/{id}", "the release", WritesContents) with { IsRepeatable = true }, change, GitHubJson.Default.ReleaseChange),
        GitHubJson.Default.GitHubRelease,
        cancellation);

    public Task DeleteReleaseAsync(long id, CancellationToken cancellation) =>
        DeleteAsync(Request(HttpMethod.Delete, $"/releases/{id}", "a release", WritesContents), cancellation);

    public IAsyncEnumerable<GitHubAsset> ListAssetsAsync(long release, CancellationToken cancellation) => PagesAsync(
        Request(HttpMethod.Get, $"/releases/{release}/assets?per_page={PerPage}", "a release's assets", ReadsContents), GitHubJson.Default.ListGitHubAsset, cancellation);

    public Task DeleteAssetAsync(long id, CancellationToken cancellation) =>
        DeleteAsync(Request(HttpMethod.Delete, $"/releases/assets/{id}", "an asset", WritesContents), cancellation);

    /// <summary>Uploads to where the release says, if that is GitHub, and compares what arrived.</summary>
    public async Task<GitHubAsset> UploadAssetAsync(GitHubRelease release, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var template = release.UploadUrl.IndexOf('{', StringComparison.Ordinal) is >= 0 and var brace ? release.UploadUrl[..brace] : release.UploadUrl;
        if (!Uri.TryCreate($"{template}?name={Escape(name)}", UriKind.Absolute, out var url) || !Access.IsForUploads(url))
        {
            throw Malformed("the upload of an asset", "an address on another server");
        }

        var asset = await AskAsync(
            new GitHubRequest(HttpMethod.Post, url, $"the asset {name}", WritesContents) { Body = bytes, ContentType = "application/octet-stream", Timeout = Transfer },
            GitHubJson.Default.GitHubAsset,
            cancellation);
        return asset.IsUploaded && asset.Name == name && asset.Size == bytes.Length && (asset.Digest is null || asset.Digest == DigestOf(bytes.Span))
            ? asset
            : throw Malformed($"the asset {name}", "other bytes than were sent");
    }

    /// <summary>As GitHub writes an asset's digest.</summary>
    public static string DigestOf(ReadOnlySpan<byte> bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    /// <summary>The bytes, from GitHub or the storage it redirects to, which sees no token.</summary>
    public async Task<ReadOnlyMemory<byte>> DownloadAssetAsync(GitHubAsset asset, int most, CancellationToken cancellation) => (await transport.SendAsync(
        Request(HttpMethod.Get, $"/releases/assets/{asset.Id}", $"the asset {GitHubRefusal.Shown(asset.Name)}", ReadsContents) with
        {
            Accept = "application/octet-stream",
            MostBytes = most,
            MayLeave = true,
            Timeout = Transfer,
        },
        cancellation)).Body;
}
