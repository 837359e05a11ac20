using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Loader;
using Actions.Core.Releases;

namespace Actions.Core.Store;

/// <summary>`github`: one release per name and version, tag `solana/&lt;name&gt;/&lt;version&gt;`, its files as assets.</summary>
/// <remarks>A draft becomes a release once, and only when everything its manifest lists is there; GitHub lets only one release have a tag.</remarks>
/// <param name="client">Of the repository that keeps the releases.</param>
/// <param name="time">For the wait between two tries.</param>
/// <param name="doubt">Hears of releases that GitHub does not protect.</param>
public sealed partial class GitHubStore(GitHubClient client, TimeProvider time, Action<Fault> doubt) : IStore
{
    private const int LongestObject = LoaderProgram.MaxAccountLength;
    private const int MostTries = 6;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    private IReadOnlyList<GitHubRelease>? listed;

    public string Description => "github";

    public Task<IReadOnlyList<SemVer>> VersionsAsync(string name, CancellationToken cancellation) => GuardAsync(async () =>
    {
        var versions = (await ListAsync(cancellation)).Where(release => !release.Draft).Select(release => GitHubReleaseTag.VersionOf(release, name)).OfType<SemVer>().ToList();
        versions.Sort((left, right) => left.Precedence(right) is not 0 and var order ? order : string.CompareOrdinal(left.Text, right.Text));
        return (IReadOnlyList<SemVer>)versions;
    });

    public Task<StoredManifest?> FindAsync(string name, SemVer version, CancellationToken cancellation) => GuardAsync(async () =>
        await PublishedAsync(name, version, cancellation) is { } release ? await ReadManifestAsync(release, name, cancellation) : null);

    public Task<byte[]> FetchAsync(Manifest manifest, StoredFile file, CancellationToken cancellation) => GuardAsync(async () =>
    {
        var expected = $"{file.Name}{(file.Size is { } size ? $", {size:N0} bytes" : "")}";
        var release = await PublishedAsync(manifest.Name, SemVer.TryParse(manifest.Version)!, cancellation)
            ?? throw new FaultException(StoreFaults.Tampered(GitHubReleaseTag.Of(manifest), expected, "no release of this tag"));
        var asset = await AssetAsync(release, file.Name, expected, cancellation);
        var most = file.Size ?? LongestObject;
        if (asset.Size > most || (file.Size is not null && asset.Size != file.Size))
        {
            throw Tampered(release, expected, $"{asset.Size:N0} bytes");
        }

        if (asset.Digest is { } digest && digest != $"sha256:{file.Sha256}")
        {
            throw Tampered(release, expected, $"an asset whose digest is {GitHubRefusal.Shown(digest)}");
        }

        var bytes = await client.DownloadAssetAsync(asset, most, cancellation);
        return GitHubClient.DigestOf(bytes.Span) is var found && found == $"sha256:{file.Sha256}" ? bytes.ToArray() : throw Tampered(release, expected, $"bytes whose digest is {found}");
    });

    public Task<StoredManifest> PutAsync(Manifest manifest, IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancellation)
    {
        var draft = new GitHubDraft(client, manifest, GitHubDraft.Named(manifest, files));
        return GuardAsync(async () =>
        {
            for (var tries = 1; ; tries++)
            {
                listed = null;
                if (await StoredAsync(manifest, cancellation) is { } stored)
                {
                    await draft.CleanAsync(await ListAsync(cancellation), cancellation);
                    return SameRelease.Refuse(stored.Manifest, manifest) is { } refusal ? throw new FaultException(refusal) : stored;
                }

                if (await PrunedAsync(manifest.Name, SemVer.TryParse(manifest.Version)!, cancellation) is { } pruned)
                {
                    throw new FaultException(StoreFaults.Pruned(pruned.Manifest));
                }

                try
                {
                    var release = Warned(await draft.PublishAsync(await ListAsync(cancellation), cancellation));
                    listed = null;
                    return await ReadManifestAsync(release, manifest.Name, cancellation);
                }
                catch (GitHubException problem) when (tries < MostTries && problem.Problem.Kind is GitHubProblemKind.Unreachable or GitHubProblemKind.Rejected or GitHubProblemKind.NotFound)
                {
                    // Another run may be doing the same: what is there now decides.
                    await Task.Delay(BetweenTries * tries, time, cancellation);
                }
            }
        });
    }

