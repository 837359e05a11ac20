using System.Globalization;
using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Store;

namespace Actions.Core.Gates;

/// <summary>Asks GitHub what the gates need, and only that. What the token may not see is unknowable; what fails is a fault.</summary>
/// <param name="runId">Of this run; null outside of GitHub Actions.</param>
public sealed class GitHubAnswers(GitHubClient client, string? runId)
{
    private const string NotAsked = "that GitHub was not asked";

    /// <summary>A <see cref="GitHubQuestions"/>.</summary>
    public async Task<GitHubEvidence> AskAsync(GateRules rules, Manifest manifest, string environment, CancellationToken cancellation)
    {
        try
        {
            return new GitHubEvidence(
                rules.Checks.Count > 0 || rules.Security is not null ? await ChecksAsync(manifest, cancellation) : Unasked<IReadOnlyList<CommitCheck>>(),
                rules is { Approvals: not null, ApprovalsComeLater: false } ? await ApprovalsAsync(cancellation) : Unasked<IReadOnlyList<RunApproval>>(),
                rules.RequireProtectedEnvironment ? await ProtectionAsync(environment, cancellation) : Unasked<EnvironmentProtection>());
        }
        catch (GitHubException problem)
        {
            throw new FaultException(problem.Problem.ToFault(FaultCodes.GitHubFailed, "Expected GitHub to say what the gates ask"));
        }
    }

    private Task<Knowable<IReadOnlyList<CommitCheck>>> ChecksAsync(Manifest manifest, CancellationToken cancellation) => KnowAsync<IReadOnlyList<CommitCheck>>(async () =>
    {
        if (manifest.Commit is not { Length: 40 or 64 } commit || !commit.All(char.IsAsciiHexDigit))
        {
            return new Knowable<IReadOnlyList<CommitCheck>>.Unknown("that the manifest names no commit", "promote the build from a job of GitHub Actions, which knows its commit");
        }

        if (manifest.Repository is { } repository && !repository.Equals(client.Access.Repository, StringComparison.OrdinalIgnoreCase))
        {
            return new Knowable<IReadOnlyList<CommitCheck>>.Unknown($"that {GitHubRefusal.Shown(repository)} built it, not {client.Access.Repository}", "promote in the repository that built it");
        }

        List<CommitCheck> checks = [];
        await foreach (var run in client.ListCheckRunsAsync(commit, cancellation))
        {
            checks.Add(new CommitCheck(run.Name, run.App?.Slug ?? "", run is { Status: "completed", Conclusion: "success" }, run.CompletedAt));
        }

        await foreach (var status in client.ListStatusesAsync(commit, cancellation))
        {
            checks.Add(new CommitCheck(status.Context, null, status.State == "success", status.UpdatedAt));
        }

        return checks;
    });

    private Task<Knowable<IReadOnlyList<RunApproval>>> ApprovalsAsync(CancellationToken cancellation) => KnowAsync<IReadOnlyList<RunApproval>>(async () =>
        long.TryParse(runId, NumberStyles.None, CultureInfo.InvariantCulture, out var run)
            ? (from entry in await client.ListApprovalsAsync(run, cancellation)
               where entry is { State: "approved" or "rejected", User: { Type: null or "User" } }
               from environment in entry.Environments
               select new RunApproval(environment.Name, entry.State == "approved", GitHubRefusal.Shown(entry.User!.Login), entry.User.Id)).ToList()
            : new Knowable<IReadOnlyList<RunApproval>>.Unknown("that this is no run of GitHub Actions", "run it as a job of a workflow"));

    private Task<Knowable<EnvironmentProtection>> ProtectionAsync(string name, CancellationToken cancellation) => KnowAsync<EnvironmentProtection>(async () =>
    {
        if (await client.FindEnvironmentAsync(name, cancellation) is not { } environment)
        {
            // Naming it in a job would have made one, without any protection.
            return new EnvironmentProtection(HasReviewers: false, HasBranchPolicy: false, AdminsCanBypass: false, PreventsSelfReview: true);
        }

        var reviewers = environment.ProtectionRules?.FirstOrDefault(rule => rule is { Type: "required_reviewers", Reviewers.Count: > 0 });
        return new EnvironmentProtection(
            reviewers is not null, await HasBranchPolicyAsync(environment, cancellation), environment.CanAdminsBypass != false, reviewers?.PreventSelfReview == true);
    });

    private async Task<bool> HasBranchPolicyAsync(GitHubEnvironment environment, CancellationToken cancellation)
    {
        if (environment.DeploymentBranchPolicy is not { } policy)
        {
            return false;
        }

        var patterns = 0;
        if (policy.CustomBranchPolicies)
        {
            await foreach (var pattern in client.ListBranchPoliciesAsync(environment.Name, cancellation))
            {
                if (pattern.Name.AsSpan().TrimStart("*/").IsEmpty)
                {
                    return false; // every branch is as good as no policy
                }

                patterns++;
            }
        }

        return policy.ProtectedBranches || patterns > 0;
    }

    private static async Task<Knowable<T>> KnowAsync<T>(Func<Task<Knowable<T>>> ask)
    {
        try
        {
            return await ask();
        }
        catch (GitHubException problem) when (problem.Problem is { Kind: GitHubProblemKind.Denied or GitHubProblemKind.NotFound or GitHubProblemKind.Rejected })
        {
            return new Knowable<T>.Unknown(problem.Problem.Found, problem.Problem.Remedy);
        }
    }

    private static Knowable<T> Unasked<T>() => new Knowable<T>.Unknown(NotAsked, "nothing: no gate needs it");
}
