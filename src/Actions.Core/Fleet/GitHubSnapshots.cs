using Actions.Core.Faults;
using Actions.Core.GitHub;

namespace Actions.Core.Fleet;

/// <summary>An asset of a draft release that is never published: drafts can be changed, have no tag, and notify nobody.</summary>
/// <param name="client">Of the repository that keeps the store.</param>
public sealed class GitHubSnapshots(GitHubClient client) : ISnapshots
{
    private const string AssetName = "snapshot.json";

    public Task<ReadOnlyMemory<byte>?> ReadAsync(string name, CancellationToken cancellation) => GuardAsync(async () =>
    {
        foreach (var draft in await DraftsAsync(name, cancellation))
        {
            if (await NewestAsync(draft, cancellation) is { } asset)
            {
                return await client.DownloadAssetAsync(asset, FleetSnapshot.LongestFile, cancellation);
            }
        }

        return (ReadOnlyMemory<byte>?)null;
    });

    public Task WriteAsync(string name, ReadOnlyMemory<byte> json, CancellationToken cancellation) => GuardAsync(async () =>
    {
        var drafts = await DraftsAsync(name, cancellation);
        // A fresh draft first: the old one is there until the new one is whole.
        var fresh = await client.CreateReleaseAsync(
            new NewRelease(TagOf(name), $"Fleet {name}", "What the last run of verify-program saw of this fleet. A draft on purpose: it is replaced when something changes."), cancellation);
        await client.UploadAssetAsync(fresh, AssetName, json, cancellation);
        foreach (var old in drafts)
        {
            await client.DeleteReleaseAsync(old.Id, cancellation);
        }

        return true;
    });

    /// <summary>The newest first; there are several where two runs wrote at once, or one was cut off.</summary>
    private async Task<IReadOnlyList<GitHubRelease>> DraftsAsync(string name, CancellationToken cancellation) =>
        [.. (await client.ListDraftsAsync(tag => tag == TagOf(name), cancellation)).OrderByDescending(draft => draft.Id)];

    private async Task<GitHubAsset?> NewestAsync(GitHubRelease draft, CancellationToken cancellation)
    {
        GitHubAsset? found = null;
        await foreach (var asset in client.ListAssetsAsync(draft.Id, cancellation))
        {
            found = asset is { Name: AssetName, IsUploaded: true } && asset.Size <= FleetSnapshot.LongestFile ? asset : found;
        }

        return found;
    }

    /// <summary>Not the prefix of releases: this is none.</summary>
    private static string TagOf(string name) => $"solana-fleet/{name}";

    private static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (GitHubException problem)
        {
            throw new FaultException(problem.Problem.ToFault(FaultCodes.StoreFailed, "Expected to read and write the fleet's snapshot in the store github", "store"));
        }
    }
}
