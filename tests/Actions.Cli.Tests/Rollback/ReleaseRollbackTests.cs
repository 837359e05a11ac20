using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;

namespace Actions.Cli.Tests.Rollback;

/// <summary>All programs of a release, from the last to the first.</summary>
public sealed class ReleaseRollbackTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private static readonly string[] Four = ["registry", "vault", "book", "perps"];

    private Localnet Net => fixture.Net;

    [Fact]
    public async Task Four_programs_go_back_from_the_last_to_the_first()
    {
        using var team = await RollbackWorld.StartAsync(Net, Four);
        await team.ReleaseAsync("1.0.0");
        await team.ReleaseAsync("2.0.0");

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        RollbackWorld.Results(run).Select(program => (program.Name, program.Value.GetProperty("restored-version").GetString())).ShouldBe(
            [("perps", "1.0.0"), ("book", "1.0.0"), ("vault", "1.0.0"), ("registry", "1.0.0")]);
        run.Outputs.ContainsKey("restored-version").ShouldBeFalse("the plain outputs are those of a single program");
        var slots = new List<ulong>();
        foreach (var name in Four)
        {
            await team.RunsAsync(RollbackWorld.Build("1.0.0"), name);
            slots.Add((await Net.ProgramAsync(team.Programs[name].Address))!.Slot);
        }

        slots.ShouldBe(slots.OrderDescending());
        await team.LeavesNoBufferAsync();
        List<string?> undone = [];
        foreach (var name in Four)
        {
            undone.Add((await team.NewestAsync(RecordKind.Rollback, name)).Facts.ReleaseId);
        }

        undone.Distinct().ShouldHaveSingleItem().ShouldBe((await team.NewestAsync(RecordKind.Release, "book")).Facts.ReleaseId);
    }

    [Fact]
    public async Task A_release_that_stopped_at_the_third_is_undone_in_the_two_that_it_changed()
    {
        using var team = await RollbackWorld.StartAsync(Net, Four);
        await team.ReleaseAsync("1.0.0");
        await team.BuildAsync("2.0.0", others: ("book", CorruptProgram.Make(TestPrograms.LookupTable)));
        (await RollbackWorld.ShouldEndAsync(team.DeployAsync(), 3)).Errors.ShouldBe(["verifier-rejected"]);
        await team.RunsAsync(RollbackWorld.Build("2.0.0"), "vault");

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        RollbackWorld.Results(run).ToDictionary(program => program.Name, program => program.Value.GetProperty("changed").GetString()).ShouldBe(
            new Dictionary<string, string?> { ["perps"] = "false", ["book"] = "false", ["vault"] = "true", ["registry"] = "true" }, ignoreOrder: true);
        foreach (var name in Four)
        {
            await team.RunsAsync(RollbackWorld.Build("1.0.0"), name);
        }

        (await team.RecordsAsync("perps")).ShouldHaveSingleItem("the release never got to it").State.ShouldBe(RecordState.Succeeded);
    }

    [Fact]
    public async Task An_interrupted_rollback_is_continued_where_it_stopped()
    {
        using var team = await RollbackWorld.StartAsync(Net, "registry", "vault", "perps");
        await team.ReleaseAsync("1.0.0");
        await team.ReleaseAsync("2.0.0");
        await team.KillMidWriteAsync(team.StartRollback(("max-rps", "40")));
        await KillWhenDoneAsync(team, "perps");
        await team.RunsAsync(RollbackWorld.Build("1.0.0"), "perps");
        await team.RunsAsync(RollbackWorld.Build("2.0.0"), "registry");

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        RollbackWorld.Results(run).ShouldAllBe(program => program.Value.GetProperty("restored-version").GetString() == "1.0.0");
        foreach (var name in team.Names)
        {
            await team.RunsAsync(RollbackWorld.Build("1.0.0"), name);
            (await team.RecordsAsync(name)).Count(record => record is { Kind: RecordKind.Rollback, State: RecordState.Succeeded }).ShouldBe(1, name);
        }

        await team.LeavesNoBufferAsync();
    }

    [Fact]
    public async Task A_program_that_changes_before_its_turn_stops_the_rollback_there()
    {
        using var team = await RollbackWorld.StartAsync(Net, "registry", "vault", "perps");
        await team.ReleaseAsync("1.0.0");
        await team.ReleaseAsync("2.0.0");
        using var process = team.StartRollback(("max-rps", "20")); // slow enough for the other deploy, also on a busy machine
        await process.WhenAsync(() => Task.FromResult(process.Said("Creating the buffer")));
        await team.DeployByHandAsync("vault", RollbackWorld.Build("by hand"));

        var run = await process.EndAsync();

        (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((3, "program-changed"), run.ToString());
        await team.RunsAsync(RollbackWorld.Build("1.0.0"), "perps");
        await team.RunsAsync(RollbackWorld.Build("by hand"), "vault");
        await team.RunsAsync(RollbackWorld.Build("2.0.0"), "registry");
        RollbackWorld.Results(run).Select(program => (program.Name, program.Value.GetProperty("changed").GetString())).ShouldBe([("perps", "true"), ("vault", "false"), ("registry", "false")]);
    }

    [Fact]
    public async Task A_version_that_changed_one_program_is_taken_back_from_all_of_them()
    {
        using var team = await RollbackWorld.StartAsync(Net, "registry", "perps");
        await team.ReleaseAsync("1.0.0");
        await team.ReleaseAsync("2.0.0");
        await team.ReleaseAsync("3.0.0", others: ("registry", RollbackWorld.Build("2.0.0")));
        (await team.NewestAsync(RecordKind.Release, "registry")).Facts.Unchanged.ShouldBe(true);
        var before = await team.LandedAsync();

        var first = await RollbackWorld.ShouldEndAsync(team.RollbackAsync("7"));
        var after = await team.LandedAsync();
        await RollbackWorld.ShouldEndAsync(team.RollbackAsync("7"));
        (await team.LandedAsync()).ShouldBe(after, "the same run");
        var second = await RollbackWorld.ShouldEndAsync(team.RollbackAsync("8"));

        RollbackWorld.Results(first).Select(program => (program.Name, program.Value.GetProperty("restored-version").GetString(), program.Value.GetProperty("changed").GetString())).ShouldBe(
            [("registry", "2.0.0", "false"), ("perps", "2.0.0", "true")], ignoreOrder: true);
        (after - before).ShouldBe(Deploy.Chunks(RollbackWorld.Build("2.0.0")) + 2);
        RollbackWorld.Results(second).Select(program => program.Value.GetProperty("restored-version").GetString()).ShouldBe(["1.0.0", "1.0.0"]);
        await team.RunsAsync(RollbackWorld.Build("1.0.0"), "registry");
        await team.RunsAsync(RollbackWorld.Build("1.0.0"), "perps");
    }

    [Fact]
    public async Task One_of_them_alone_goes_back_when_it_is_chosen()
    {
        using var team = await RollbackWorld.StartAsync(Net, "registry", "perps");
        await team.ReleaseAsync("1.0.0");
        await team.ReleaseAsync("2.0.0");

        var chosen = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("only", "perps")));
        await team.RunsAsync(RollbackWorld.Build("2.0.0"), "registry");
        await team.RunsAsync(RollbackWorld.Build("1.0.0"), "perps");
        var byId = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("program-id", team.Programs["registry"].ToString())));

        (chosen["restored-version"], byId["restored-version"]).ShouldBe(("1.0.0", "1.0.0"));
        await team.RunsAsync(RollbackWorld.Build("1.0.0"), "registry");
    }

    [Fact]
    public async Task What_is_wrong_with_any_of_them_is_said_before_the_first_is_touched()
    {
        using var team = await RollbackWorld.StartAsync(Net, "registry", "perps");
        await team.ReleaseAsync("1.0.0");
        await team.ReleaseAsync("2.0.0");
        var before = await team.LandedAsync();

        var capped = await team.RollbackAsync(("max-spend", "0.000001"));
        var stranger = await Net.PayerAsync();
        var foreign = await team.RollbackAsync(("upgrade-authority", stranger.Json));

        (capped.Exit, capped.Errors.Distinct().ShouldHaveSingleItem()).ShouldBe((3, "spend-cap"), capped.ToString());
        (foreign.Exit, string.Join(' ', foreign.Errors)).ShouldBe((3, "authority-mismatch authority-mismatch"), foreign.ToString());
        (await team.LandedAsync()).ShouldBe(before);
    }

    /// <summary>Starts a rollback again and kills it when this program runs the old bytes.</summary>
    private async Task KillWhenDoneAsync(RollbackWorld team, string name)
    {
        var slot = (await Net.ProgramAsync(team.Programs[name].Address))!.Slot;
        using var process = team.StartRollback(("max-rps", "40"));
        await process.WhenAsync(async () => (await Net.ProgramAsync(team.Programs[name].Address))!.Slot > slot);
        await process.KillAsync();
        await Net.WaitSlotsAsync(4);
    }
}
