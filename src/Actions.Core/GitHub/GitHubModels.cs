using System.Text.Json;

namespace Actions.Core.GitHub;

/// <summary>Somebody, or an app: then the login ends with `[bot]`, which nobody can register.</summary>
public sealed record GitHubUser(string Login, long Id, string? Type = null);

/// <param name="Payload">An object, or a string that holds one.</param>
/// <param name="Creator">Null for an account that is gone.</param>
public sealed record GitHubDeployment(
    long Id, string Task, string Environment, string Sha, DateTimeOffset CreatedAt, JsonElement Payload = default, GitHubUser? Creator = null);

public sealed record GitHubDeploymentStatus(long Id, string State, string? Description = null, string? LogUrl = null);

public sealed record NewDeployment
{
    public const int LongestDescription = 140;

    public required string Ref { get; init; }

    public required string Task { get; init; }

    public required JsonElement Payload { get; init; }

    public required string Environment { get; init; }

    public required string Description { get; init; }

    public required bool TransientEnvironment { get; init; }

    public required bool ProductionEnvironment { get; init; }

    /// <summary>GitHub's default would merge the default branch first.</summary>
    public bool AutoMerge { get; init; }

    /// <summary>GitHub's default is every check there is.</summary>
    public IReadOnlyList<string> RequiredContexts { get; init; } = [];
}

public sealed record NewDeploymentStatus(string State, string Description, string? LogUrl)
{
    /// <summary>GitHub's default would mark earlier releases inactive by itself.</summary>
    public bool AutoInactive { get; init; }
}

/// <param name="Immutable">Null where the server does not know immutable releases.</param>
public sealed record GitHubRelease(
    long Id, string TagName, bool Draft, string UploadUrl, bool? Immutable = null, string? Body = null, GitHubUser? Author = null);

public sealed record NewRelease(string TagName, string Name, string Body)
{
    public bool Draft { get; init; } = true;

    public string MakeLatest { get; init; } = "false";
}

/// <summary>Publishes a draft.</summary>
public sealed record ReleaseChange
{
    public bool Draft { get; init; }

    public string MakeLatest { get; init; } = "false";
}

/// <param name="State">`uploaded`, or `starter` while it is not.</param>
/// <param name="Digest">`sha256:…`; null where the server does not compute it.</param>
public sealed record GitHubAsset(long Id, string Name, string State, long Size, string? Digest = null)
{
    public bool IsUploaded => State == "uploaded";
}

public sealed record GitHubEnvironment(
    string Name, IReadOnlyList<GitHubProtectionRule>? ProtectionRules = null, GitHubBranchPolicy? DeploymentBranchPolicy = null, bool? CanAdminsBypass = null);

/// <param name="Type">`required_reviewers`, `wait_timer`, `branch_policy`, or that of an app.</param>
public sealed record GitHubProtectionRule(string Type, IReadOnlyList<GitHubReviewer>? Reviewers = null, bool? PreventSelfReview = null);

/// <param name="Type">`User` or `Team`.</param>
public sealed record GitHubReviewer(string? Type = null);

public sealed record GitHubBranchPolicy(bool ProtectedBranches, bool CustomBranchPolicies);

internal sealed record GitHubBranchPolicies(IReadOnlyList<GitHubNamePattern> BranchPolicies);

/// <param name="Name">A pattern such as `main` or `release/*`.</param>
public sealed record GitHubNamePattern(string Name);

/// <param name="State">`approved`, `rejected` or `pending`.</param>
public sealed record GitHubApproval(string State, GitHubUser? User, IReadOnlyList<GitHubNamePattern> Environments, string? Comment = null);

/// <param name="Status">`completed` when it is over.</param>
/// <param name="Path">The workflow's file, sometimes with `@` and a ref behind it.</param>
/// <param name="HeadBranch">The branch, or the tag, it runs on.</param>
public sealed record GitHubRun(
    long Id, string? Status, string Path, string? HeadBranch, string HeadSha, string Event, long WorkflowId, int RunAttempt = 1, GitHubRepository? HeadRepository = null);

internal sealed record GitHubCheckRuns(IReadOnlyList<GitHubCheckRun> CheckRuns);

public sealed record GitHubCheckRun(string Name, string Status, string? Conclusion = null, DateTimeOffset? CompletedAt = null, GitHubApp? App = null);

public sealed record GitHubApp(string? Slug = null);

internal sealed record GitHubCombinedStatus(IReadOnlyList<GitHubStatusContext> Statuses);

public sealed record GitHubStatusContext(string Context, string State, DateTimeOffset? UpdatedAt = null);

internal sealed record GitHubAttestations(IReadOnlyList<GitHubAttestation> Attestations);

public sealed record GitHubAttestation(long? RepositoryId = null, JsonElement Bundle = default, string? BundleUrl = null);

public sealed record GitHubRepository(string FullName, string? DefaultBranch = null);

internal sealed record GitHubRef(GitHubObject Object);

internal sealed record GitHubTag(GitHubObject Object);

/// <param name="Type">`commit`, or `tag` for one that is annotated.</param>
internal sealed record GitHubObject(string Type, string Sha);

/// <summary>A comment on an issue or a pull request, which is an issue, too.</summary>
/// <param name="User">Null for an account that is gone.</param>
public sealed record GitHubComment(long Id, string HtmlUrl, string? Body = null, GitHubUser? User = null);

public sealed record NewComment(string Body);

/// <param name="State">`open` or `closed`.</param>
/// <param name="StateReason">Of a closed one: `completed`, `not_planned` or `duplicate`.</param>
/// <param name="User">Null for an account that is gone.</param>
/// <param name="PullRequest">Set where it is none but a pull request.</param>
public sealed record GitHubIssue(ulong Number, string State, string HtmlUrl, string? Body = null, GitHubUser? User = null, string? StateReason = null, JsonElement PullRequest = default)
{
    public bool IsOpen => State == "open";
}

public sealed record NewIssue(string Title, string Body, IReadOnlyList<string> Labels);

/// <summary>What is null stays as it is.</summary>
public sealed record IssueChange(string? Body = null, string? State = null, string? StateReason = null);
