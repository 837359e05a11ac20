namespace Actions.Core.GitHub;

/// <content>What the gates ask: environments, approvals, runs, checks, attestations.</content>
public sealed partial class GitHubClient
{
    private const string ReadsActions = "actions: read";

    public Task<GitHubRepository> GetRepositoryAsync(CancellationToken cancellation) =>
        AskAsync(Request(HttpMethod.Get, "", "the repository", "metadata: read"), GitHubJson.Default.GitHubRepository, cancellation);

    /// <summary>Null when there is no such environment.</summary>
    public Task<GitHubEnvironment?> FindEnvironmentAsync(string name, CancellationToken cancellation) =>
        FindAsync(Request(HttpMethod.Get, $"/environments/{Escape(name)}", "the environment", ReadsActions), GitHubJson.Default.GitHubEnvironment, cancellation);

    public IAsyncEnumerable<GitHubNamePattern> ListBranchPoliciesAsync(string environment, CancellationToken cancellation) => PagesAsync(
        Request(HttpMethod.Get, $"/environments/{Escape(environment)}/deployment-branch-policies?per_page={PerPage}", "the environment's branch policies", ReadsActions),
        GitHubJson.Default.GitHubBranchPolicies,
        page => page.BranchPolicies,
        cancellation);

    /// <summary>The review history of a run, all attempts.</summary>
    public Task<List<GitHubApproval>> ListApprovalsAsync(long run, CancellationToken cancellation) =>
        AskAsync(Request(HttpMethod.Get, $"/actions/runs/{run}/approvals", "the run's approvals", ReadsActions), GitHubJson.Default.ListGitHubApproval, cancellation);

    /// <summary>Null when there is no such run.</summary>
    /// <param name="attempt">Null for the newest.</param>
    public Task<GitHubRun?> FindRunAsync(long run, int? attempt, CancellationToken cancellation) => FindAsync(
        Request(HttpMethod.Get, attempt is { } number ? $"/actions/runs/{run}/attempts/{number}" : $"/actions/runs/{run}", "a workflow run", ReadsActions),
        GitHubJson.Default.GitHubRun,
        cancellation);

    /// <summary>The newest run of each check on a commit.</summary>
    public IAsyncEnumerable<GitHubCheckRun> ListCheckRunsAsync(string commit, CancellationToken cancellation) => PagesAsync(
        Request(HttpMethod.Get, $"/commits/{Escape(commit)}/check-runs?per_page={PerPage}", "the commit's check runs", "checks: read"),
        GitHubJson.Default.GitHubCheckRuns,
        page => page.CheckRuns,
        cancellation);

    /// <summary>The newest status of each context on a commit.</summary>
    public IAsyncEnumerable<GitHubStatusContext> ListStatusesAsync(string commit, CancellationToken cancellation) => PagesAsync(
        Request(HttpMethod.Get, $"/commits/{Escape(commit)}/status?per_page={PerPage}", "the commit's statuses", "statuses: read"),
        GitHubJson.Default.GitHubCombinedStatus,
        page => page.Statuses,
        cancellation);

    /// <summary>That there are any says nothing yet: an attestation counts when its signature was verified.</summary>
    /// <param name="sha256">64 hex digits.</param>
    public IAsyncEnumerable<GitHubAttestation> ListAttestationsAsync(string sha256, CancellationToken cancellation) => PagesAsync(
        Request(HttpMethod.Get, $"/attestations/sha256:{Escape(sha256)}?per_page={PerPage}", "the attestations", "attestations: read"),
        GitHubJson.Default.GitHubAttestations,
        page => page.Attestations,
        cancellation);

    /// <summary>The commit a tag stands for; null when there is no such tag.</summary>
    public async Task<string?> FindTaggedCommitAsync(string tag, CancellationToken cancellation)
    {
        var reference = await FindAsync(Request(HttpMethod.Get, $"/git/ref/{Escape($"tags/{tag}")}", "a tag", ReadsContents), GitHubJson.Default.GitHubRef, cancellation);
        var target = reference?.Object;
        if (target is { Type: "tag" })
        {
            target = (await FindAsync(Request(HttpMethod.Get, $"/git/tags/{Escape(target.Sha)}", "a tag", ReadsContents), GitHubJson.Default.GitHubTag, cancellation))?.Object;
        }

        return target is { Type: "commit" } ? target.Sha : null;
    }
}
