using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Squads;

namespace Actions.Cli.Tests.Continue;

/// <summary>`standby: true`: a way back that is approved, and whose lock is over, before it is needed.</summary>
public sealed class StandbyTests(SquadsLocalnetFixture fixture) : IClassFixture<SquadsLocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task Proposed_approved_locked_executed_verified_and_rolled_back_by_the_standby()
    {
        using var program = await VaultProgram.StartAsync(Net, threshold: 2, timeLock: 2);
        program.Job.With(("standby", "true"));
        var proposed = await program.ProposeAsync();
        proposed["transaction-index"].ShouldBe("1");
        proposed.Summary.ShouldContain("Standby");
        (await program.BuffersAsync()).Count.ShouldBe(2);
        var again = await program.ProposeAsync();
        (again["transactions"], again["record"]).ShouldBe(("0", proposed["record"]), again.ToString());
        foreach (var index in (ulong[])[1, 2])
        {
            await program.Team.ApproveAsync(index, program.Members[0]);
            await program.Team.ApproveAsync(index, program.Members[1]);
        }

        var early = await program.RollbackAsync();
        early.Exit.ShouldBe(3, early.ToString());
        early.Errors.ShouldBe(["rollback-target"], "what would come back still runs");
        await program.Team.LockIsOverAsync(2, 2);
        var executed = await program.ShouldSayAsync(settled: 1, executed: 1, pending: 1);
        executed.Summary.ShouldContain("as the way back it can be executed at once");
        (await program.RunsAsync(TestPrograms.Token)).ShouldBeTrue();
        var verified = await ActionProcess.RunAsync("verify-program", new Dictionary<string, string>
        {
            ["cluster"] = "localnet", ["rpc-url"] = Net.Url, ["program-id"] = $"{program.Id}", ["program"] = "program.so", ["expected-authority"] = $"{program.Team.Vault}",
        }, program.Job.Workspace);
        verified.Exit.ShouldBe(0, verified.ToString());

        var back = await program.RollbackAsync();

        back.Exit.ShouldBe(0, back.ToString());
        (back["changed"], back["transactions"]).ShouldBe(("true", "1"), back.ToString());
        (await program.RunsAsync(TestPrograms.LookupTable)).ShouldBeTrue();
        (await program.BuffersAsync()).ShouldBeEmpty();
        (await program.RecordAsync(proposed["record"])).State.ShouldBe(RecordState.Undone);
        var standby = await program.RecordAsync(back["record"]);
        (standby.State, standby.Kind, standby.Facts.RefersTo, standby.Facts.TransactionIndex).ShouldBe((RecordState.Succeeded, RecordKind.Rollback, proposed["record"], 2UL));
        standby.Facts.Until.ShouldNotBeNull();
        await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0);
    }

    [Fact]
    public async Task A_standby_that_members_executed_takes_its_release_back_in_the_ledger_too()
    {
        using var program = await VaultProgram.StartAsync(Net);
        var proposed = await LiveAsync(program, approvals: 1);
        await program.Team.ExecuteAsync(2, program.Members[0]);

        await program.ShouldSayAsync(settled: 2, executed: 0, pending: 0, ("payer", ""));

        (await program.RecordAsync(proposed["record"])).State.ShouldBe(RecordState.Undone);
        (await program.RunsAsync(TestPrograms.LookupTable)).ShouldBeTrue();
    }

    [Fact]
    public async Task After_hypercare_a_member_with_a_vote_takes_it_away_and_its_rent_comes_back()
    {
        using var program = await VaultProgram.StartAsync(Net, may: VaultProgram.All);
        program.Job.With(("standby", "true"));
        var proposed = await program.ProposeAsync();
        await program.ShouldSayAsync(settled: 1, executed: 1, pending: 1);
        (await program.Team.ProposalAsync(2)).Status.ShouldBe(ProposalStatus.Approved);

        var over = await program.ShouldSayAsync(settled: 1, executed: 0, pending: 0, ("until", "1ms"));

        (await program.Team.ProposalAsync(2)).Status.ShouldBe(ProposalStatus.Cancelled);
        (await program.BuffersAsync()).ShouldBeEmpty();
        over.Amount("refunded-lamports").ShouldBe(await Net.RentAsync(37 + TestPrograms.LookupTable.Length));
        (await program.RecordAsync(proposed["record"])).State.ShouldBe(RecordState.Succeeded);
        (await program.RunsAsync(TestPrograms.Token)).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_vote_members_are_asked_to_close_its_buffer_and_the_record_waits_for_them()
    {
        using var program = await VaultProgram.StartAsync(Net);
        await LiveAsync(program, approvals: 0);

        var asked = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 1, ("until", "1ms"));

        asked.Summary.ShouldContain("members reject proposal 2");
        asked["unreturned"].ShouldBe("1");
        (await program.Team.ProposalAsync(3)).Status.ShouldBe(ProposalStatus.Active);
        await program.Team.ApproveAsync(3, program.Members[0]);
        (await program.ShouldSayAsync(settled: 0, executed: 0, pending: 1, ("until", "1ms")))["unreturned"].ShouldBe("0");
        (await program.BuffersAsync()).ShouldBeEmpty();
        await program.ShouldSayAsync(settled: 1, executed: 0, pending: 0);
    }

    [Fact]
    public async Task A_rollback_whose_standby_is_not_ready_says_so_and_changes_nothing()
    {
        using var program = await VaultProgram.StartAsync(Net);
        await LiveAsync(program, approvals: 0);

        var run = await program.RollbackAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["proposal-not-executable"]);
        (await program.RunsAsync(TestPrograms.Token)).ShouldBeTrue();
        (await program.Team.ProposalAsync(2)).Status.ShouldBe(ProposalStatus.Active);
    }

    [Fact]
    public async Task Without_a_standby_a_rollback_proposes_and_is_no_success_before_the_members_agree()
    {
        using var program = await VaultProgram.StartAsync(Net);
        var proposed = await program.ProposeAsync(approvals: 1);
        await program.ShouldSayAsync(settled: 1, executed: 1, pending: 0);

        var asked = await program.RollbackAsync();
        asked.Exit.ShouldBe(3, asked.ToString());
        asked.Errors.ShouldBe(["proposal-not-executable"]);
        await program.Team.ApproveAsync(2, program.Members[0]);
        await program.ShouldSayAsync(settled: 2, executed: 1, pending: 0);

        (await program.RunsAsync(TestPrograms.LookupTable)).ShouldBeTrue();
        (await program.RecordAsync(proposed["record"])).State.ShouldBe(RecordState.Undone);
    }

    /// <summary>The upgrade runs, and its standby has as many approvals.</summary>
    private static async Task<ActionRun> LiveAsync(VaultProgram program, int approvals)
    {
        program.Job.With(("standby", "true"));
        var proposed = await program.ProposeAsync(approvals: 1);
        foreach (var member in program.Members.Take(approvals))
        {
            await program.Team.ApproveAsync(2, member);
        }

        await program.ShouldSayAsync(settled: 1, executed: 1, pending: 1);
        return proposed;
    }
}
