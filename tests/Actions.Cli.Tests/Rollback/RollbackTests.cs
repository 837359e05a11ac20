using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;

namespace Actions.Cli.Tests.Rollback;

/// <summary>One program back to what it ran before, by the real executable against the real loader.</summary>
public sealed class RollbackTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task After_A_B_C_one_rollback_gives_B_and_another_gives_A_and_then_there_is_none()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0", "3.0.0");

        var first = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("reason", "orders stall")));
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
        var second = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());
        await team.RunsAsync(RollbackWorld.Build("1.0.0"));
        var before = await team.LandedAsync();
        var third = await team.RollbackAsync();

        (first["restored-version"], first["changed"], second["restored-version"]).ShouldBe(("2.0.0", "true", "1.0.0"));
        first["previous-executable-hash"].ShouldBe(RollbackWorld.Hash(RollbackWorld.Build("3.0.0")));
        first["executable-hash"].ShouldBe(RollbackWorld.Hash(RollbackWorld.Build("2.0.0")));
        (third.Exit, third.Errors.ShouldHaveSingleItem()).ShouldBe((3, "rollback-target"), third.ToString());
        (await team.LandedAsync()).ShouldBe(before, "nothing was sent");
        await team.LeavesNoBufferAsync();

        var records = await team.RecordsAsync();
        var (a, b, c) = (Release(records, "1.0.0"), Release(records, "2.0.0"), Release(records, "3.0.0"));
        (a.State, b.State, c.State).ShouldBe((RecordState.Succeeded, RecordState.Undone, RecordState.Undone));
        var rollbacks = records.Where(record => record.Kind == RecordKind.Rollback).ToList();
        rollbacks.Select(record => (record.State, record.Facts.Restores, record.Facts.From, record.Facts.ReleaseId)).ShouldBe(
            [(RecordState.Succeeded, b.Id, c.Id, c.Facts.ReleaseId), (RecordState.Succeeded, a.Id, b.Id, b.Facts.ReleaseId)]);
        c.Facts.UndoneBy.ShouldBe(rollbacks[0].Id);
        rollbacks[0].Facts.ShouldSatisfyAllConditions(
            facts => facts.Reason.ShouldBe("orders stall"),
            facts => facts.Signature.ToString().ShouldBe(first["signature"]),
            facts => facts.Slot.ToString().ShouldBe(first["slot"]),
            facts => facts.Version.ShouldBe("2.0.0"),
            facts => facts.RtoSeconds!.Value.ShouldBeInRange(0.05, first.Took.TotalSeconds));
        first["record"].ShouldBe(rollbacks[0].Id);
        first["rto-seconds"].ShouldBe(rollbacks[0].Facts.RtoSeconds!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_version_and_a_digest_are_targets_too_and_what_runs_already_is_no_work()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0", "3.0.0");
        var digest = Release(await team.RecordsAsync(), "2.0.0").Facts.Sha256!;

        var far = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("to", "v1.0.0")));
        await team.RunsAsync(RollbackWorld.Build("1.0.0"));
        var again = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("to", "1.0.0")));
        var forth = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("to", digest)));
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
        var never = await team.RollbackAsync(("to", "4.0.0"));

        (far["restored-version"], again["changed"], again["transactions"], again["restored-version"], forth["restored-version"]).ShouldBe(("1.0.0", "false", "0", "1.0.0", "2.0.0"));
        (never.Exit, never.Errors.ShouldHaveSingleItem()).ShouldBe((3, "rollback-target"), never.ToString());
        never.Report!.Value.GetProperty("faults")[0].GetProperty("found").GetString()!.ShouldContain("1.0.0, 2.0.0, 3.0.0");
    }

    [Fact]
    public async Task What_was_stored_and_never_ran_here_is_not_a_target()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");
        await team.BuildAsync("3.0.0");

        var run = await team.RollbackAsync(("to", "3.0.0"));

        (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((3, "rollback-target"), run.ToString());
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
    }

    [Fact]
    public async Task A_program_alone_needs_no_release_file()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("release-file", ""), ("cluster", "localnet"), ("program-id", team.Program.ToString())));

        await team.RunsAsync(RollbackWorld.Build("1.0.0"));
        (run["restored-version"], RollbackWorld.Results(run).Single().Name).ShouldBe(("1.0.0", team.Program.ToString()));
    }

    [Fact]
    public async Task A_half_written_deploy_is_settled_its_buffer_closed_and_nothing_upgraded()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0");
        await team.BuildAsync("2.0.0");
        await team.KillDeployAsync();
        (await Net.BuffersAsync(team.Payer.Address)).ShouldHaveSingleItem();
        var (before, balance) = (await team.LandedAsync(), await Net.BalanceAsync(team.Payer.Address));

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        (run["changed"], run["transactions"], run["restored-version"]).ShouldBe(("false", "1", "1.0.0"), run.ToString());
        (await team.LandedAsync()).ShouldBe(before + 1, "the closing of the buffer and nothing else");
        (await Net.BalanceAsync(team.Payer.Address)).ShouldBe(balance + run.Amount("refunded-lamports") - run.Amount("fee-lamports"));
        await team.RunsAsync(RollbackWorld.Build("1.0.0"));
        await team.LeavesNoBufferAsync();
        var records = await team.RecordsAsync();
        Release(records, "2.0.0").State.ShouldBe(RecordState.Failed);
        records.ShouldAllBe(record => record.Kind == RecordKind.Release);

        var again = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());
        (again["changed"], again["transactions"]).ShouldBe(("false", "0"));
    }

    [Fact]
    public async Task A_first_deploy_that_got_half_way_leaves_no_buffer()
    {
        using var team = await RollbackWorld.StartAsync(Net);
        await team.BuildAsync("1.0.0");
        await team.KillDeployAsync();

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        (run["changed"], run["transactions"]).ShouldBe(("false", "1"));
        await team.LeavesNoBufferAsync();
        (await Net.ProgramAsync(team.Program.Address)).ShouldBeNull();
    }

    [Fact]
    public async Task A_half_written_deploy_does_not_keep_anybody_from_a_version_that_is_named()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");
        await team.BuildAsync("3.0.0");
        await team.KillDeployAsync();

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("to", "1.0.0")));

        run["changed"].ShouldBe("true");
        await team.RunsAsync(RollbackWorld.Build("1.0.0"));
        await team.LeavesNoBufferAsync();
    }

    [Fact]
    public async Task A_deploy_killed_between_its_landing_and_its_record_is_undone_like_any_other()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0");
        await team.BuildAsync("2.0.0");
        await KillAfterLandingAsync(team, team.StartDeploy());

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        run["restored-version"].ShouldBe("1.0.0");
        await team.RunsAsync(RollbackWorld.Build("1.0.0"));
        var undone = Release(await team.RecordsAsync(), "2.0.0");
        (undone.State, undone.Facts.UndoneBy).ShouldBe((RecordState.Undone, run["record"]));
        undone.Facts.Slot.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_rollback_killed_between_its_landing_and_its_record_is_completed_and_goes_no_further()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0", "3.0.0");
        await KillAfterLandingAsync(team, team.StartRollback());
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
        var before = await team.LandedAsync();

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        (run["changed"], run["restored-version"]).ShouldBe(("false", "2.0.0"), run.ToString());
        (await team.LandedAsync()).ShouldBe(before);
        var records = await team.RecordsAsync();
        records.Single(record => record.Kind == RecordKind.Rollback).State.ShouldBe(RecordState.Succeeded);
        Release(records, "3.0.0").State.ShouldBe(RecordState.Undone);
        (await RollbackWorld.ShouldEndAsync(team.RollbackAsync()))["restored-version"].ShouldBe("1.0.0");
    }

    [Fact]
    public async Task A_rollback_killed_half_way_is_continued_and_writes_nothing_twice()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0", "3.0.0");
        var before = await team.LandedAsync();
        await team.KillMidWriteAsync(team.StartRollback(("max-rps", "40")));

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        run["restored-version"].ShouldBe("2.0.0");
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
        (await team.LandedAsync() - before).ShouldBe(SolanaDeploy.Deploy.Chunks(RollbackWorld.Build("2.0.0")) + 2);
    }

    [Fact]
    public async Task A_re_run_of_the_same_github_run_rolls_nothing_back_twice()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0", "3.0.0");
        await RollbackWorld.ShouldEndAsync(team.RollbackAsync("4711"));
        var before = await team.LandedAsync();

        var again = await RollbackWorld.ShouldEndAsync(team.RollbackAsync("4711"));

        (again["changed"], again["restored-version"], await team.LandedAsync()).ShouldBe(("false", "2.0.0", before));
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
        (await RollbackWorld.ShouldEndAsync(team.RollbackAsync("4712")))["restored-version"].ShouldBe("1.0.0");
    }

    [Fact]
    public async Task Bytes_that_nobody_recorded_are_kept_whole_before_they_are_replaced_and_can_come_back()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");
        byte[] byHand = [.. RollbackWorld.Build("by hand"), .. new byte[100]];
        await team.DeployByHandAsync("perps", byHand);
        var onChain = (await Net.ProgramAsync(team.Program.Address))!.Data.ToArray();

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        run["restored-version"].ShouldBe("2.0.0");
        run.Warnings.ShouldContain("hash-mismatch");
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
        var version = (await team.Store.VersionsAsync("perps", default))[0];
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(onChain));
        version.Text.ShouldBe($"0.0.0-chain.h{sha256[..16]}");
        var saved = (await team.Store.FindAsync("perps", version, default))!.Manifest;
        (saved.Source, saved.Artifacts.Single().Sha256).ShouldBe((Core.Store.ManifestSource.Chain, sha256));
        (await team.Store.FetchAsync(saved, Core.Store.StoredFile.Of(saved.Artifacts[0]), default)).ShouldBe(onChain, "the last zeros too");

        var back = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("to", version.Text)));
        back["restored-version"].ShouldBe(version.Text);
        await team.RunsAsync(byHand);
        (await RollbackWorld.ShouldEndAsync(team.RollbackAsync()))["restored-version"].ShouldBe("1.0.0", "2.0.0 was undone by the rollback before");
    }

    [Fact]
    public async Task A_program_that_was_extended_runs_the_old_bytes_and_zeros()
    {
        using var team = await RollbackWorld.StartAsync(Net);
        await team.ReleaseAsync("1.0.0");
        await team.ReleaseAsync("2.0.0", TestPrograms.LookupTable);

        await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        await team.RunsAsync(RollbackWorld.Build("1.0.0"));
        (await Net.ProgramAsync(team.Program.Address))!.Data.Length.ShouldBeGreaterThanOrEqualTo(TestPrograms.LookupTable.Length);
    }

    [Fact]
    public async Task A_plan_needs_no_key_and_changes_nothing()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");
        var (ledger, before) = (File.ReadAllBytes(team.LedgerPath()), await team.LandedAsync());

        var run = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("dry-run", "true"), ("payer", team.Payer.ToString()), ("upgrade-authority", team.Payer.ToString())));

        run.Planned("peak-lamports").ShouldBeGreaterThan(0);
        run.Summary.ShouldContain("A rollback to 1.0.0");
        (run["changed"], run["restored-version"], await team.LandedAsync()).ShouldBe(("false", "", before));
        File.ReadAllBytes(team.LedgerPath()).ShouldBe(ledger);
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
    }

    [Fact]
    public async Task A_smoke_test_afterwards_decides_how_it_ends()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0", "3.0.0");
        Spec(team, "good.yml", RollbackWorld.Build("2.0.0"));
        Spec(team, "bad.yml", RollbackWorld.Build("2.0.0"));

        var good = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("spec", "good.yml")));
        var bad = await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("spec", "bad.yml")), 4);

        good.Summary.ShouldContain("It works");
        good["record"].ShouldNotBeEmpty();
        bad.Errors.ShouldBe(["smoke-failed"]);
        (bad["changed"], bad["restored-version"]).ShouldBe(("true", "1.0.0"), "the old bytes run all the same");
        var checks = (await team.RecordsAsync()).Where(record => record.Kind == RecordKind.Check).ToList();
        checks.Select(check => (check.State, check.Facts.RefersTo)).ShouldBe(
            [(RecordState.Succeeded, Release(await team.RecordsAsync(), "2.0.0").Id), (RecordState.Failed, Release(await team.RecordsAsync(), "1.0.0").Id)]);
    }

    private static void Spec(RollbackWorld team, string name, byte[] expected) => team.Workspace.Put(name, System.Text.Encoding.UTF8.GetBytes($$"""
        version: 1
        checks:
          - name: runs
            program: { executable-hash: {{RollbackWorld.Hash(expected)}} }
        """));

    /// <summary>kill -9 as soon as the program's slot changes: what the run still wants to write down, it mostly cannot.</summary>
    private async Task KillAfterLandingAsync(RollbackWorld team, ActionProcess process)
    {
        using (process)
        {
            await process.WhenAsync(() => Task.FromResult(process.Said("Upgrading")));
            // A ledger that cannot be written keeps the record open, however quick the run is.
            using var held = File.Open(team.LedgerPath(), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            var slot = (await Net.ProgramAsync(team.Program.Address))!.Slot;
            await process.WhenAsync(async () => (await Net.ProgramAsync(team.Program.Address))!.Slot > slot);
            await process.KillAsync();
        }

        await Net.WaitSlotsAsync(4);
        LedgerRules.Open(await team.RecordsAsync()).Count.ShouldBe(1, "the record is still open");
    }

    private static LedgerRecord Release(IReadOnlyList<LedgerRecord> records, string version) =>
        records.Single(record => record.Kind == RecordKind.Release && record.Facts.Version == version);
}
