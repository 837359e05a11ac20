namespace Actions.Core.GitHub;

/// <content>Issues.</content>
public sealed partial class GitHubClient
{
    private const string WritesIssues = "issues: write";

    /// <summary>Open and closed ones that carry a label, the oldest first. Pull requests are issues to GitHub, and among them.</summary>
    public IAsyncEnumerable<GitHubIssue> ListIssuesAsync(string label, CancellationToken cancellation) => PagesAsync(
        Request(HttpMethod.Get, $"/issues?labels={Escape(label)}&state=all&direction=asc&per_page={PerPage}", "the issues", WritesIssues), GitHubJson.Default.ListGitHubIssue, cancellation);

    /// <summary>Not tried again when nobody knows whether it was done: the caller looks for it.</summary>
    public Task<GitHubIssue> CreateIssueAsync(NewIssue issue, CancellationToken cancellation) => AskAsync(
        With(Request(HttpMethod.Post, "/issues", "a new issue", WritesIssues), issue, GitHubJson.Default.NewIssue), GitHubJson.Default.GitHubIssue, cancellation);

    public Task<GitHubIssue> UpdateIssueAsync(ulong number, IssueChange change, CancellationToken cancellation) => AskAsync(
        With(Request(HttpMethod.Patch, $"/issues/{number}", "the issue", WritesIssues) with { IsRepeatable = true }, change, GitHubJson.Default.IssueChange),
        GitHubJson.Default.GitHubIssue,
        cancellation);
}
