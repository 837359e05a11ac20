using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Core.Tests.GitHub;

namespace Actions.Cli.Tests.PromoteArtifact;

/// <summary>The same way with records in Deployments and artifacts in releases, on a real node and the stand-in for GitHub.</summary>
public sealed class PromoteOnGitHubTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>, IAsyncLifetime
{
    private const string Gates = "checks: [ci], security: { check: audit, max-age: 24h }, approvals: { environments: [compliance, sre], distinct: true, not-by-actor: true }";

    private GitHubStandIn gitHub = null!;
    private Promotion team = null!;

    public async Task InitializeAsync()
    {
        gitHub = await GitHubStandIn.StartAsync();
        await gitHub.SeedRepositoryAsync("""{"immutable_releases":true,"runs":[{"id":7,"actor":"eve"},{"id":8,"actor":"eve","path":".github/workflows/other.yml"}]}""");
        team = (await Promotion.StartAsync(fixture.Net)).On(gitHub);
    }

    public async Task DisposeAsync()
    {
        team.Dispose();
        await gitHub.DisposeAsync();
    }

    [Fact]
    public async Task The_bytes_of_the_build_run_in_production_once_every_gate_is_met()
    {
        team.WithGates(Gates);
        await ReleaseToStagingAsync();

        var refused = await team.PromoteAsync(("require-protected-environment", "true"));

        refused.Exit.ShouldBe(4, refused.ToString());
        refused.Errors.ShouldAllBe(code => code == "gate-unmet");
        refused.Errors.Count.ShouldBe(5);
        refused["eligible"].ShouldBe("false");

        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        await gitHub.SeedRepositoryAsync($$"""
            {
              "environments": { "production": { "reviewers": ["team:release"], "branch_policy": ["main"], "can_admins_bypass": false, "prevent_self_review": true } },
              "check_runs": [{ "sha": "{{GitHubStandIn.Sha}}", "name": "ci", "conclusion": "success" }, { "sha": "{{GitHubStandIn.Sha}}", "name": "audit", "conclusion": "success", "completed_at": "{{today}}" }],
              "runs": [{ "id": 7, "approvals": [{ "environments": ["compliance"], "user": "alice" }, { "environments": ["sre"], "user": "bob" }] }]
            }
            """);
        await gitHub.ForgetRequestsAsync();
        var promote = await Promotion.ShouldEndAsync(team.PromoteAsync(("require-protected-environment", "true")));

        (promote["version"], promote["eligible"]).ShouldBe(("1.2.0", "true"));
        File.ReadAllBytes(team.Workspace.At(promote["artifact"])).ShouldBe(TestPrograms.Token);
        promote.Warnings.ShouldBe(["declared-id-mismatch"], promote.ToString());
        await Promotion.ShouldEndAsync(team.DeployAsync("production", team.Production, "out/production"));
        await team.RunsAsync(team.Production, TestPrograms.Token);
        Directory.Exists(team.Workspace.At(".solana-actions/ledger")).ShouldBeFalse();
        (await StatesAsync()).ShouldContain("solana-release production success");
        (await gitHub.RequestsAsync()).ShouldAllBe(call => call.GetProperty("status").GetInt32() < 400);
    }

    [Theory]
    [InlineData("""{"environments":["compliance"],"user":"eve"},{"environments":["sre"],"user":"bob"}""", 1)]
    [InlineData("""{"environments":["compliance","sre"],"user":"alice"}""", 1)]
    public async Task An_approval_by_who_started_the_run_or_twice_by_the_same_person_does_not_count(string approvals, int unmet)
    {
        team.WithGates("approvals: { environments: [compliance, sre], distinct: true, not-by-actor: true }");
        await ReleaseToStagingAsync();
        await gitHub.SeedRepositoryAsync($$"""{"runs":[{"id":7,"approvals":[{{approvals}}]}]}""");

        var run = await team.PromoteAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(Enumerable.Repeat("gate-unmet", unmet));
    }

