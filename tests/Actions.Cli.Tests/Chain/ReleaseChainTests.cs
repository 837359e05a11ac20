using System.Globalization;
using System.Text.RegularExpressions;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Chain;

/// <summary>A release's whole way, as one story: from the build to mainnet, a release that should not have been made, and back.</summary>
public sealed partial class ReleaseChainTests
{
    private const int SoakSeconds = 12;

    [Fact]
    public async Task The_bytes_that_were_built_go_from_environment_to_environment_and_a_bad_release_is_undone()
    {
        await using var team = await ReleaseTeam.StartAsync();
        team.Describe(SoakSeconds);
        var first = team.Build(TestPrograms.LookupTable, TestPrograms.Token);

        // 1.0.0 to devnet and testnet.
        var toDevnet = await EndAsync(team.BuildAsync("1.0.0"), ("version", "1.0.0"), ("eligible", "true"));
        await team.ShouldHaveRecordsAsync("devnet");
        await ReleaseAsync(team, "devnet", toDevnet, first);
        await team.ShouldHaveRecordsAsync("devnet", "release 1.0.0 succeeded", "verify 1.0.0 succeeded", "smoke 1.0.0 succeeded");
        var toTestnet = await EndAsync(team.PromoteAsync("devnet", "testnet"), ("version", "1.0.0"), ("eligible", "true"));
        await ReleaseAsync(team, "testnet", toTestnet, first);

        // To mainnet it needs time, and nothing but time.
        var tooEarly = await team.PromoteAsync("testnet", "mainnet");
        (tooEarly.Exit, tooEarly["eligible"], tooEarly["soaked"], tooEarly["manifest"]).ShouldBe((4, "false", "false", ""), tooEarly.ToString());
        tooEarly.Errors.ShouldBe(["gate-unmet"], tooEarly.ToString());
        tooEarly.Summary.ShouldContain("| Soak | **not met** |");
        await team.ShouldHaveRecordsAsync("mainnet");
        await team.ShouldRunAsync("mainnet", null);
        await ReleaseTeam.UntilAsync(Earliest(tooEarly).AddSeconds(1));
        var toMainnet = await EndAsync(team.PromoteAsync("testnet", "mainnet"), ("version", "1.0.0"), ("eligible", "true"), ("soaked", "true"));
        await ReleaseAsync(team, "mainnet", toMainnet, first);
        ReleaseTeam.Results(toMainnet, "sha256").ShouldBe(ReleaseTeam.Results(toDevnet, "sha256"), "what reached mainnet is what was built");

        // 1.1.0 has everything that devnet and testnet ask for.
        team.Describe(soakSeconds: 0);
        var second = team.Build(RewordedProgram.Make(TestPrograms.LookupTable, "CreateLookupTable", "AppendLookupTable"), RewordedProgram.Make(TestPrograms.Token, RewordedProgram.Complaint, "Unknown instruction"));
        var next = await EndAsync(team.BuildAsync("1.1.0"));
        await ReleaseAsync(team, "devnet", next, second, isUpgrade: true);
        next = await EndAsync(team.PromoteAsync("devnet", "testnet"), ("version", "1.1.0"));
        await ReleaseAsync(team, "testnet", next, second, isUpgrade: true);
        next = await EndAsync(team.PromoteAsync("testnet", "mainnet"), ("version", "1.1.0"));
        await EndAsync(team.DeployAsync("mainnet", next));
        await EndAsync(team.VerifyAsync("mainnet", next));
        var bad = await team.SmokeTestAsync("mainnet");
        (bad.Exit, bad["passed"], bad["failed"]).ShouldBe((4, "2", "1"), bad.ToString());
        bad.Errors.ShouldBe(["smoke-failed"], bad.ToString());
        await team.ShouldRunAsync("mainnet", second);

        // Back, the last program first, and checked by the spec that 1.1.0 failed.
        var undone = await EndAsync(team.RollBackAsync("mainnet"));
        ReleaseTeam.Results(undone, "restored-version").ShouldBe(["vault 1.0.0", "registry 1.0.0"]);
        ReleaseTeam.Results(undone, "changed").ShouldBe(["vault true", "registry true"]);
        await team.ShouldRunAsync("mainnet", first);
        await EndAsync(team.VerifyAsync("mainnet", toMainnet));
        await team.ShouldHaveRecordsAsync(
            "mainnet", "release 1.0.0 succeeded", "verify 1.0.0 succeeded", "smoke 1.0.0 succeeded", "release 1.1.0 undone", "verify 1.1.0 succeeded", "smoke 1.1.0 failed",
            "rollback 1.0.0 succeeded", "smoke 1.0.0 succeeded", "verify 1.0.0 succeeded");
        foreach (var records in await Task.WhenAll(ReleaseTeam.Programs.Select(name => team.RecordsAsync("mainnet", name))))
        {
            var (release, bad110, rollback) = (records[0], records[3], records[6]);
            (rollback.Facts.Restores, bad110.Facts.UndoneBy).ShouldBe((release.Id, rollback.Id));
            rollback.Facts.Reason.ShouldBe(ReleaseTeam.Reason);
        }

        // The other environments are as they were, and what was undone does not come again by itself.
        await team.ShouldRunAsync("testnet", second);
        var again = await team.PromoteAsync("testnet", "mainnet");
        (again.Exit, again["eligible"]).ShouldBe((4, "false"), again.ToString());
        again.Summary.ShouldContain("| Rolled back | **not met** |");
    }

