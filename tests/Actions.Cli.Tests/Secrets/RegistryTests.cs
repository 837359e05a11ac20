using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.Rollback;

namespace Actions.Cli.Tests.Secrets;

/// <summary>The registry after runs that were killed, and after rollbacks.</summary>
public sealed class RegistryTests(KeyHomes homes) : IClassFixture<KeyHomes>
{
    private static readonly string[] Names = ["book", "perps"];

    /// <param name="mode">`hold`: killed after the registry was read and before the provider took the write; `hold-answer`: after it did.</param>
    [Theory]
    [InlineData("kv-jwt", "hold", "POST .*/data/")]
    [InlineData("kv-jwt", "hold-answer", "POST .*/data/")]
    [InlineData("kms", "hold", "PutSecretValue")]
    [InlineData("kms", "hold-answer", "PutSecretValue")]
    [InlineData("keyvault", "hold", "PUT /secrets/")]
    [InlineData("keyvault", "hold-answer", "PUT /secrets/")]
    public async Task A_run_that_is_killed_while_it_registers_is_completed_by_the_next_and_nothing_is_deployed_twice(string name, string mode, string write)
    {
        var home = Home(name);
        string[] names = mode == "hold" ? ["registry", "vault"] : ["market", "pool"]; // nobody else's in the same registry
        using var team = await RollbackWorld.StartAsync(homes.Net, home.Variables, names);
        await team.BuildAsync("1.0.0");
        await RollbackWorld.ShouldEndAsync(team.DeployAsync(Inputs(home)));
        var written = (await homes.RegistryAsync(home)).Count;
        await team.BuildAsync("2.0.0");

        await homes.StandIns.FaultAsync(home.Service, $$"""{"mode":"{{mode}}","path":"{{write}}"}""");
        using (var process = team.StartDeploy(Inputs(home)))
        {
            await process.WhenAsync(async () => await homes.StandIns.SeenAsync(home.Service) > 0);
            process.HasExited.ShouldBeFalse();
            await process.KillAsync();
        }

        await homes.StandIns.FaultAsync(home.Service, null);
        var landed = await team.LandedAsync();
        var between = await homes.RegistryAsync(home);
        var again = await RollbackWorld.ShouldEndAsync(team.DeployAsync(Inputs(home)));

        between.Count.ShouldBe(mode == "hold" ? written : written + 1);
        string[] expected = mode == "hold" ? ["1.0.0"] : ["2.0.0", "1.0.0"];
        Versions(between[^1], names).ShouldBe([expected, expected], "all programs of an environment at once");
        RollbackWorld.Results(again).ShouldAllBe(program => program.Value.GetProperty("changed").GetString() == "false");
        (await team.LandedAsync()).ShouldBe(landed);
        var after = await homes.RegistryAsync(home);
        after.Count.ShouldBe(written + 1);
        Versions(after[^1], names).ShouldBe([["2.0.0", "1.0.0"], ["2.0.0", "1.0.0"]]);
    }

    [Fact]
    public async Task Callers_follow_a_rollback()
    {
        var home = Home("secretsmanager");
        using var team = await RollbackWorld.StartAsync(homes.Net, home.Variables, Names);
        (string, string)[] inputs = [.. Inputs(home), ("config-files", "ids.json\nvalues.tpl -> values.yaml")];
        team.Workspace.Put("values.tpl", "{{ book.version }} {{ perps.version }} {{ perps.executable-hash }}"u8.ToArray());
        await team.BuildAsync("1.0.0");
        await RollbackWorld.ShouldEndAsync(team.DeployAsync(inputs));
        // The second program stays as it is, so that it rests in the rollback.
        await team.BuildAsync("2.0.0", others: ("book", RollbackWorld.Build("1.0.0")));
        await RollbackWorld.ShouldEndAsync(team.DeployAsync(inputs));

        await RollbackWorld.ShouldEndAsync(team.RollbackAsync("7", inputs));

        var runs = RollbackWorld.Hash(RollbackWorld.Build("1.0.0"));
        Versions((await homes.RegistryAsync(home))[^1], Names).ShouldBe([["1.0.0", "2.0.0", "1.0.0"], ["1.0.0", "2.0.0", "1.0.0"]]);
        Read(team, "values.yaml").ShouldBe($"1.0.0 1.0.0 {runs}");
        var perps = JsonElement.Parse(Read(team, "ids.json")).GetProperty(RollbackWorld.Environment).GetProperty("perps");
        perps.GetProperty("executable-hash").GetString().ShouldBe(runs);
        perps.GetProperty("slot").GetUInt64().ShouldBe((await homes.Net.ProgramAsync(team.Programs["perps"].Address))!.Slot);
    }

