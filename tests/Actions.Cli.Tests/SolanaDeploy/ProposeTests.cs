using System.Globalization;
using System.Runtime.InteropServices;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>`mode: propose`: the upgrade of a program that a vault of Squads owns, from the buffer to its execution.</summary>
public sealed class ProposeTests(SquadsLocalnetFixture fixture) : IClassFixture<SquadsLocalnetFixture>
{
    private const SquadsPermissions Proposer = SquadsPermissions.Initiate | SquadsPermissions.Execute;
    private const SquadsPermissions All = Proposer | SquadsPermissions.Vote;

    private Localnet Net => fixture.Net;

    [Fact]
    public async Task The_members_approve_the_lock_runs_out_and_the_same_job_executes()
    {
        var (payer, first, second) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 2, 3, (payer, Proposer), (first, SquadsPermissions.Vote), (second, SquadsPermissions.Vote));
        var program = await OwnedAsync(payer, team.Vault);
        using var job = Job(payer, team, program).With(("priority-fee", "0"));
        var planned = await job.With(("dry-run", "true")).RunAsync();
        planned.Exit.ShouldBe(0, planned.ToString());
        var before = await Books.OpenAsync(Net, payer.Address);

        var proposed = await job.With(("dry-run", "")).RunAsync();

        proposed.Exit.ShouldBe(0, proposed.ToString());
        proposed["changed"].ShouldBe("true");
        proposed["transaction-index"].ShouldBe("1");
        proposed["proposal"].ShouldBe($"{SquadsAddress.Proposal(team.Multisig, 1)}");
        proposed["executable-at"].ShouldBe("");
        proposed["signature"].ShouldBe("");
        proposed["upgrade-authority"].ShouldBe($"{team.Vault}");
        var after = await Books.OpenAsync(Net, payer.Address);
        ((long)before.Payer - (long)after.Payer).ShouldBe(planned.Planned("net-lamports"), "the plan knows the rent of the proposal, too");
        after.Failed.ShouldBe(0);
        (await RunsAsync(program, TestPrograms.Token)).ShouldBeFalse();
        (await Net.BuffersAsync(team.Vault)).ShouldHaveSingleItem().ToString().ShouldBe(proposed["buffer"]);
        proposed.Summary.ShouldContain(proposed["executable-hash"]);
        proposed.Summary.ShouldContain($"{first}");
        proposed.Summary.ShouldContain("0 of 2");

        var again = await job.RunAsync();
        again.Exit.ShouldBe(0, again.ToString());
        (again["changed"], again["transactions"], again["record"], again["transaction-index"]).ShouldBe(("false", "0", proposed["record"], "1"), again.ToString());

        await team.ApproveAsync(1, first);
        var tooEarly = await job.With(("execute", "true")).RunAsync();
        tooEarly.Exit.ShouldBe(3, tooEarly.ToString());
        tooEarly.Errors.ShouldBe(["proposal-not-executable"]);

        await team.ApproveAsync(1, second);
        var locked = await job.RunAsync();
        locked.Exit.ShouldBe(3, locked.ToString());
        locked.Errors.ShouldBe(["proposal-not-executable"]);
        var waiting = await job.With(("execute", "")).RunAsync();
        waiting.Exit.ShouldBe(0, waiting.ToString());
        var at = DateTimeOffset.Parse(waiting["executable-at"], CultureInfo.InvariantCulture);
        at.ShouldBe((await team.ProposalAsync(1)).Since!.Value.AddSeconds(3));

        await Until.TrueAsync(async () => await ClusterTimeAsync() > at);
        var executed = await job.With(("execute", "true")).RunAsync();

        executed.Exit.ShouldBe(0, executed.ToString());
        executed["changed"].ShouldBe("true");
        executed["record"].ShouldBe(proposed["record"], "what was proposed has succeeded");
        executed["signature"].ShouldNotBe("");
        (await RunsAsync(program, TestPrograms.Token)).ShouldBeTrue();
        (await Net.BuffersAsync(team.Vault)).ShouldBeEmpty();
        (await team.ProposalAsync(1)).Status.ShouldBe(ProposalStatus.Executed);

