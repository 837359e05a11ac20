using System.Security.Cryptography;
using System.Text;
using Actions.Core.GitHub;

namespace Actions.Core.Notify;

/// <summary>One comment of an issue or pull request that says the newest state, instead of one more comment each time.</summary>
/// <param name="Client">The API.</param>
/// <param name="Issue">The number of the issue or pull request.</param>
/// <param name="Key">Which of our comments it is; others of other keys stay as they are.</param>
public sealed record KeptComment(GitHubClient Client, ulong Issue, string Key)
{
    /// <summary>GitHub takes 65,536.</summary>
    public const int LongestBody = 60_000;

    /// <summary>Nothing of the key is shown, and nothing in it can end the HTML comment.</summary>
    private string Marker => $"<!-- solana-actions {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))[..16]} -->";

    /// <summary>Writes the text and says where it can be read. Two runs at once leave one comment.</summary>
    public async Task<string> WriteAsync(string markdown, CancellationToken cancellation)
    {
        var body = $"{Marker}\n{markdown}";
        if (await OursAsync(cancellation) is [var there, ..])
        {
            return (await Client.UpdateCommentAsync(there.Id, body, cancellation)).HtmlUrl;
        }

        var created = await Client.CreateCommentAsync(Issue, body, cancellation);
        if (await OursAsync(cancellation) is not [var first, ..] || first.Id == created.Id)
        {
            return created.HtmlUrl;
        }

        // Another run created the first one at the same time; whoever is second joins it.
        var joined = await Client.UpdateCommentAsync(first.Id, body, cancellation);
        await Client.DeleteCommentAsync(created.Id, cancellation);
        return joined.HtmlUrl;
    }

    /// <summary>Only what an app wrote: anybody can write a marker, and a person's comment is not ours to change.</summary>
    private async Task<List<GitHubComment>> OursAsync(CancellationToken cancellation)
    {
        List<GitHubComment> ours = [];
        await foreach (var comment in Client.ListCommentsAsync(Issue, cancellation))
        {
            if (comment.User is { Type: "Bot" } && comment.Body?.StartsWith(Marker, StringComparison.Ordinal) == true)
            {
                ours.Add(comment);
            }
        }

        return [.. ours.OrderBy(comment => comment.Id)];
    }
}