    [Fact]
    public async Task A_rollback_whose_registry_fails_is_done_and_the_same_job_again_completes_it()
    {
        var home = Home("keyvault");
        using var team = await RollbackWorld.StartAsync(homes.Net, home.Variables, "single");
        foreach (var version in new[] { "1.0.0", "2.0.0", "3.0.0" })
        {
            await team.BuildAsync(version);
            await RollbackWorld.ShouldEndAsync(team.DeployAsync(Inputs(home)));
        }

        await homes.StandIns.FaultAsync(home.Service, """{"mode":"error"}""");
        var first = await team.RollbackAsync("8", Inputs(home));
        await homes.StandIns.FaultAsync(home.Service, null);
        var landed = await team.LandedAsync();
        var again = await RollbackWorld.ShouldEndAsync(team.RollbackAsync("8", Inputs(home)));

        (first.Exit, first.Errors.ShouldHaveSingleItem(), first["changed"]).ShouldBe((6, "secret-unreachable", "true"), first.ToString());
        first.Stdout.ShouldContain("run the same job again");
        again["changed"].ShouldBe("false");
        (await team.LandedAsync()).ShouldBe(landed);
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
        var single = JsonElement.Parse((await homes.RegistryAsync(home))[^1]).GetProperty("environments").GetProperty(RollbackWorld.Environment).GetProperty("single");
        VersionsOf(single).ShouldBe(["2.0.0", "3.0.0", "2.0.0", "1.0.0"]);
    }

    [Fact]
    public async Task A_drill_and_a_dry_run_write_nothing_down()
    {
        var home = Home("transit");
        using var team = await RollbackWorld.StartAsync(homes.Net, home.Variables);
        await team.ReleaseAsync("1.0.0");
        await team.BuildAsync("2.0.0");
        await RollbackWorld.ShouldEndAsync(team.DeployAsync(Inputs(home)));

        await RollbackWorld.ShouldEndAsync(team.RollbackAsync([.. Inputs(home), ("drill", "true")]));
        await RollbackWorld.ShouldEndAsync(team.RollbackAsync([.. Inputs(home), ("dry-run", "true")]));

        (await homes.RegistryAsync(home)).Count.ShouldBe(1);
    }

    private KeyHome Home(string name) => homes.All.Single(home => home.Name == name);

    private static (string Name, string Value)[] Inputs(KeyHome home) => [("registry", home.Registry), .. home.Inputs];

    /// <summary>Of each program: the version that runs, and those before, newest first.</summary>
    private static List<string[]> Versions(string registry, string[] names)
    {
        var programs = JsonElement.Parse(registry).GetProperty("environments").GetProperty(RollbackWorld.Environment);
        return [.. names.Select(name => VersionsOf(programs.GetProperty(name)))];
    }

    private static string[] VersionsOf(JsonElement program) =>
        [program.GetProperty("version").GetString()!, .. program.GetProperty("history").EnumerateArray().Select(older => older.GetProperty("version").GetString()!)];

    private static string Read(RollbackWorld team, string path) => Encoding.UTF8.GetString(File.ReadAllBytes(team.Workspace.At(path)));
}
