using System.Text.Json;
using System.Text.Json.Serialization;

namespace Actions.Core.GitHub;

/// <summary>GitHub adds fields at any time, so what is not known is skipped; what is known must be of its type.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(GitHubError))]
[JsonSerializable(typeof(GitHubDeployment))]
[JsonSerializable(typeof(List<GitHubDeployment>))]
[JsonSerializable(typeof(NewDeployment))]
[JsonSerializable(typeof(NewDeploymentStatus))]
[JsonSerializable(typeof(GitHubDeploymentStatus))]
[JsonSerializable(typeof(List<GitHubDeploymentStatus>))]
[JsonSerializable(typeof(GitHubRelease))]
[JsonSerializable(typeof(List<GitHubRelease>))]
[JsonSerializable(typeof(NewRelease))]
[JsonSerializable(typeof(ReleaseChange))]
[JsonSerializable(typeof(GitHubAsset))]
[JsonSerializable(typeof(List<GitHubAsset>))]
[JsonSerializable(typeof(GitHubEnvironment))]
[JsonSerializable(typeof(GitHubBranchPolicies))]
[JsonSerializable(typeof(List<GitHubApproval>))]
[JsonSerializable(typeof(GitHubRun))]
[JsonSerializable(typeof(GitHubCheckRuns))]
[JsonSerializable(typeof(GitHubCombinedStatus))]
[JsonSerializable(typeof(GitHubAttestations))]
[JsonSerializable(typeof(GitHubRepository))]
[JsonSerializable(typeof(GitHubRef))]
[JsonSerializable(typeof(GitHubTag))]
[JsonSerializable(typeof(GitHubComment))]
[JsonSerializable(typeof(List<GitHubComment>))]
[JsonSerializable(typeof(NewComment))]
[JsonSerializable(typeof(GitHubIssue))]
[JsonSerializable(typeof(List<GitHubIssue>))]
[JsonSerializable(typeof(NewIssue))]
[JsonSerializable(typeof(IssueChange))]
internal sealed partial class GitHubJson : JsonSerializerContext;

internal sealed record GitHubError(string? Message = null, JsonElement Errors = default);
