using Actions.Core.Gates;
using Actions.Core.GitHub;
using Actions.Core.Ledger;
using Actions.Core.Notify;
using Actions.Core.Releases;
using Actions.Core.Store;
using Actions.Core.Tests.Ledger;
using Actions.Core.Tests.Store;

namespace Actions.Core.Tests.GitHub;

/// <summary>Every call the client has, each of which must fit GitHub's own description of its API.</summary>
public sealed class ValidatedFlowTests
{
    [Fact]
    public async Task Every_call_fits_githubs_description()
    {
        await using var gitHub = await GitHubStandIn.StartValidatedAsync();
        using var client = gitHub.Client();
        await gitHub.SeedRepositoryAsync($$"""
            {
              "immutable_releases": true,
              "environments": { "production": { "reviewers": ["alice"], "branch_policy": ["main"], "can_admins_bypass": false, "prevent_self_review": true } },
              "runs": [{ "id": 7, "approvals": [{ "environments": ["production"], "user": "alice" }] }],
              "check_runs": [{ "sha": "{{GitHubStandIn.Sha}}", "name": "ci", "conclusion": "success" }],
              "statuses": [{ "sha": "{{GitHubStandIn.Sha}}", "context": "legacy", "state": "success", "creator": "alice" }],
              "attestations": [{ "digest": "sha256:{{Build.Sha256([1])}}", "predicate_type": "https://slsa.dev/provenance/v1", "bundle": {} }]
            }
            """);

        var ledger = new GitHubLedger(client, new GitHubLedgerOptions { Ref = GitHubStandIn.Sha, RunUrl = "https://github.com/octo/perps/actions/runs/7", Doubt = gitHub.Doubts.Add });
        await ledger.AppendAsync(Make.Event("A"), default);
        await ledger.AppendAsync(Make.Event("A", RecordState.Succeeded), default);
        await ledger.AppendAsync(Make.Event("C", RecordState.Failed, RecordKind.Check), default);
        (await ledger.ReadAsync(Make.Environment, Make.Program, default)).Select(record => record.State).ShouldBe([RecordState.Succeeded, RecordState.Failed]);
        (await ledger.ReadAllAsync(default)).Count.ShouldBe(2);
        var deployments = await client.ListDeploymentsAsync(Make.Environment, "solana-release", default).ToListAsync();
        (await client.FindDeploymentAsync(deployments[0].Id, default))!.Task.ShouldBe("solana-release");
        (await client.ListDeploymentStatusesAsync(deployments[0].Id, default).ToListAsync()).Select(status => status.State).ShouldBe(["success", "in_progress"]);
        await client.CreateDeploymentStatusAsync(deployments[0].Id, new NewDeploymentStatus("inactive", "over", null), default);
        await client.DeleteDeploymentAsync(deployments[0].Id, default);

        var store = new GitHubStore(client, TimeProvider.System, gitHub.Doubts.Add);
        var manifest = Build.Of("1.0.0", ("p", "default", [1])) with { Commit = GitHubStandIn.Sha, Repository = GitHubStandIn.Repository };
        await store.PutAsync(manifest, [new byte[] { 1 }], default);
        (await store.FetchAsync(manifest, StoredFile.Of(manifest.Artifacts[0]), default)).ShouldBe([1]);
        (await client.FindReleaseAsync("solana/p/9.9.9", default)).ShouldBeNull();
        (await client.FindReleaseAsync("solana/perps/1.0.0", default))!.Immutable.ShouldBe(true);
        var draft = await client.CreateReleaseAsync(new NewRelease("solana/perps/2.0.0", "perps 2.0.0", "unfinished"), default);
        var asset = await client.UploadAssetAsync(draft, "a.so", new byte[] { 1, 2 }, default);
        await client.DeleteAssetAsync(asset.Id, default);
        await client.DeleteReleaseAsync(draft.Id, default);
        (await client.FindReleaseAsync(draft.Id, default)).ShouldBeNull();

        var rules = new GateRules { Checks = ["ci", "legacy"], Approvals = new ApprovalGate(["production"], true, true), RequireProtectedEnvironment = true };
        var evidence = await new GitHubAnswers(client, "7").AskAsync(rules, manifest, "production", default);
        evidence.Protection.ShouldBe(new EnvironmentProtection(true, true, false, true));
        evidence.Checks.ShouldBeOfType<Knowable<IReadOnlyList<CommitCheck>>.Known>().Value.Count.ShouldBe(2);
        evidence.Approvals.ShouldBeOfType<Knowable<IReadOnlyList<RunApproval>>.Known>().Value.ShouldHaveSingleItem().User.ShouldBe("alice");
        (await new GitHubRuns(client, "https://github.com").ProbeAsync("https://github.com/octo/perps/actions/runs/7/attempts/1", default)).ShouldBe(Liveness.Running);
        (await client.GetRepositoryAsync(default)).DefaultBranch.ShouldBe("main");
        (await client.ListAttestationsAsync(Build.Sha256([1]), default).ToListAsync()).ShouldHaveSingleItem();
        gitHub.Doubts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_call_of_a_kept_issue_fits_it_too()
    {
        await using var gitHub = await GitHubStandIn.StartValidatedAsync();
        await gitHub.GrantAsync("""{ "issues": "write" }""");
        using var client = gitHub.Client();
        var kept = new KeptIssue(client, "compliance", ["github-actions[bot]"]);
        Task<(IssueDeed Deed, string? Url)> Write(string text, int findings) => kept.WriteAsync("perps: findings of compliance", _ => text, findings, default);

        (await Write("none", 0)).ShouldBe((IssueDeed.None, null));
        (await Write("one", 1)).Deed.ShouldBe(IssueDeed.Created);
        (await Write("one", 1)).Deed.ShouldBe(IssueDeed.None);
        (await Write("two", 2)).Deed.ShouldBe(IssueDeed.Updated);
        var twin = await client.CreateIssueAsync(new NewIssue("twin", (await client.ListIssuesAsync(kept.Label, default).ToListAsync())[0].Body!, [kept.Label]), default);
        (await Write("two", 2)).Deed.ShouldBe(IssueDeed.None);
        (await Write("none", 0)).Deed.ShouldBe(IssueDeed.Closed);
        (await Write("one", 1)).Deed.ShouldBe(IssueDeed.Reopened);
        (await client.ListIssuesAsync(kept.Label, default).ToListAsync()).Select(issue => (issue.Number, issue.State, issue.StateReason)).ShouldBe([(1ul, "open", "reopened"), (twin.Number, "closed", "duplicate")]);
    }
}
