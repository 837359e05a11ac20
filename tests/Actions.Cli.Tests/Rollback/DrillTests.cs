using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;

namespace Actions.Cli.Tests.Rollback;

/// <summary>A rehearsal: everything but the final transaction, and a verdict about the time it takes.</summary>
public sealed class DrillTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task A_drill_costs_fees_and_leaves_everything_as_it_was_but_for_its_verdict()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");
        var (balance, before, slot) = (await Net.BalanceAsync(team.Payer.Address), await team.LandedAsync(), (await Net.ProgramAsync(team.Program.Address))!.Slot);
        var releases = (await team.RecordsAsync()).Count;

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("drill", "true"), ("rto", "10m")));

        (run["changed"], run["restored-version"], run["signature"]).ShouldBe(("false", "", ""));
        run.Amount("transactions").ShouldBe((ulong)(Deploy.Chunks(RollbackWorld.Build("1.0.0")) + 2), "create, write, close");
        (await team.LandedAsync() - before).ShouldBe((int)run.Amount("transactions"));
        (await Net.BalanceAsync(team.Payer.Address)).ShouldBe(balance - run.Amount("fee-lamports"), "the rent came back");
        (await Net.ProgramAsync(team.Program.Address))!.Slot.ShouldBe(slot);
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
        await team.LeavesNoBufferAsync();
        run.Planned("net-lamports").ShouldBe(run.Planned("fee-lamports"));

        var records = await team.RecordsAsync();
        records.Count.ShouldBe(releases + 1);
        var (drill, current) = (records[^1], records.Single(record => record.Facts.Version == "2.0.0" && record.Kind == RecordKind.Release));
        (drill.Kind, drill.Facts.Check, drill.State, drill.Facts.RefersTo).ShouldBe((RecordKind.Check, CheckKind.Drill, RecordState.Succeeded, current.Id));
        current.State.ShouldBe(RecordState.Succeeded);
        drill.Facts.RtoSeconds!.Value.ShouldBeInRange(0.05, run.Took.TotalSeconds);
        (run["record"], run["rto-seconds"]).ShouldBe((drill.Id, drill.Facts.RtoSeconds.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        run.Summary.ShouldContain("could have been rolled back to 1.0.0");

        (await RollbackWorld.ShouldEndAsync(team.RollbackAsync()))["restored-version"].ShouldBe("1.0.0", "a drill is not a rollback");
    }

    [Fact]
    public async Task A_drill_that_takes_too_long_is_a_negative_verdict_and_a_rollback_that_does_is_a_warning()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");

        var drill = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("drill", "true"), ("rto", "1ms")), 4);
        var real = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("rto", "1ms")));

        drill.Errors.ShouldBe(["rto-missed"]);
        real.Warnings.ShouldContain("rto-missed");
        (await team.RecordsAsync()).Single(record => record.Kind == RecordKind.Check).State.ShouldBe(RecordState.Failed);
        await team.RunsAsync(RollbackWorld.Build("1.0.0"));
    }

    [Fact]
    public async Task A_drill_by_two_keys_needs_nothing_of_the_authority_but_that_it_is_the_right_one()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");
        var stranger = await Net.PayerAsync();

        var refused = await team.RollbackAsync(("drill", "true"), ("upgrade-authority", stranger.Json));
        var planned = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("drill", "true"), ("dry-run", "true"), ("payer", team.Payer.ToString()), ("upgrade-authority", team.Payer.ToString())));

        (refused.Exit, refused.Errors.ShouldHaveSingleItem()).ShouldBe((3, "authority-mismatch"), refused.ToString());
        planned.Report!.Value.GetProperty("plan").GetProperty("steps").EnumerateArray().Last().GetString()!.ShouldStartWith("simulate the upgrade");
    }

    [Fact]
    public async Task A_killed_drill_is_continued_by_the_rollback_it_rehearsed()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");
        var before = await team.LandedAsync();
        await team.KillMidWriteAsync(team.StartRollback(("drill", "true"), ("max-rps", "40")));

        await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        (await team.LandedAsync() - before).ShouldBe(Deploy.Chunks(RollbackWorld.Build("1.0.0")) + 2);
        await team.LeavesNoBufferAsync();
    }

    [Fact]
    public async Task All_programs_of_a_release_are_rehearsed()
    {
        using var team = await RollbackWorld.StartAsync(Net, "registry", "perps");
        await team.ReleaseAsync("1.0.0");
        await team.ReleaseAsync("2.0.0");

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("drill", "true")));

        foreach (var name in team.Names)
        {
            await team.RunsAsync(RollbackWorld.Build("2.0.0"), name);
            (await team.RecordsAsync(name))[^1].Facts.Check.ShouldBe(CheckKind.Drill);
        }

        RollbackWorld.Results(run).ShouldAllBe(program => program.Value.GetProperty("changed").GetString() == "false" && program.Value.GetProperty("rto-seconds").GetString() != "");
        await team.LeavesNoBufferAsync();
    }
}