    /// <summary>The job of a release: deploy, verify, smoke-test. What runs then is what was built.</summary>
    private static async Task ReleaseAsync(ReleaseTeam team, string environment, ActionRun promoted, Dictionary<string, byte[]> built, bool isUpgrade = false)
    {
        ReleaseTeam.Results(promoted, "executable-hash").ShouldBe([.. ReleaseTeam.Programs.Select(name => $"{name} {Hash(built[name])}")], "in the release file's order");
        var deployed = await EndAsync(team.DeployAsync(environment, promoted, isFirst: !isUpgrade));
        ReleaseTeam.Results(deployed, "changed").ShouldBe(["registry true", "vault true"]);
        await team.ShouldRunAsync(environment, built);
        var verified = await EndAsync(team.VerifyAsync(environment, promoted));
        ReleaseTeam.Results(verified, "verified").ShouldBe(["registry true", "vault true"]);
        await EndAsync(team.SmokeTestAsync(environment), ("passed", "3"), ("failed", "0"), ("skipped", "0"));
        var releases = await Task.WhenAll(ReleaseTeam.Programs.Select(async name => (await team.RecordsAsync(environment, name))[^3].Facts));
        releases.Select(release => release.ReleaseId).Distinct().ShouldHaveSingleItem("one release, however many programs");
        releases.Zip(ReleaseTeam.Results(deployed, "record"), ReleaseTeam.Programs).ShouldAllBe(pair => $"{pair.Third} {pair.First.Id}" == pair.Second);
    }

    private static async Task<ActionRun> EndAsync(Task<ActionRun> running, params (string Output, string Value)[] outputs)
    {
        var run = await running;
        run.Exit.ShouldBe(0, run.ToString());
        foreach (var (output, value) in outputs)
        {
            run[output].ShouldBe(value, run.ToString());
        }

        return run;
    }

    private static string Hash(byte[] program) => Convert.ToHexStringLower(Actions.Core.Loader.ProgramBinary.HashOf(program));

    private static DateTimeOffset Earliest(ActionRun refused) => DateTimeOffset.ParseExact(
        PromoteAgainAt().Match(refused.Summary.Replace("\\", "", StringComparison.Ordinal)).Groups[1].Value, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [GeneratedRegex(@"promote again at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC or later")]
    private static partial Regex PromoteAgainAt();
}
