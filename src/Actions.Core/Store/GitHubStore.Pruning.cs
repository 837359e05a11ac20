using Actions.Core.GitHub;
using Actions.Core.Releases;

namespace Actions.Core.Store;

/// <content>A pruned version's release is deleted; its manifest moves to a draft that is never published, so that what it was stays known and its number refused.</content>
public sealed partial class GitHubStore
{
    public Task<StoredManifest?> FindPrunedAsync(string name, SemVer version, CancellationToken cancellation) => GuardAsync(() => PrunedAsync(name, version, cancellation));

    public Task<long> PruneAsync(string name, IReadOnlyCollection<SemVer> versions, CancellationToken cancellation) => GuardAsync(async () =>
    {
        var freed = 0L;
        foreach (var version in versions)
        {
            listed = null; // one list for all would not know what a run beside this one did
            if (await PublishedAsync(name, version, cancellation) is { } release)
            {
                freed += await BuryAsync(release, name, cancellation);
            }
        }

        listed = null;
        return freed;
    });

    /// <summary>The tombstone first: a run that is cut off leaves both, and the next one finishes.</summary>
    private async Task<long> BuryAsync(GitHubRelease release, string name, CancellationToken cancellation)
    {
        var stored = await ReadManifestAsync(release, name, cancellation);
        if (await PrunedAsync(name, SemVer.TryParse(stored.Manifest.Version)!, cancellation) is null)
        {
            var draft = await client.CreateReleaseAsync(
                new NewRelease(GitHubReleaseTag.Tombstone(stored.Manifest), $"{name} {stored.Manifest.Version}, pruned", "What this version was. A draft on purpose: it keeps the number taken, and is never published."), cancellation);
            await client.UploadAssetAsync(draft, Manifest.FileName, stored.Json, cancellation);
        }

        var freed = 0L;
        await foreach (var asset in client.ListAssetsAsync(release.Id, cancellation))
        {
            freed += asset.Name == Manifest.FileName ? 0 : asset.Size;
        }

        await client.DeleteReleaseAsync(release.Id, cancellation);
        return freed;
    }

    /// <summary>Only who may write sees drafts, and so what was pruned; nobody else stores anything.</summary>
    private async Task<StoredManifest?> PrunedAsync(string name, SemVer version, CancellationToken cancellation)
    {
        foreach (var draft in (await ListAsync(cancellation)).Where(release => release.Draft && GitHubReleaseTag.PrunedVersionOf(release, name)?.Precedence(version) == 0))
        {
            await foreach (var asset in client.ListAssetsAsync(draft.Id, cancellation))
            {
                // One without its manifest was cut off, before anything was deleted.
                if (asset is { Name: Manifest.FileName, IsUploaded: true })
                {
                    return await ReadManifestAsync(draft, name, cancellation);
                }
            }
        }

        return null;
    }
}
