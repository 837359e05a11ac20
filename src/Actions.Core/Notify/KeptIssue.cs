using System.Security.Cryptography;
using System.Text;
using Actions.Core.GitHub;

namespace Actions.Core.Notify;

/// <summary>What became of a kept issue.</summary>
public enum IssueDeed
{
    /// <summary>There was nothing to write.</summary>
    None,
    Created,
    Updated,
    Closed,
    Reopened,
}

/// <summary>One issue that says what is found, instead of one more issue each night: opened with the first finding, closed with the last.</summary>
/// <param name="Client">The API.</param>
/// <param name="Key">Which of our issues it is.</param>
/// <param name="Creators">Whose issues count: anybody can copy a mark.</param>
public sealed record KeptIssue(GitHubClient Client, string Key, IReadOnlyCollection<string> Creators)
{
    /// <summary>GitHub takes 65,536.</summary>
    public const int LongestBody = 60_000;

    private const string Duplicate = "duplicate";

    public string Label => $"solana-{Key}";

    /// <summary>Nothing of the key can end the HTML comment.</summary>
    private string Mark => $"<!-- solana-actions issue {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))[..16]} -->";

    /// <summary>Makes the issue say what was found. Two runs at once leave one open.</summary>
    /// <param name="title">Of a new one.</param>
    /// <param name="page">The body after what the issue remembers; of at most <see cref="LongestBody"/> characters.</param>
    /// <param name="findings">How many there are; without any the issue is closed.</param>
    /// <returns>What was done, and where the issue can be read; null where there is none.</returns>
    public async Task<(IssueDeed Deed, string? Url)> WriteAsync(string title, Func<IssueMemory, string> page, int findings, CancellationToken cancellation)
    {
        if (await FindAsync(cancellation) is { } there)
        {
            return await UpdateAsync(there, page, findings, cancellation);
        }

        if (findings == 0)
        {
            return (IssueDeed.None, null);
        }

        var created = await Client.CreateIssueAsync(new NewIssue(title, Body(page, null), [Label]), cancellation);
        if (!IsOurs(created))
        {
            await CloseAsync(created, null, "not_planned", "The login that made this issue is not among `trusted-creators`, so it would not be found again.", cancellation);
            throw new GitHubException(new GitHubProblem(
                GitHubProblemKind.Denied, $"a new issue of {GitHubRefusal.Shown(created.User?.Login ?? "nobody")}, who is no trusted creator: it was closed again", "add the login to trusted-creators, or use the job's own token"));
        }

        // Another run may have created one at the same time; whoever is second joins the first.
        var first = await FindAsync(cancellation) ?? created;
        return first.Number == created.Number ? (IssueDeed.Created, created.HtmlUrl) : await UpdateAsync(first, page, findings, cancellation);
    }

    private async Task<(IssueDeed, string?)> UpdateAsync(GitHubIssue issue, Func<IssueMemory, string> page, int findings, CancellationToken cancellation)
    {
        if (findings == 0 && !issue.IsOpen)
        {
            return (IssueDeed.None, issue.HtmlUrl);
        }

        var body = Body(page, issue.Body);
        if (findings == 0)
        {
            await CloseAsync(issue, body, "completed", "Nothing is found any more.", cancellation);
            return (IssueDeed.Closed, issue.HtmlUrl);
        }

        if (!issue.IsOpen)
        {
            await Client.UpdateIssueAsync(issue.Number, new IssueChange(body, "open", "reopened"), cancellation);
            return (IssueDeed.Reopened, issue.HtmlUrl);
        }

        if (Same(issue.Body, body))
        {
            return (IssueDeed.None, issue.HtmlUrl);
        }

        await Client.UpdateIssueAsync(issue.Number, new IssueChange(body), cancellation);
        return (IssueDeed.Updated, issue.HtmlUrl);
    }

    /// <summary>The open one with the lowest number, all others of which are closed; without an open one the newest that was closed.</summary>
    private async Task<GitHubIssue?> FindAsync(CancellationToken cancellation)
    {
        List<GitHubIssue> ours = [];
        await foreach (var issue in Client.ListIssuesAsync(Label, cancellation))
        {
            if (IsOurs(issue) && issue.StateReason != Duplicate)
            {
                ours.Add(issue);
            }
        }

        List<GitHubIssue> open = [.. ours.Where(issue => issue.IsOpen).DistinctBy(issue => issue.Number).OrderBy(issue => issue.Number)];
        foreach (var other in open.Skip(1))
        {
            await CloseAsync(other, null, Duplicate, $"Duplicate of #{open[0].Number}.", cancellation);
        }

        return open.Count > 0 ? open[0] : ours.MaxBy(issue => issue.Number);
    }

    private async Task CloseAsync(GitHubIssue issue, string? body, string reason, string comment, CancellationToken cancellation)
    {
        await Client.UpdateIssueAsync(issue.Number, new IssueChange(body, "closed", reason), cancellation);
        await Client.CreateCommentAsync(issue.Number, comment, cancellation);
    }

    private bool IsOurs(GitHubIssue issue) =>
        issue.PullRequest.ValueKind != System.Text.Json.JsonValueKind.Object && issue.User is { } user && Creators.Contains(user.Login) && issue.Body?.StartsWith(Mark, StringComparison.Ordinal) == true;

    private string Body(Func<IssueMemory, string> page, string? before) => $"{Mark}\n{page(IssueMemory.Of(before))}";

    /// <summary>The editor of GitHub's pages ends lines in another way.</summary>
    private static bool Same(string? one, string other) => one?.ReplaceLineEndings("\n").TrimEnd() == other.TrimEnd();
}
