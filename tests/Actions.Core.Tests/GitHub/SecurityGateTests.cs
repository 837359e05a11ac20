using System.Text.Json;
using Actions.Core.Gates;
using Actions.Core.Releases;
using Actions.Core.Tests.Store;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Tests.GitHub;

/// <summary>From security.yml's verdict to the gate that asks for it: the name of the check, its commit, its age, its conclusion.</summary>
public sealed class SecurityGateTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    private GitHubStandIn gitHub = null!;

    public static TheoryData<string, string> Teams => new() { { "probability-oracle", "security" }, { "defi-protocol", "security-scan" } };

    public async Task InitializeAsync()
    {
        gitHub = await GitHubStandIn.StartAsync();
        await gitHub.DoorAsync(HttpMethod.Post, "clock", """{"now":"2026-12-01T12:00:00Z"}""");
    }

    public async Task DisposeAsync() => await gitHub.DisposeAsync();

    [Theory]
    [MemberData(nameof(Teams))]
    public void A_release_file_names_the_check_that_its_caller_makes(string team, string caller) => GateOf(team).Check.ShouldBe(CheckOf(team, caller));

    [Theory]
    [InlineData("success", "2026-12-01T06:00:00Z", GitHubStandIn.Sha, GateState.Met)]
    [InlineData("success", "2026-11-30T11:59:59Z", GitHubStandIn.Sha, GateState.Unmet)]
    [InlineData("success", "2026-12-01T06:00:00Z", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", GateState.Unmet)]
    [InlineData("failure", "2026-12-01T06:00:00Z", GitHubStandIn.Sha, GateState.Unmet)]
    [InlineData("cancelled", "2026-12-01T06:00:00Z", GitHubStandIn.Sha, GateState.Unmet)]
    [InlineData("skipped", "2026-12-01T06:00:00Z", GitHubStandIn.Sha, GateState.Unmet)]
    public async Task Only_a_fresh_green_verdict_on_the_releases_own_commit_counts(string conclusion, string completed, string sha, GateState expected)
    {
        await SeedAsync($$"""{"sha":"{{sha}}","name":"{{CheckOf("defi-protocol", "security-scan")}}","conclusion":"{{conclusion}}","completed_at":"{{completed}}"}""");

        (await JudgeAsync()).State.ShouldBe(expected);
    }

    [Theory]
    [InlineData("Verdict")]
    [InlineData("Security / Audits and scanners")]
    [InlineData("Other / Verdict")]
    public async Task A_check_of_another_name_does_not_count(string name)
    {
        await SeedAsync($$"""{"sha":"{{GitHubStandIn.Sha}}","name":"{{name}}","conclusion":"success","completed_at":"2026-12-01T11:00:00Z"}""");

        (await JudgeAsync()).State.ShouldBe(GateState.Unmet);
    }

    [Fact]
    public async Task A_later_scan_that_found_something_takes_the_earlier_ones_word_away()
    {
        var name = CheckOf("defi-protocol", "security-scan");
        await SeedAsync($$"""{"sha":"{{GitHubStandIn.Sha}}","name":"{{name}}","conclusion":"success","completed_at":"2026-12-01T06:00:00Z"},{"sha":"{{GitHubStandIn.Sha}}","name":"{{name}}","conclusion":"failure","completed_at":"2026-12-01T08:00:00Z"}""");

        (await JudgeAsync()).State.ShouldBe(GateState.Unmet);
    }

    /// <summary>As GitHub names it: the calling job, and the job of the workflow that it calls.</summary>
    private static string CheckOf(string team, string caller) =>
        $"{NameOf($"docs/examples/{team}/.github/workflows/{caller}.yml", "security")} / {NameOf(".github/workflows/security.yml", "verdict")}";

    private static string NameOf(string workflow, string job) => ((YamlScalarNode)Load(workflow)["jobs"][job]["name"]).Value!;

    private static SecurityGate GateOf(string team)
    {
        var path = $"docs/examples/{team}/solana-release.yml";
        var file = new ReleaseFileReader(path, "release-file").Read((YamlMappingNode)Load(path)).OrThrow();
        return file.Environments[^1].Gates.Security!;
    }

    private static YamlNode Load(string path)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Conventions.Repository.Read(path)));
        return yaml.Documents[0].RootNode;
    }

    private Task<JsonElement> SeedAsync(string checks) => gitHub.SeedRepositoryAsync($$"""{"refs":{"heads/other":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},"check_runs":[{{checks}}]}""");

    private async Task<GateResult> JudgeAsync()
    {
        var rules = new GateRules { RequireSmoke = false, RequireVerified = false, Security = GateOf("defi-protocol") };
        var manifest = Build.Of("1.0.0", ("p", "default", [1])) with { Commit = GitHubStandIn.Sha, Repository = GitHubStandIn.Repository };
        var evidence = await new GitHubAnswers(gitHub.Client(), null).AskAsync(rules, manifest, "production", default);
        return GateChecklist.Evaluate(rules, new GateEvidence
        {
            Now = Now, Version = SemVer.TryParse("1.0.0")!, To = "production", ToVariant = "default", Programs = [], Actors = [], GitHub = evidence,
        }).Results.Single(result => result.Gate == "Security");
    }
}