    [Fact]
    public async Task A_record_that_somebody_made_by_hand_is_named_and_nothing_goes_on()
    {
        await ReleaseToStagingAsync();
        await SeedEventAsync("mallory", "solana-check", """{"schema":1,"id":"FORGED","kind":"check","check":"smoke","state":"succeeded","environment":"staging","at":"2030-01-01T00:00:00Z" """);

        var run = await team.PromoteAsync();
        var deploy = await team.DeployAsync("staging", team.Staging, "out/build");

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["tampered"]);
        run.Stdout.ShouldContain("mallory");
        run["eligible"].ShouldBe("false");
        Directory.Exists(team.Workspace.At("out/production")).ShouldBeFalse();
        (deploy.Exit, deploy.Warnings.Contains("tampered")).ShouldBe((0, true), deploy.ToString());
    }

    [Fact]
    public async Task A_release_whose_transaction_deployed_something_else_is_named()
    {
        await ReleaseToStagingAsync();
        var other = await Promotion.ShouldEndAsync(team.DeployAsync("elsewhere", TestKey.New(), "out/build"));
        await SeedEventAsync(
            "github-actions[bot]", "solana-release",
            $$"""{"schema":1,"id":"FORGED","kind":"release","state":"succeeded","environment":"staging","name":"perps","version":"1.2.0","at":"2020-01-01T00:00:00Z","executable-hash":"{{Promotion.Hash(TestPrograms.Token)}}","signature":"{{other["signature"]}}" """);

        var run = await team.PromoteAsync(("require-smoke", "false"), ("require-verified", "false"));

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["tampered"]);
        run.Stdout.ShouldContain("does not deploy it");
    }

    [Fact]
    public async Task A_check_counts_only_from_the_workflow_that_released_or_one_that_is_trusted()
    {
        await Promotion.ShouldEndAsync(team.BuildAsync("1.2.0", TestPrograms.Token));
        await Promotion.ShouldEndAsync(team.DeployAsync("staging", team.Staging, "out/build"));
        await Promotion.ShouldEndAsync(team.VerifyAsync("staging", team.Staging, "out/build"));
        team.Run = 8;
        await Promotion.ShouldEndAsync(team.SmokeTestAsync("staging", team.Staging, TestPrograms.Token));

        var refused = await team.PromoteAsync();
        var trusted = await team.PromoteAsync(("trusted-workflows", "other.yml"));

        refused.Exit.ShouldBe(4, refused.ToString());
        refused.Errors.ShouldBe(["gate-unmet"]);
        refused.Summary.ShouldContain("| Smoke test | **not met** |");
        refused.Stdout.ShouldContain(".github/workflows/other.yml");
        trusted.Exit.ShouldBe(0, trusted.ToString());
    }

    [Fact]
    public async Task Exchanged_bytes_in_the_release_are_named_and_nothing_is_written()
    {
        await ReleaseToStagingAsync();
        var release = (await gitHub.Client().FindReleaseAsync("solana/perps/1.2.0", default))!;
        var asset = await gitHub.Client().ListAssetsAsync(release.Id, default).FirstAsync(asset => asset.Name == "perps.default.so");
        byte[] flipped = [.. TestPrograms.Token];
        flipped[^1] ^= 1;
        await gitHub.DoorAsync(HttpMethod.Put, $"asset?id={asset.Id}", bytes: flipped);

        var run = await team.PromoteAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["tampered"]);
        Directory.Exists(team.Workspace.At("out/production")).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_a_ledger_to_write_to_nothing_is_sent()
    {
        await Promotion.ShouldEndAsync(team.BuildAsync("1.2.0", TestPrograms.Token));
        var sent = (await fixture.Net.LandedAsync(team.Payer)).Count;
        await gitHub.GrantAsync("""{"contents":"write","deployments":"read","actions":"read"}""");

        var run = await team.DeployAsync("staging", team.Staging, "out/build");

        run.Exit.ShouldBe(5, run.ToString());
        run.Errors.ShouldBe(["ledger-failed"]);
        run.Stdout.ShouldContain("deployments: write");
        (await fixture.Net.LandedAsync(team.Payer)).Count.ShouldBe(sent);
        run.ToString().ShouldNotContain(GitHubStandIn.Token);
    }

    [Fact]
    public async Task An_api_that_fails_while_the_gates_are_asked_is_exit_5()
    {
        team.WithGates("checks: [ci]");
        await ReleaseToStagingAsync();
        await gitHub.FailAsync("""{"path":"check-runs","status":503,"times":99}""");

        var run = await team.PromoteAsync();

        run.Exit.ShouldBe(5, run.ToString());
        run.Errors.ShouldBe(["github-failed"]);
    }

    /// <summary>Build, deploy to staging, verify and smoke-test, all by the real actions.</summary>
    private async Task ReleaseToStagingAsync()
    {
        await Promotion.ShouldEndAsync(team.BuildAsync("1.2.0", TestPrograms.Token));
        await Promotion.ShouldEndAsync(team.DeployAsync("staging", team.Staging, "out/build"));
        await Promotion.ShouldEndAsync(team.VerifyAsync("staging", team.Staging, "out/build"));
        await Promotion.ShouldEndAsync(team.SmokeTestAsync("staging", team.Staging, TestPrograms.Token));
    }

    private async Task<IReadOnlyList<string>> StatesAsync()
    {
        List<string> states = [];
        await foreach (var deployment in gitHub.Client().ListDeploymentsAsync(null, "solana-release", default))
        {
            var newest = await gitHub.Client().ListDeploymentStatusesAsync(deployment.Id, default).FirstAsync();
            states.Add($"{deployment.Task} {deployment.Environment} {newest.State}");
        }

        return states;
    }

    private Task<JsonElement> SeedEventAsync(string creator, string task, string payload) => gitHub.SeedRepositoryAsync(
        $$$"""{"deployments":[{"sha":"{{{GitHubStandIn.Sha}}}","task":"{{{task}}}","environment":"staging","creator":"{{{creator}}}","payload":{{{payload}}},"program-id":"{{{team.Staging}}}"}}]}""");
}
