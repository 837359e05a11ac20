using Actions.Core.GitHub;
using Actions.Core.Ledger;
using Actions.Core.Reports;

namespace Actions.Cli.Doctor;

/// <summary>A draft release: it has no tag, nobody is told of it, and the store looks for other names.</summary>
/// <param name="creators">Whose drafts may be ours.</param>
internal sealed class TransientDraft(GitHubClient client, TransientMark mark, Func<TransientMark, Task<bool>> isLeftover, IReadOnlyCollection<string> creators) : Transient
{
    private const string Prefix = "solana-doctor/";

    private long? made;

    protected override string What => $"a draft release named {Prefix}{mark.Id}";

    protected override async Task<int> RemoveLeftoversAsync(CancellationToken cancellation)
    {
        List<long> left = [];
        foreach (var draft in await DraftsAsync(cancellation))
        {
            if (draft.Author is { Login: var author } && creators.Contains(author, StringComparer.OrdinalIgnoreCase)
                && TransientMark.TryRead(draft.Body) is { } other && draft.TagName == $"{Prefix}{other.Id}" && await isLeftover(other))
            {
                left.Add(draft.Id);
            }
        }

        foreach (var id in left)
        {
            await client.DeleteReleaseAsync(id, cancellation);
        }

        return left.Count;
    }

    protected override async Task MakeAsync(CancellationToken cancellation) =>
        made = (await client.CreateReleaseAsync(new NewRelease($"{Prefix}{mark.Id}", "A test by doctor, which removes it at once", mark.ToJson()), cancellation)).Id;

    protected override async Task RemoveAsync(CancellationToken cancellation)
    {
        foreach (var id in made is { } known ? [known] : (await DraftsAsync(cancellation)).Where(draft => draft.TagName == $"{Prefix}{mark.Id}").Select(draft => draft.Id))
        {
            await client.DeleteReleaseAsync(id, cancellation);
        }
    }

    private Task<IReadOnlyList<GitHubRelease>> DraftsAsync(CancellationToken cancellation) =>
        client.ListDraftsAsync(tag => tag.StartsWith(Prefix, StringComparison.Ordinal) && UlidSource.IsUlid(tag[Prefix.Length..]), cancellation);
}
