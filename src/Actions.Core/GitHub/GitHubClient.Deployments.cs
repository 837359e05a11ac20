namespace Actions.Core.GitHub;

/// <content>Deployments and their statuses.</content>
public sealed partial class GitHubClient
{
    private const string ReadsDeployments = "deployments: read";
    private const string WritesDeployments = "deployments: write";

    /// <summary>Not tried again when nobody knows whether it was done: the caller looks for it.</summary>
    public Task<GitHubDeployment> CreateDeploymentAsync(NewDeployment deployment, CancellationToken cancellation) => AskAsync(
        With(Request(HttpMethod.Post, "/deployments", "a new deployment", WritesDeployments), deployment, GitHubJson.Default.NewDeployment),
        GitHubJson.Default.GitHubDeployment,
        cancellation);

    /// <summary>The newest first.</summary>
    /// <param name="environment">Null for all.</param>
    public IAsyncEnumerable<GitHubDeployment> ListDeploymentsAsync(string? environment, string task, CancellationToken cancellation) => PagesAsync(
        Request(
            HttpMethod.Get, $"/deployments?task={Escape(task)}{(environment is null ? "" : $"&environment={Escape(environment)}")}&per_page={PerPage}", "the deployments", ReadsDeployments),
        GitHubJson.Default.ListGitHubDeployment,
        cancellation);

    public Task<GitHubDeployment?> FindDeploymentAsync(long id, CancellationToken cancellation) =>
        FindAsync(Request(HttpMethod.Get, $"/deployments/{id}", "a deployment", ReadsDeployments), GitHubJson.Default.GitHubDeployment, cancellation);

    /// <summary>GitHub refuses it for one that is active.</summary>
    public Task DeleteDeploymentAsync(long id, CancellationToken cancellation) =>
        DeleteAsync(Request(HttpMethod.Delete, $"/deployments/{id}", "a deployment", WritesDeployments), cancellation);

    /// <summary>One more of the same status says nothing else.</summary>
    public Task<GitHubDeploymentStatus> CreateDeploymentStatusAsync(long id, NewDeploymentStatus status, CancellationToken cancellation) => AskAsync(
        With(Request(HttpMethod.Post, $"/deployments/{id}/statuses", "a deployment's status", WritesDeployments) with { IsRepeatable = true }, status, GitHubJson.Default.NewDeploymentStatus),
        GitHubJson.Default.GitHubDeploymentStatus,
        cancellation);

    /// <summary>The newest first.</summary>
    public IAsyncEnumerable<GitHubDeploymentStatus> ListDeploymentStatusesAsync(long id, CancellationToken cancellation) => PagesAsync(
        Request(HttpMethod.Get, $"/deployments/{id}/statuses?per_page={PerPage}", "a deployment's statuses", ReadsDeployments), GitHubJson.Default.ListGitHubDeploymentStatus, cancellation);
}