        var done = await job.RunAsync();
        done.Exit.ShouldBe(0, done.ToString());
        (done["changed"], done["transactions"], done["record"]).ShouldBe(("false", "0", proposed["record"]), done.ToString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1000")]
    public async Task A_member_that_may_vote_approves_what_it_proposes(string price)
    {
        var payer = await Net.PayerAsync();
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (payer, All));
        var program = await OwnedAsync(payer, team.Vault);
        using var job = Job(payer, team, program).With(("priority-fee", price));

        var proposed = await job.RunAsync();

        proposed.Exit.ShouldBe(0, proposed.ToString());
        proposed["executable-at"].ShouldNotBe("");
        var executed = await job.With(("execute", "true")).RunAsync();
        executed.Exit.ShouldBe(0, executed.ToString());
        (await RunsAsync(program, TestPrograms.Token)).ShouldBeTrue();
    }

    [Fact]
    public async Task Somebody_who_takes_the_index_first_is_only_a_reason_to_take_the_next()
    {
        var (payer, other) = (await Net.PayerAsync(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (payer, Proposer), (other, All));
        var program = await OwnedAsync(payer, team.Vault);
        using var job = Job(payer, team, program).With(("max-rps", "40"));
        var before = await Net.LandedByNowAsync(payer.Address);
        using var process = job.Start();
        await process.WhenAsync(async () => await Net.LandedByNowAsync(payer.Address) >= before + 3); // it has looked, and writes
        await team.SignAsync(1, other);

        var run = await process.EndAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["transaction-index"].ShouldBe("2");
        (await team.ProposalAsync(2)).Status.ShouldBe(ProposalStatus.Active);
    }

    [Fact]
    public async Task A_proposal_that_became_stale_or_was_rejected_is_made_anew()
    {
        var (payer, voter) = (await Net.PayerAsync(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (payer, Proposer), (voter, SquadsPermissions.Vote));
        var program = await OwnedAsync(payer, team.Vault);
        using var job = Job(payer, team, program);
        (await job.RunAsync())["transaction-index"].ShouldBe("1");
        await team.SetTimeLockAsync(5);

        var second = await job.RunAsync();

        second.Exit.ShouldBe(0, second.ToString());
        (second["transaction-index"], second["transactions"]).ShouldBe(("2", "1"), second.ToString());
        await team.RejectAsync(2, voter);
        (await job.RunAsync())["transaction-index"].ShouldBe("3");
    }

    [Fact]
    public async Task What_the_multisig_would_refuse_is_refused_before_anything_is_sent()
    {
        var (payer, member) = (await Net.PayerAsync(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (member, All), (payer, SquadsPermissions.Vote));
        var strangers = await SquadsTeam.CreateAsync(Net, 1, 0, (member, All));
        var (program, other) = (await OwnedAsync(payer, team.Vault), await OwnedAsync(payer, strangers.Vault));
        var lost = await OwnedAsync(payer, team.Multisig);
        using var job = Job(payer, team, program);
        var before = await Books.OpenAsync(Net, payer.Address);

        await ShouldBeRefusedAsync(job, "multisig-permission", "Initiate");
        await ShouldBeRefusedAsync(job.With(("upgrade-authority", $"squads:{strangers.Multisig}"), ("program-id", $"{other}")), "multisig-permission", "no member");
        await ShouldBeRefusedAsync(job.With(("upgrade-authority", $"squads:{team.Multisig}/1"), ("program-id", $"{program}")), ["authority-mismatch", "multisig-permission"]);
        await ShouldBeRefusedAsync(job.With(("upgrade-authority", $"squads:{team.Multisig}"), ("program-id", $"{lost}")), ["authority-mismatch", "multisig-permission"]);
        await ShouldBeRefusedAsync(job.With(("upgrade-authority", $"squads:{team.Vault}"), ("program-id", $"{program}")), ["authority-mismatch", "multisig-missing"]);
        await ShouldBeRefusedAsync(job.With(("upgrade-authority", $"squads:{team.Multisig}"), ("program-id", $"{TestKey.New()}")), ["program-missing", "multisig-permission"]);
        (await Books.OpenAsync(Net, payer.Address)).ShouldBe(before);
    }

    [Fact]
    public async Task Who_may_not_execute_is_refused_before_it_tries()
    {
        var (payer, member) = (await Net.PayerAsync(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (payer, SquadsPermissions.Initiate), (member, All));
        var program = await OwnedAsync(payer, team.Vault);
        using var job = Job(payer, team, program);
        (await job.RunAsync())["transaction-index"].ShouldBe("1");
        await team.ApproveAsync(1, member);
        var before = await Books.OpenAsync(Net, payer.Address);

        await ShouldBeRefusedAsync(job.With(("execute", "true")), "multisig-permission", "Execute");

        (await Books.OpenAsync(Net, payer.Address)).ShouldBe(before);
    }

    [Theory]
    [InlineData("Handing the buffer over")]
    [InlineData("Proposing the upgrade")]
    public async Task A_run_that_is_killed_between_its_last_transactions_is_finished_by_the_next_with_one_proposal(string moment)
    {
        var (payer, member) = (await Net.PayerAsync(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (payer, Proposer), (member, All));
        var program = await OwnedAsync(payer, team.Vault);
        using var job = Job(payer, team, program);
        using (var process = job.Start())
        {
            await process.WhenAsync(() => Task.FromResult(process.Said(moment)));
            await process.KillAsync();
        }

        await Net.WaitSlotsAsync(6);
        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["transaction-index"].ShouldBe("1");
        (await team.ProposalAsync(1)).Status.ShouldBe(ProposalStatus.Active);
        (await Net.AccountAsync(SquadsAddress.Proposal(team.Multisig, 2))).ShouldBeNull();
        (await Net.BuffersAsync(team.Vault)).Count.ShouldBe(1);
        (await Net.BuffersAsync(payer.Address)).ShouldBeEmpty();
        await team.ApproveAsync(1, member);
        (await job.With(("execute", "true")).RunAsync()).Exit.ShouldBe(0);
        (await RunsAsync(program, TestPrograms.Token)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_signal_while_the_proposal_is_on_its_way_leaves_a_record_that_waits_for_it()
    {
        var (payer, member) = (await Net.PayerAsync(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (payer, Proposer), (member, All));
        var program = await OwnedAsync(payer, team.Vault);
        using var job = Job(payer, team, program);
        using var process = job.Start();
        await process.WhenAsync(() => Task.FromResult(process.Said("Proposing the upgrade")));
        process.Signal(PosixSignal.SIGTERM);

        var run = await process.EndAsync();

        run.Exit.ShouldBeOneOf([0, 130], run.ToString()); // it may be done by then
        await Net.WaitSlotsAsync(4);
        var isProposed = await Net.AccountAsync(SquadsAddress.Proposal(team.Multisig, 1)) is not null;
        run["transaction-index"].ShouldBe(isProposed ? "1" : "", run.ToString());
        var records = await new FileLedger(job.Workspace.At(".solana-actions"), TimeProvider.System).ReadAsync("localnet", program, default);
        records[^1].State.ShouldBe(isProposed ? RecordState.Pending : RecordState.Cancelled, run.ToString());
    }

    [Fact]
    public async Task A_vault_is_named_for_a_first_deploy_and_cannot_sign_an_upgrade()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (payer, All));
        using var job = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json), ("upgrade-authority", $"squads:{team.Multisig}"));

        var first = await job.RunAsync();

        first.Exit.ShouldBe(0, first.ToString());
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(team.Vault);
        var upgrade = await job.WithProgram(TestPrograms.Token).RunAsync();
        upgrade.Exit.ShouldBe(2, upgrade.ToString());
        upgrade.Errors.ShouldBe(["address-not-key"]);
    }

    [Fact]
    public async Task Bytes_that_were_changed_after_the_vote_are_never_executed()
    {
        var (payer, member, rogue) = (await Net.PayerAsync(), TestKey.New(), await Net.PayerAsync());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (payer, Proposer), (member, All));
        var program = await OwnedAsync(payer, team.Vault);
        using var job = Job(payer, team, program);
        var proposed = await job.RunAsync();
        proposed.Exit.ShouldBe(0, proposed.ToString());
        await team.ApproveAsync(1, member);
        var buffer = Address.Parse(proposed["buffer"]);
        await team.SignAsync(2, member, LoaderProgram.SetAuthority(buffer, team.Vault, rogue.Address));
        await Net.SendAsync([LoaderProgram.Write(buffer, rogue.Address, 4_000, new byte[] { 1, 2, 3 }), LoaderProgram.SetAuthority(buffer, rogue.Address, team.Vault)], rogue);

        var run = await job.With(("execute", "true")).RunAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["buffer-foreign"]);
        (await RunsAsync(program, TestPrograms.Token)).ShouldBeFalse();
        (await team.ProposalAsync(1)).Status.ShouldBe(ProposalStatus.Approved);
    }

    [Fact]
    public async Task A_team_that_gives_CI_no_membership_gets_a_transaction_to_sign()
    {
        var (payer, member) = (await Net.PayerAsync(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (member, All));
        var program = await OwnedAsync(payer, team.Vault);
        using var job = Job(payer, team, program).With(("mode", "export"));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (run["changed"], run["proposal"]).ShouldBe(("true", ""));
        var exported = File.ReadAllText(job.Workspace.At(run["export"])).Trim();
        run.Summary.ShouldContain(exported);
        var transaction = Exports.Read(exported);
        transaction.Message.Signers.ShouldBe([team.Vault]);
        await team.SignAsync(1, member, Exports.Expand(transaction.Message));
        (await RunsAsync(program, TestPrograms.Token)).ShouldBeTrue();

        var done = await job.RunAsync();
        done.Exit.ShouldBe(0, done.ToString());
        (done["changed"], done["transactions"], done["record"], done["export"]).ShouldBe(("false", "0", run["record"], ""), done.ToString());
    }

    [Fact]
    public async Task A_key_that_lives_elsewhere_gets_a_transaction_to_sign_too()
    {
        var (payer, cold) = (await Net.PayerAsync(), await Net.PayerAsync());
        var program = await OwnedAsync(payer, cold.Address);
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("mode", "export"), ("program-id", $"{program}"), ("upgrade-authority", $"{cold}"));
        var run = await job.RunAsync();
        run.Exit.ShouldBe(0, run.ToString());
        var again = await job.RunAsync();
        (again["changed"], again["transactions"], again["export"]).ShouldBe(("false", "0", run["export"]), again.ToString());

        await Net.SendAsync(Exports.Expand(Exports.Read(File.ReadAllText(job.Workspace.At(run["export"]))).Message), cold);

        (await RunsAsync(program, TestPrograms.Token)).ShouldBeTrue();
    }

    private Deploy Job(TestKey payer, SquadsTeam team, Address program) =>
        new(Net, payer, TestPrograms.Token, ("mode", "propose"), ("program-id", $"{program}"), ("upgrade-authority", $"squads:{team.Multisig}"));

    /// <summary>A program that somebody else than a key may upgrade.</summary>
    private async Task<Address> OwnedAsync(TestKey payer, Address authority)
    {
        var program = TestKey.New();
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json), ("upgrade-authority", $"{authority}"));
        var run = await deploy.RunAsync();
        run.Exit.ShouldBe(0, run.ToString());
        return program.Address;
    }

    private async Task<bool> RunsAsync(Address program, byte[] file) => (await Net.ProgramAsync(program))!.Data.Span[..file.Length].SequenceEqual(file);

    private async Task<DateTimeOffset> ClusterTimeAsync() =>
        DateTimeOffset.FromUnixTimeSeconds(BitConverter.ToInt64((await Net.AccountAsync(Sysvars.Clock))!.Data, 32));

    private static async Task ShouldBeRefusedAsync(Deploy job, string code, string said)
    {
        var run = await job.RunAsync();
        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe([code], run.ToString());
        run.ToString().ShouldContain(said);
    }

    private static async Task ShouldBeRefusedAsync(Deploy job, string[] codes)
    {
        var run = await job.RunAsync();
        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(codes, ignoreOrder: true, run.ToString());
    }
}
