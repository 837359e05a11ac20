using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Squads;
using Actions.Core.Tests.GitHub;

namespace Actions.Cli.Tests.Continue;

/// <summary>`continue`: what becomes of records that wait for the members of a multisig.</summary>
public sealed class ContinueTests(SquadsLocalnetFixture fixture) : IClassFixture<SquadsLocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task A_proposal_is_left_alone_until_it_may_be_executed_and_then_executed_and_recorded()
    {
        using var program = await VaultProgram.StartAsync(Net, threshold: 2, timeLock: 3);
        var proposed = await program.ProposeAsync(approvals: 1);

        var voting = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 1);
        voting["executable-at"].ShouldBe("");
        voting.Summary.ShouldContain("1 of 2");
        voting.Summary.ShouldContain(proposed["executable-hash"]);
        await program.Team.ApproveAsync(1, program.Members[1]);
        var locked = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 1);
        locked["executable-at"].ShouldBe($"{(await program.Team.ProposalAsync(1)).Since!.Value.AddSeconds(3):yyyy-MM-dd'T'HH:mm:ss'Z'}");
        locked["transactions"].ShouldBe("0");
        await program.Team.LockIsOverAsync(1, 3);
        var planned = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 1, ("dry-run", "true"));
        planned.Summary.ShouldContain("would be executed");

        var executed = await program.ShouldSayAsync(settled: 1, executed: 1, pending: 0);

        (await program.RunsAsync(TestPrograms.Token)).ShouldBeTrue();
        (await program.BuffersAsync()).ShouldBeEmpty();
        (executed["changed"], executed["transactions"], executed["unreturned"]).ShouldBe(("true", "1", "0"));
        var record = await program.RecordAsync(proposed["record"]);
        record.State.ShouldBe(RecordState.Succeeded);
        record.Facts.UpgradeAuthority.ShouldBe(program.Team.Vault);
        record.Facts.TransactionIndex.ShouldBe(1UL);
        record.Facts.Slot.ShouldBe((await Net.ProgramAsync(program.Id))!.Slot);
        (await Net.SignersAsync($"{record.Facts.Signature}")).ShouldBe([program.Payer.Address]);
        var after = await program.Job.RunAsync();
        (after.Exit, after["changed"], after["record"]).ShouldBe((0, "false", proposed["record"]), after.ToString());
    }

    [Fact]
    public async Task Nothing_pending_is_said_and_nobody_is_asked()
    {
        using var workspace = new Workspace();
        var run = await ActionProcess.RunAsync("continue", new Dictionary<string, string> { ["cluster"] = "localnet", ["rpc-url"] = "http://127.0.0.1:1" }, workspace);

        run.Exit.ShouldBe(0, run.ToString());
        (run["settled"], run["pending"], run["results"]).ShouldBe(("0", "0", "{}"));
        run.Summary.ShouldContain("Nothing is pending");
    }

    [Fact]
    public async Task What_members_executed_themselves_is_recorded_with_its_transaction()
    {
        using var program = await VaultProgram.StartAsync(Net);
        var proposed = await program.ProposeAsync(approvals: 1);
        await program.Team.ExecuteAsync(1, program.Members[0]);

        var run = await program.ShouldSayAsync(settled: 1, executed: 0, pending: 0, ("payer", ""), ("program-id", ""));

        run["changed"].ShouldBe("false");
        var record = await program.RecordAsync(proposed["record"]);
        record.State.ShouldBe(RecordState.Succeeded);
        record.Facts.Slot.ShouldBe((await Net.ProgramAsync(program.Id))!.Slot);
        (await Net.SignersAsync($"{record.Facts.Signature}")).ShouldContain(program.Members[0].Address);
        await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0, ("rpc-url", "http://127.0.0.1:1"));
    }

    [Theory]
    [InlineData("rejected", RecordState.Failed)]
    [InlineData("cancelled", RecordState.Cancelled)]
    [InlineData("stale", RecordState.Failed)]
    public async Task A_proposal_that_came_to_nothing_ends_its_record_and_its_rent_comes_back(string end, RecordState state)
    {
        using var program = await VaultProgram.StartAsync(Net);
        var proposed = await program.ProposeAsync();
        await (end switch
        {
            "rejected" => Task.WhenAll(program.Members.Select(member => program.Team.RejectAsync(1, member))),
            "cancelled" => CancelAsync(program),
            _ => program.Team.SetTimeLockAsync(1),
        });
        var rent = await Net.BalanceAsync(Address.Parse(proposed["buffer"]));

        var settled = await program.ShouldSayAsync(settled: 1, executed: 0, pending: 0);

        (await program.RecordAsync(proposed["record"])).State.ShouldBe(state);
        (await program.RecordAsync(proposed["record"])).Facts.Reason.ShouldNotBeNull().ShouldContain(end);
        settled["unreturned"].ShouldBe("1");
        (await program.Team.ProposalAsync(2)).Status.ShouldBe(ProposalStatus.Active);
        var again = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0);
        (again["transactions"], again["unreturned"]).ShouldBe(("0", "1"), "it is proposed once");
        await program.Team.ApproveAsync(2, program.Members[0]);
        await program.Team.LockIsOverAsync(2, 1);
        var returned = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0);
        (returned["refunded-lamports"], returned["unreturned"], returned["changed"]).ShouldBe(($"{rent}", "0", "false"), returned.ToString());
        (await program.BuffersAsync()).ShouldBeEmpty();
        (await program.RunsAsync(TestPrograms.LookupTable)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_run_that_may_not_propose_tells_the_members_what_to_sign()
    {
        using var program = await VaultProgram.StartAsync(Net);
        await program.ProposeAsync();
        await Task.WhenAll(program.Members.Select(member => program.Team.RejectAsync(1, member)));

        var run = await program.ShouldSayAsync(settled: 1, executed: 0, pending: 0, ("payer", ""));

        (run["unreturned"], run["transactions"]).ShouldBe(("1", "0"));
        run.Summary.ShouldContain("import this transaction");
    }

    [Fact]
    public async Task Without_the_permission_to_execute_it_waits_for_a_member_that_has_it()
    {
        using var program = await VaultProgram.StartAsync(Net, may: SquadsPermissions.Initiate);
        await program.ProposeAsync(approvals: 1);

        var run = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 1);

        run.Warnings.ShouldContain("multisig-permission");
        run["transactions"].ShouldBe("0");
        await program.ShouldSayAsync(settled: 1, executed: 1, pending: 0, ("payer", program.Members[0].Json));
    }

    [Fact]
    public async Task A_buffer_that_was_changed_after_the_proposal_is_never_executed()
    {
        using var program = await VaultProgram.StartAsync(Net);
        var rogue = await Net.PayerAsync(1);
        var proposed = await program.ProposeAsync(approvals: 1);
        var buffer = Address.Parse(proposed["buffer"]);
        await program.Team.SignAsync(2, program.Members[0], LoaderProgram.SetAuthority(buffer, program.Team.Vault, rogue.Address));
        (await ShouldRefuseAsync(program)).ToString().ShouldContain($"{rogue.Address} has it");
        await Net.SendAsync([LoaderProgram.Write(buffer, rogue.Address, 4_000, new byte[] { 1, 2, 3 }), LoaderProgram.SetAuthority(buffer, rogue.Address, program.Team.Vault)], rogue);
        (await ShouldRefuseAsync(program)).ToString().ShouldContain("other bytes");

        (await program.RunsAsync(TestPrograms.LookupTable)).ShouldBeTrue();
        (await program.RecordAsync(proposed["record"])).State.ShouldBe(RecordState.Pending);
    }

    [Fact]
    public async Task Two_runs_at_once_execute_once_and_agree()
    {
        using var program = await VaultProgram.StartAsync(Net);
        var proposed = await program.ProposeAsync(approvals: 1);
        using var first = program.StartContinue();
        using var second = program.StartContinue(("payer", program.Members[0].Json));

        var runs = await Task.WhenAll(first.EndAsync(), second.EndAsync());

        runs.ShouldAllBe(run => run.Exit == 0, $"{runs[0]}\n{runs[1]}");
        runs.Sum(run => int.Parse(run["executed"], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(1, $"{runs[0]}\n{runs[1]}");
        runs.ShouldAllBe(run => run["pending"] == "0");
        var record = await program.RecordAsync(proposed["record"]);
        record.State.ShouldBe(RecordState.Succeeded);
        record.Facts.Slot.ShouldBe((await Net.ProgramAsync(program.Id))!.Slot);
        record.Facts.Signature.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_run_that_is_killed_while_it_executes_is_completed_by_the_next()
    {
        using var program = await VaultProgram.StartAsync(Net);
        var proposed = await program.ProposeAsync(approvals: 1);
        using (var process = program.StartContinue())
        {
            await process.WhenAsync(() => Task.FromResult(process.Said("Executing proposal")));
            await process.KillAsync();
        }

        await Net.WaitSlotsAsync(6);
        var run = await program.ContinueAsync();

        (run.Exit, run["settled"], run["pending"]).ShouldBe((0, "1", "0"), run.ToString());
        (await program.RecordAsync(proposed["record"])).State.ShouldBe(RecordState.Succeeded);
        (await program.RunsAsync(TestPrograms.Token)).ShouldBeTrue();
        (await Net.LandedAsync(program.Payer.Address)).Count(line => line.Failed).ShouldBe(0);
    }

    [Fact]
    public async Task The_records_of_a_repository_are_settled_too()
    {
        await using var github = await GitHubStandIn.StartAsync();
        using var program = await VaultProgram.StartAsync(Net);
        program.OnGitHub(github);
        var proposed = await program.ProposeAsync(approvals: 1);

        var executed = await program.ShouldSayAsync(settled: 1, executed: 1, pending: 0, ("program-id", ""));

        executed["results"].ShouldContain(proposed["record"]);
        var deployments = await github.CallsAsync("POST", "/deployments");
        deployments.Count.ShouldBe(3, "begun, waiting, succeeded");
        await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0, ("program-id", ""), ("rpc-url", "http://127.0.0.1:1"));
    }

    [Fact]
    public async Task An_upgrade_that_another_release_overtook_is_not_executed()
    {
        using var program = await VaultProgram.StartAsync(Net);
        var late = await program.ProposeAsync(approvals: 1);
        program.Job.WithProgram(TestPrograms.Stake);
        await program.ProposeAsync(approvals: 1);
        await program.Team.ExecuteAsync(2, program.Members[0]);

        var run = await program.ShouldSayAsync(settled: 2, executed: 0, pending: 0);

        run.Warnings.ShouldContain("program-changed");
        (await program.RecordAsync(late["record"])).State.ShouldBe(RecordState.Failed);
        (await program.RunsAsync(TestPrograms.Stake)).ShouldBeTrue();
    }

    private static async Task CancelAsync(VaultProgram program)
    {
        await program.Team.ApproveAsync(1, program.Members[0]);
        await program.Team.CancelAsync(1, program.Members[1]);
    }

    private static async Task<ActionRun> ShouldRefuseAsync(VaultProgram program)
    {
        var run = await program.ContinueAsync();
        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["buffer-foreign"]);
        (run["pending"], run["transactions"]).ShouldBe(("1", "0"));
        return run;
    }
}
