using Actions.Core.Faults;
using Actions.Core.GitHub;

namespace Actions.Core.Store;

/// <summary>A release on its way: found again or made, filled, published once.</summary>
/// <remarks>
/// Only a draft with the same content is resumed, so that two runs with different bytes never fill one release together; runs with the
/// same bytes do no harm to each other.
/// </remarks>
internal sealed class GitHubDraft(GitHubClient client, Manifest manifest, IReadOnlyList<GitHubDraft.File> files)
{
    private readonly string tag = GitHubReleaseTag.Of(manifest);
    private readonly string content = $"content: {SameRelease.KeyOf(manifest)}";
    private readonly HashSet<long> uploaded = [];

    /// <summary>The manifest comes last: where it is, everything it lists is.</summary>
    public static IReadOnlyList<File> Named(Manifest manifest, IReadOnlyList<ReadOnlyMemory<byte>> bytes)
    {
        var byDigest = bytes.ToLookup(file => GitHubClient.DigestOf(file.Span));
        return
        [
            .. StoredFile.AllOf(manifest).Select(file => byDigest[$"sha256:{file.Sha256}"].Cast<ReadOnlyMemory<byte>?>().FirstOrDefault() is { } found
                ? new File(file.Name, found)
                : throw new ArgumentException($"The bytes of {file.Name} are missing.", nameof(bytes))),
            new File(Manifest.FileName, manifest.ToJson()),
        ];
    }

    /// <returns>The release it became.</returns>
    public async Task<GitHubRelease> PublishAsync(IReadOnlyList<GitHubRelease> releases, CancellationToken cancellation)
    {
        var draft = releases.FirstOrDefault(IsOurs) ?? await CreateAsync(cancellation);
        foreach (var file in files)
        {
            await FillAsync(draft, file, cancellation);
        }

        await CheckAsync(draft, cancellation);
        try
        {
            return await client.UpdateReleaseAsync(draft.Id, new ReleaseChange(), cancellation);
        }
        catch (GitHubException problem) when (problem.Problem is { Status: 403 or 404 })
        {
            // The token may write releases, for it filled this one: unless the draft is gone, only workflow files are left as a reason.
            var isThere = problem.Problem.Status == 403 || await client.FindReleaseAsync(draft.Id, cancellation) is { Draft: true };
            throw isThere ? new FaultException(NeedsWorkflows(problem.Problem)) : problem;
        }
    }

    /// <summary>Deletes drafts of a version that is published: nobody can publish them any more.</summary>
    public async Task CleanAsync(IReadOnlyList<GitHubRelease> releases, CancellationToken cancellation)
    {
        foreach (var left in releases.Where(release => release.Draft && release.TagName == tag))
        {
            await client.DeleteReleaseAsync(left.Id, cancellation);
        }
    }

    private bool IsOurs(GitHubRelease release) => release.Draft && release.TagName == tag && release.Body?.Contains(content, StringComparison.Ordinal) == true;

    private async Task<GitHubRelease> CreateAsync(CancellationToken cancellation)
    {
        var body = $"The bytes of {manifest.Name} {manifest.Version}, kept for promotion and rollback. Every use checks them against the manifest.\n\n{content}";
        try
        {
            return await client.CreateReleaseAsync(new NewRelease(tag, $"{manifest.Name} {manifest.Version}", body), cancellation);
        }
        catch (GitHubException problem) when (problem.Problem.Status == 404 || IsAboutWorkflows(problem.Problem))
        {
            // The releases were listed with the same token, so it is not the repository that is hidden.
            throw new FaultException(NeedsWorkflows(problem.Problem));
        }
    }

    private async Task FillAsync(GitHubRelease draft, File file, CancellationToken cancellation)
    {
        await foreach (var asset in client.ListAssetsAsync(draft.Id, cancellation))
        {
            if (asset.Name != file.Name)
            {
                continue;
            }

            if (await IsRightAsync(asset, file, cancellation))
            {
                return;
            }

            await client.DeleteAssetAsync(asset.Id, cancellation); // half of an upload that was cut off
        }

        uploaded.Add((await client.UploadAssetAsync(draft, file.Name, file.Bytes, cancellation)).Id);
    }

    /// <summary>Looks at everything once more: another run with the same bytes may have thought an upload of ours cut off.</summary>
    private async Task CheckAsync(GitHubRelease draft, CancellationToken cancellation)
    {
        Dictionary<string, GitHubAsset> assets = new(StringComparer.Ordinal);
        await foreach (var asset in client.ListAssetsAsync(draft.Id, cancellation))
        {
            assets[asset.Name] = asset;
        }

        foreach (var file in files)
        {
            if (!assets.TryGetValue(file.Name, out var asset) || !await IsRightAsync(asset, file, cancellation))
            {
                throw new GitHubException(new GitHubProblem(GitHubProblemKind.Rejected, $"that the asset {file.Name} of the draft {tag} vanished while it was filled", "run again when no other run stores this version"));
            }
        }

        foreach (var stranger in assets.Values.Where(asset => files.All(file => file.Name != asset.Name)))
        {
            await client.DeleteAssetAsync(stranger.Id, cancellation);
        }
    }

    /// <summary>Another run's manifest of the same bytes is as good as ours.</summary>
    private async Task<bool> IsRightAsync(GitHubAsset asset, File file, CancellationToken cancellation)
    {
        if (!asset.IsUploaded)
        {
            return false;
        }

        if (asset.Digest == GitHubClient.DigestOf(file.Bytes.Span) || (asset.Digest is null && uploaded.Contains(asset.Id)))
        {
            return true;
        }

        return file.Name == Manifest.FileName && asset.Size <= Manifest.LongestFile
            && Manifest.TryRead((await client.DownloadAssetAsync(asset, Manifest.LongestFile, cancellation)).Span, out _) is { } other
            && other.Name == manifest.Name && other.Version == manifest.Version && SameRelease.KeyOf(other) == SameRelease.KeyOf(manifest);
    }

    private static bool IsAboutWorkflows(GitHubProblem problem) => problem.Status == 403 && problem.Found.Contains("workflow", StringComparison.OrdinalIgnoreCase);

    private static Fault NeedsWorkflows(GitHubProblem problem) => new(
        FaultCodes.ReleaseNeedsWorkflowsPermission, "Expected to publish a release on the default branch's newest commit", $"found {problem.Found}: GitHub says so where workflow files differ",
        "merge the workflow changes to the default branch first, or give a github-token of an app with `workflows: write`", "github-token");

    internal sealed record File(string Name, ReadOnlyMemory<byte> Bytes);
}