    private async Task<StoredManifest?> StoredAsync(Manifest manifest, CancellationToken cancellation) =>
        await PublishedAsync(manifest.Name, SemVer.TryParse(manifest.Version)!, cancellation) is { } release ? await ReadManifestAsync(release, manifest.Name, cancellation) : null;

    private async Task<GitHubRelease?> PublishedAsync(string name, SemVer version, CancellationToken cancellation)
    {
        var equal = (await ListAsync(cancellation)).Where(release => !release.Draft && GitHubReleaseTag.VersionOf(release, name)?.Precedence(version) == 0).ToList();
        if (equal.Count > 1)
        {
            throw new FaultException(StoreFaults.Tampered(GitHubReleaseTag.Of(name, version), "one release of this version", $"{equal.Count} whose versions are equal"));
        }

        return equal.Count == 0 ? null : Warned(equal[0]);
    }

    private GitHubRelease Warned(GitHubRelease release)
    {
        if (release.Immutable == false)
        {
            doubt(new Fault(
                FaultCodes.StoreFailed, $"Expected {release.TagName} to be an immutable release", "found one whose files can be exchanged", "switch on immutable releases in the repository's settings", "store").AsWarning());
        }

        return release;
    }

    private async Task<StoredManifest> ReadManifestAsync(GitHubRelease release, string name, CancellationToken cancellation)
    {
        var expected = $"the manifest of {release.TagName}";
        var asset = await AssetAsync(release, Manifest.FileName, expected, cancellation);
        if (asset.Size > Manifest.LongestFile)
        {
            throw Tampered(release, expected, $"{asset.Size:N0} bytes");
        }

        var json = await client.DownloadAssetAsync(asset, Manifest.LongestFile, cancellation);
        if (asset.Digest is { } digest && digest != GitHubClient.DigestOf(json.Span))
        {
            throw Tampered(release, expected, $"other bytes than its digest {GitHubRefusal.Shown(digest)}");
        }

        var manifest = Manifest.TryRead(json.Span, out var problem);
        var found = manifest is null ? problem
            : manifest.Name != name || manifest.Version != (GitHubReleaseTag.VersionOf(release, name) ?? GitHubReleaseTag.PrunedVersionOf(release, name)!).Text ? $"that of {manifest.Name} {manifest.Version}"
            : null;
        return found is null ? new StoredManifest(manifest!, json) : throw Tampered(release, expected, found);
    }

    private async Task<GitHubAsset> AssetAsync(GitHubRelease release, string name, string expected, CancellationToken cancellation)
    {
        GitHubAsset? found = null;
        await foreach (var asset in client.ListAssetsAsync(release.Id, cancellation))
        {
            if (!ReleaseName.IsUsable(asset.Name, GitHubReleaseTag.LongestAssetName))
            {
                throw Tampered(release, "assets whose names are no paths", $"an asset named {GitHubRefusal.Shown(asset.Name)}");
            }

            found = asset.Name == name ? asset : found;
        }

        return found is { IsUploaded: true } ? found : throw Tampered(release, expected, found is null ? "no such asset, although the manifest lists it" : "an asset that was never uploaded");
    }

    private async Task<IReadOnlyList<GitHubRelease>> ListAsync(CancellationToken cancellation)
    {
        if (listed is { } known)
        {
            return known;
        }

        Dictionary<long, GitHubRelease> releases = []; // pages move while they are read
        await foreach (var release in client.ListReleasesAsync(cancellation))
        {
            releases[release.Id] = release;
        }

        return listed = [.. releases.Values.OrderBy(release => release.Id)];
    }

    private static FaultException Tampered(GitHubRelease release, string expected, string found) => new(StoreFaults.Tampered($"release {GitHubRefusal.Shown(release.TagName)}", expected, found));

    private static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (GitHubException problem)
        {
            throw new FaultException(problem.Problem.ToFault(FaultCodes.StoreFailed, "Expected to read and write the store github", "store"));
        }
    }
}
