namespace Actions.Core.GitHub;

/// <content>Comments on issues and pull requests.</content>
public sealed partial class GitHubClient
{
    private const string WritesComments = "pull-requests: write (for an issue, issues: write)";

    /// <summary>The oldest first.</summary>
    public IAsyncEnumerable<GitHubComment> ListCommentsAsync(ulong issue, CancellationToken cancellation) => PagesAsync(
        Request(HttpMethod.Get, $"/issues/{issue}/comments?per_page={PerPage}", "the comments", WritesComments), GitHubJson.Default.ListGitHubComment, cancellation);

    /// <summary>Not tried again when nobody knows whether it was done: the caller looks for it.</summary>
    public Task<GitHubComment> CreateCommentAsync(ulong issue, string body, CancellationToken cancellation) => AskAsync(
        With(Request(HttpMethod.Post, $"/issues/{issue}/comments", "a new comment", WritesComments), new NewComment(body), GitHubJson.Default.NewComment), GitHubJson.Default.GitHubComment, cancellation);

    public Task<GitHubComment> UpdateCommentAsync(long id, string body, CancellationToken cancellation) => AskAsync(
        With(Request(HttpMethod.Patch, $"/issues/comments/{id}", "a comment", WritesComments) with { IsRepeatable = true }, new NewComment(body), GitHubJson.Default.NewComment),
        GitHubJson.Default.GitHubComment,
        cancellation);

    public Task DeleteCommentAsync(long id, CancellationToken cancellation) =>
        DeleteAsync(Request(HttpMethod.Delete, $"/issues/comments/{id}", "a comment", WritesComments), cancellation);
}
