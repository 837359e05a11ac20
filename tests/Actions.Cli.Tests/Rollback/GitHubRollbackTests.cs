using Actions.Cli.Tests.Tools;
using Actions.Core.Tests.GitHub;

namespace Actions.Cli.Tests.Rollback;

/// <summary>Where ledger and store are the repository's: Deployments and releases of a stand-in that is a process of its own.</summary>
public sealed class GitHubRollbackTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task Releases_of_a_repository_go_back_once_for_each_run()
    {
        await using var github = await GitHubStandIn.StartAsync();
        using var team = await RollbackWorld.StartAsync(Net);
        foreach (var (version, run) in new[] { ("1.0.0", "1"), ("2.0.0", "2"), ("3.0.0", "3") })
        {
            await ReleaseAsync(team, github, version, run);
        }

        var first = await RunAsync(team, github, "rollback", "4");
        var again = await RunAsync(team, github, "rollback", "4");
        var second = await RunAsync(team, github, "rollback", "5");

        (first["restored-version"], first["changed"]).ShouldBe(("2.0.0", "true"));
        (again["restored-version"], again["changed"], again["record"]).ShouldBe(("2.0.0", "false", first["record"]));
        second["restored-version"].ShouldBe("1.0.0");
        await team.RunsAsync(RollbackWorld.Build("1.0.0"));
        (await github.CallsAsync("POST", "/deployments")).Count.ShouldBe(12, "a beginning and an end of three releases and two rollbacks, and two releases undone");
    }

    private async Task ReleaseAsync(RollbackWorld team, GitHubStandIn github, string version, string run)
    {
        team.Workspace.Put("perps.so", RollbackWorld.Build(version));
        await RunAsync(team, github, "promote-artifact", run, ("from", "build"), ("to", RollbackWorld.Environment), ("version", version), ("output-dir", $"out/{version}"));
        await RunAsync(team, github, "solana-deploy", run, ("manifest", $"out/{version}/manifest.json"), ("program-keypair", team.Program.Json));
    }

    private async Task<ActionRun> RunAsync(RollbackWorld team, GitHubStandIn github, string action, string run, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> inputs = new()
        {
            ["release-file"] = "solana-release.yml", ["environment"] = RollbackWorld.Environment, ["rpc-url"] = Net.Url, ["github-token"] = GitHubStandIn.Token, ["github-api-url"] = github.Api,
        };
        if (action != "promote-artifact")
        {
            inputs["payer"] = team.Payer.Json;
        }

        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }

        var ended = await ActionProcess.RunAsync(action, inputs, team.Workspace, variables: new Dictionary<string, string>
        {
            ["GITHUB_REPOSITORY"] = GitHubStandIn.Repository, ["GITHUB_RUN_ID"] = run, ["GITHUB_SHA"] = GitHubStandIn.Sha, ["GITHUB_ACTOR"] = "eve", ["GITHUB_API_URL"] = github.Api,
        });
        ended.Exit.ShouldBe(0, ended.ToString());
        return ended;
    }
}
