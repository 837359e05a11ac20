using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Actions.Cli.SolanaDeploy;
using Actions.Cli.Tests.Publish;
using Actions.Cli.Tests.Tools;
using Actions.Core.Keys;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>Several programs of one vault, and what is published about them, in one proposal.</summary>
public sealed class SharedProposalTests(MetadataLocalnetFixture fixture) : IClassFixture<MetadataLocalnetFixture>
{
    /// <summary>How many upgrades one transaction can propose.</summary>
    private const int MostPrograms = 5;

    private Localnet Net => fixture.Net;

    [Fact]
    public async Task Members_vote_once_and_both_programs_are_upgraded_by_one_transaction()
    {
        using var release = await TwoAsync();
        var planned = await VaultRelease.DoneAsync(release.Job.With(("dry-run", "true"), ("priority-fee", "0")));
        planned.Stdout.ShouldContain($"together with that of {release.Id("vault")}");
        var before = await Books.OpenAsync(Net, release.Payer.Address);

        var proposed = await VaultRelease.DoneAsync(release.Job.With(("dry-run", "")));

        var results = VaultRelease.Results(proposed);
        results.Values.Select(program => VaultRelease.Of(program, "transaction-index")).ShouldBe(["1", "1"]);
        results.Values.Select(program => VaultRelease.Of(program, "changed")).ShouldBe(["true", "true"]);
        (await Net.AccountAsync(SquadsAddress.Transaction(release.Team.Multisig, 2))).ShouldBeNull();
        var after = await Books.OpenAsync(Net, release.Payer.Address);
        ((long)before.Payer - (long)after.Payer).ShouldBe(planned.Planned("net-lamports"), planned.ToString());
        var pending = await release.RecordsAsync();
        pending.Select(record => (record.State, record.Facts.TransactionIndex)).ShouldBe([(RecordState.Pending, 1UL), (RecordState.Pending, 1UL)]);
        proposed.Summary.ShouldContain("Upgrades with it");
        var again = await VaultRelease.DoneAsync(release.Job);
        VaultRelease.Results(again).Values.Select(program => (VaultRelease.Of(program, "transactions"), VaultRelease.Of(program, "transaction-index"))).ShouldBe([("0", "1"), ("0", "1")]);
        await release.Team.ApproveAsync(1, release.Member);

        before = await Books.OpenAsync(Net, release.Payer.Address);

        var executed = await VaultRelease.DoneAsync(release.Job.With(("execute", "true")));

        ((long)before.Payer - (long)(await Books.OpenAsync(Net, release.Payer.Address)).Payer).ShouldBe(executed.Planned("net-lamports"), executed.ToString());
        results = VaultRelease.Results(executed);
        results.Values.Select(program => VaultRelease.Of(program, "signature")).Distinct().ShouldHaveSingleItem().ShouldNotBeEmpty();
        results.Values.Select(program => VaultRelease.Of(program, "transactions")).ShouldBe(["1", "0"]);
        (await BothRunAsync(release)).ShouldBeTrue();
        var settled = await release.RecordsAsync();
        settled.Select(record => record.State).ShouldBe([RecordState.Succeeded, RecordState.Succeeded]);
        settled.Select(record => record.Facts.Transactions).ShouldBe([pending[0].Facts.Transactions + 1, pending[1].Facts.Transactions], "what the proposal took counts, too");
        settled.Sum(record => (long)record.Facts.FeeLamports!).ShouldBe(pending.Sum(record => (long)record.Facts.FeeLamports!) + results.Values.Sum(program => long.Parse(VaultRelease.Of(program, "fee-lamports"), null)));
        (await Net.BuffersAsync(release.Team.Vault)).ShouldBeEmpty();
        (await Books.OpenAsync(Net, release.Payer.Address)).Failed.ShouldBe(0);
        VaultRelease.Results(await VaultRelease.DoneAsync(release.Job)).Values.Select(program => VaultRelease.Of(program, "transactions")).ShouldBe(["0", "0"]);
    }

    [Fact]
    public async Task Continue_executes_it_once_and_settles_every_record()
    {
        using var release = await TwoAsync();
        await release.ProposeAsync();
        await release.Team.ApproveAsync(1, release.Member);

        var run = await release.ContinueAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (run["settled"], run["executed"], run["pending"], run["transactions"]).ShouldBe(("2", "2", "0", "1"), run.ToString());
        (await BothRunAsync(release)).ShouldBeTrue();
        var records = await release.RecordsAsync();
        records.Select(record => (record.State, record.Facts.TransactionIndex)).ShouldBe([(RecordState.Succeeded, 1UL), (RecordState.Succeeded, 1UL)]);
        records.Select(record => record.Facts.Signature).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Continue_for_one_of_the_programs_still_answers_for_the_other()
    {
        using var release = await TwoAsync();
        await release.ProposeAsync();
        await release.Team.ApproveAsync(1, release.Member);

        var run = await release.ContinueAsync(("program-id", $"{release.Id("book")}"));

        run.Exit.ShouldBe(0, run.ToString());
        (run["settled"], run["executed"]).ShouldBe(("2", "2"), run.ToString());
        (await release.RecordsAsync()).Select(record => record.State).ShouldBe([RecordState.Succeeded, RecordState.Succeeded]);
    }

    [Fact]
    public async Task A_run_for_one_of_the_programs_finds_the_proposal_and_must_not_execute_it()
    {
        using var release = await TwoAsync();
        await release.ProposeAsync();
        await release.Team.ApproveAsync(1, release.Member);
        release.Job.With(("only", "book"));
        var found = await VaultRelease.DoneAsync(release.Job);
        (found["transactions"], found["transaction-index"]).ShouldBe(("0", "1"), found.ToString());

        var run = await release.Job.With(("execute", "true")).RunAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["proposal-not-executable"]);
        run.ToString().ShouldContain($"it upgrades {release.Id("vault")}, too");
        (await release.Team.ProposalAsync(1)).Status.ShouldBe(ProposalStatus.Approved);
    }

    [Theory]
    [InlineData("vault")]
    [InlineData("book")]
    public async Task Bytes_of_either_program_that_were_changed_after_the_vote_stop_both(string changed)
    {
        using var release = await TwoAsync();
        var proposed = await release.ProposeAsync();
        await release.Team.ApproveAsync(1, release.Member);
        var (buffer, rogue) = (Address.Parse(VaultRelease.Of(proposed[changed], "buffer")), await Net.PayerAsync());
        await release.Team.SignAsync(2, release.Member, LoaderProgram.SetAuthority(buffer, release.Team.Vault, rogue.Address));
        await Net.SendAsync([LoaderProgram.Write(buffer, rogue.Address, 4_000, new byte[] { 1, 2, 3 }), LoaderProgram.SetAuthority(buffer, rogue.Address, release.Team.Vault)], rogue);

        var continued = await release.ContinueAsync();
        var executed = await release.Job.With(("execute", "true")).RunAsync();

        continued.Exit.ShouldBe(3, continued.ToString());
        continued.Errors.Distinct().ShouldBe(["buffer-foreign"], continued.ToString());
        executed.Exit.ShouldBe(3, executed.ToString());
        executed.Errors.ShouldBe(["buffer-foreign"], executed.ToString());
        (await release.RunsAsync("vault", TestPrograms.LookupTable)).ShouldBeTrue();
        (await release.RunsAsync("book", TestPrograms.LookupTable)).ShouldBeTrue();
        (await release.Team.ProposalAsync(1)).Status.ShouldBe(ProposalStatus.Approved);
    }

    [Fact]
    public async Task A_program_that_was_upgraded_since_is_not_taken_back_with_the_others()
    {
        using var release = await TwoAsync();
        var proposed = await release.ProposeAsync();
        await release.Team.ApproveAsync(1, release.Member);
        using (var other = new Deploy(Net, release.Payer, TestPrograms.Token, ("mode", "export"), ("program-id", $"{release.Id("book")}"), ("upgrade-authority", $"squads:{release.Team.Multisig}"), ("ledger", "none")))
        {
            var exported = await VaultRelease.DoneAsync(other);
            await release.Team.SignAsync(2, release.Member, Exports.Expand(Exports.Read(File.ReadAllText(other.Workspace.At(exported["export"]))).Message));
        }

        var run = await release.ContinueAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["proposal-not-executable"], run.ToString());
        (await release.RunsAsync("book", TestPrograms.Token)).ShouldBeTrue();
        (await release.RunsAsync("vault", TestPrograms.LookupTable)).ShouldBeTrue();
        proposed.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_fails_before_all_buffers_are_written_leaves_the_vault_none()
    {
        using var release = await TwoAsync();
        release.Bring(("vault", TestPrograms.Token), ("book", CorruptProgram.Make(TestPrograms.Token)));

        var run = await release.Job.RunAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["verifier-rejected"], run.ToString());
        (await Net.BuffersAsync(release.Team.Vault)).ShouldBeEmpty();
        (await Net.BuffersAsync(release.Payer.Address)).Count.ShouldBe(1, "the first program's, which the next run takes up");
        (await Net.AccountAsync(SquadsAddress.Transaction(release.Team.Multisig, 1))).ShouldBeNull();
        (await release.RecordsAsync()).Select(record => record.State).ShouldBe([RecordState.Failed, RecordState.Failed]);
    }

    [Fact]
    public async Task A_stranger_upgrade_in_the_same_proposal_makes_it_none_of_ours()
    {
        using var release = await TwoAsync();
        release.Job.With(("only", "vault"));
        var own = await HandedOverAsync(release.Job, release);
        using var hidden = new Deploy(Net, release.Payer, TestPrograms.Stake, ("program-id", $"{release.Id("book")}"), ("ledger", "none"));
        await ApprovedAsync(release, Upgrade(release, "vault", own), Upgrade(release, "book", await HandedOverAsync(hidden, release)));

        var run = await VaultRelease.DoneAsync(release.Job.With(("mode", "propose"), ("buffer-authority", "")));

        run["transaction-index"].ShouldBe("2");
    }

    [Fact]
    public async Task A_proposal_that_gives_what_comes_back_to_somebody_else_is_none_of_ours()
    {
        using var release = await TwoAsync();
        var own = await HandedOverAsync(release.Job.With(("only", "vault")), release);
        var other = await HandedOverAsync(release.Job.With(("only", "book")), release);
        await ApprovedAsync(release, Upgrade(release, "vault", own), Upgrade(release, "book", other, release.Member.Address));

        var proposed = VaultRelease.Results(await VaultRelease.DoneAsync(release.Job.With(("mode", "propose"), ("buffer-authority", ""), ("only", ""))));

        proposed.Values.Select(program => VaultRelease.Of(program, "transaction-index")).ShouldBe(["2", "2"]);
    }

    [Fact]
    public async Task A_proposal_that_would_take_back_a_program_of_the_next_release_is_left_to_the_members()
    {
        using var release = await TwoAsync();
        await release.ProposeAsync();
        release.Bring(("vault", TestPrograms.Token), ("book", TestPrograms.Stake));

        var proposed = await release.ProposeAsync();

        proposed.Values.Select(program => VaultRelease.Of(program, "transaction-index")).ShouldBe(["2", "2"]);
        await release.Team.ApproveAsync(2, release.Member);
        (await release.ContinueAsync()).Exit.ShouldBe(0);
        (await release.RunsAsync("vault", TestPrograms.Token)).ShouldBeTrue();
        (await release.RunsAsync("book", TestPrograms.Stake)).ShouldBeTrue();
    }

    [Fact]
    public async Task Continue_executes_no_exported_upgrade_with_which_somebody_publishes_something()
    {
        using var release = await TwoAsync();
        var buffer = Address.Parse((await VaultRelease.DoneAsync(release.Job.With(("mode", "export"), ("only", "book"))))["buffer"]);
        var text = new MetadataDocument(MetadataDocument.Security, """{"name":"somebody else"}""");
        var account = MetadataProgram.Canonical(release.Id("book"), text.Seed);
        await Net.SendAsync([SystemProgram.Transfer(release.Payer.Address, account, 10_000_000)], release.Payer);
        await ApprovedAsync(
            release, Upgrade(release, "book", buffer), [.. new MetadataPublication(release.Id("book"), release.Team.Vault, release.Payer.Address, text, 0, null, Trims: false).Instructions]);

        var run = await release.ContinueAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (run["executed"], run["pending"]).ShouldBe(("0", "1"), run.ToString());
        (await release.RunsAsync("book", TestPrograms.LookupTable)).ShouldBeTrue();
        await ApprovedAsync(release, Upgrade(release, "book", buffer));
        (await release.ContinueAsync())["executed"].ShouldBe("1");
        (await Net.AccountAsync(account))!.Data.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_proposed_waits_although_a_record_could_not_be_written()
    {
        using var release = await TwoAsync();
        var ledger = release.Job.Workspace.At($".solana-actions/ledger/staging/{release.Id("vault")}.jsonl");
        using var process = release.Job.Start();
        await process.WhenAsync(async () => (await Net.BuffersAsync(release.Payer.Address)).Count > 0); // the record is begun by then
        ActionRun run;
        using (File.Open(ledger, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            run = await process.EndAsync();
        }

        run.Exit.ShouldBe(5, run.ToString());
        (await release.Team.ProposalAsync(1)).Status.ShouldBe(ProposalStatus.Active);
        var records = await release.RecordsAsync();
        (records[1].State, records[1].Facts.TransactionIndex).ShouldBe((RecordState.Pending, 1UL), run.ToString());
        await release.ProposeAsync();
        (await release.RecordsAsync()).Select(record => (record.State, record.Facts.TransactionIndex)).ShouldBe([(RecordState.Pending, 1UL), (RecordState.Pending, 1UL)]);
    }

    [Fact]
    public async Task A_signal_after_the_execution_was_sent_leaves_no_program_in_doubt()
    {
        using var release = await TwoAsync();
        await release.ProposeAsync();
        await release.Team.ApproveAsync(1, release.Member);
        var landed = await Net.LandedByNowAsync(release.Payer.Address);
        using var process = release.Job.With(("execute", "true")).Start();
        await process.WhenAsync(async () => await Net.LandedByNowAsync(release.Payer.Address) > landed);
        process.Signal(PosixSignal.SIGINT);

        var run = await process.EndAsync();

        run.Exit.ShouldBe(0, run.ToString());
        VaultRelease.Results(run).Values.Select(program => VaultRelease.Of(program, "signature")).Distinct().ShouldHaveSingleItem().ShouldNotBeEmpty(run.ToString());
        await VaultRelease.DoneAsync(release.Job);
        (await release.RecordsAsync()).Select(record => record.State).ShouldBe([RecordState.Succeeded, RecordState.Succeeded]);
    }

    [Fact]
    public async Task What_the_plan_costs_is_enough()
    {
        using var release = await TwoAsync();
        var planned = await VaultRelease.DoneAsync(release.Job.With(("dry-run", "true"), ("priority-fee", "0")));

        await VaultRelease.DoneAsync(release.Job.With(("dry-run", ""), ("max-spend", (planned.Planned("peak-lamports") / 1_000_000_000m).ToString(CultureInfo.InvariantCulture))));
    }

    [Fact]
    public async Task A_way_back_publishes_nothing()
    {
        using var release = await TwoAsync();
        release.Job.Workspace.Put("idl.json", Encoding.UTF8.GetBytes(TestIdl.Text()));

        await VaultRelease.DoneAsync(release.Job.With(("only", "book"), ("idl", "idl.json"), ("standby", "true")));

        var asked = new List<VaultAsk>();
        foreach (var index in new[] { 1UL, 2UL })
        {
            VaultTransaction.TryParse((await Net.AccountAsync(SquadsAddress.Transaction(release.Team.Multisig, index)))!.Data, out var transaction).ShouldBeTrue();
            asked.Add(VaultAsk.Of(transaction!.Message, release.Team.Vault)!);
        }

        asked.Select(ask => ask.Publications.Count > 0).ShouldBe([true, false]);
    }

    [Fact]
    public async Task What_is_published_about_a_program_goes_live_with_its_upgrade()
    {
        using var release = await TwoAsync();
        var text = TestIdl.Text(noise: 2_000);
        release.Job.Workspace.Put("idl.json", Encoding.UTF8.GetBytes(text));
        release.Job.With(("only", "book"), ("idl", "idl.json"));
        var planned = await VaultRelease.DoneAsync(release.Job.With(("dry-run", "true"), ("priority-fee", "0")));
        planned.Stdout.ShouldContain("propose with the upgrade that the IDL is published");
        var before = await Books.OpenAsync(Net, release.Payer.Address);

        var proposed = await VaultRelease.DoneAsync(release.Job.With(("dry-run", "")));

        proposed["published"].ShouldContain("\"proposed\"");
        proposed.Summary.ShouldContain("Publishes with it");
        ((long)before.Payer - (long)(await Books.OpenAsync(Net, release.Payer.Address)).Payer).ShouldBe(planned.Planned("net-lamports"), planned.ToString());
        (await VaultRelease.DoneAsync(release.Job))["transactions"].ShouldBe("0");
        (await SaidAsync(release)).ShouldBeNull();
        await Net.SendAsync([SystemProgram.Transfer(release.Payer.Address, MetadataProgram.Canonical(release.Id("book"), MetadataDocument.Idl), 1)], release.Payer);
        (await VaultRelease.DoneAsync(release.Job))["transaction-index"].ShouldBe("1", "a gift makes no other proposal of it");
        await release.Team.ApproveAsync(1, release.Member);
        before = await Books.OpenAsync(Net, release.Payer.Address);

        var executed = await VaultRelease.DoneAsync(release.Job.With(("execute", "true")));

        executed["published"].ShouldContain("\"published\"");
        (await SaidAsync(release)).ShouldBe(text);
        (await release.RunsAsync("book", TestPrograms.Token)).ShouldBeTrue();
        ((long)(await Books.OpenAsync(Net, release.Payer.Address)).Payer - (long)before.Payer).ShouldBe(
            long.Parse(executed["refunded-lamports"], null) - long.Parse(executed["fee-lamports"], null), executed.ToString());
    }

    [Fact]
    public async Task Continue_publishes_with_the_upgrade()
    {
        using var release = await TwoAsync();
        var text = TestIdl.Text();
        release.Job.Workspace.Put("idl.json", Encoding.UTF8.GetBytes(text));
        await VaultRelease.DoneAsync(release.Job.With(("only", "book"), ("idl", "idl.json")));
        await release.Team.ApproveAsync(1, release.Member);
        var unaware = await VaultRelease.DoneAsync(release.Job.With(("idl", "none")));
        unaware["transaction-index"].ShouldBe("2", "it asks for less than the first");

        var run = await release.ContinueAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (run["executed"], run["pending"]).ShouldBe(("1", "0"), run.ToString());
        (await SaidAsync(release)).ShouldBe(text);
    }

    [Theory]
    [InlineData(1_000_000, 1)]
    [InlineData(10_485_760, 1)]
    [InlineData(10_485_761, 2)]
    [InlineData(21_000_000, 2)]
    public void What_one_transaction_could_not_load_is_proposed_apart(long bytes, int proposals)
    {
        var vault = new KeyInput.Vault(TestKey.New().Address, 0);
        ProposalPart Part() => new(new AskedUpgrade(TestKey.New().Address, TestKey.New().Address, TestKey.New().Address), bytes, []);
        ProposalGroup.Of(vault, TestKey.New().Address, [Part(), Part()]).Count.ShouldBe(proposals);
    }

    [Fact]
    public async Task Ways_back_are_proposed_one_by_one()
    {
        using var release = await TwoAsync();
        release.Job.With(("standby", "true"));

        await release.ProposeAsync();

        foreach (var (index, upgrades) in new[] { (1UL, 2), (2UL, 1), (3UL, 1) })
        {
            VaultTransaction.TryParse((await Net.AccountAsync(SquadsAddress.Transaction(release.Team.Multisig, index)))!.Data, out var asked).ShouldBeTrue();
            VaultAsk.Of(asked!.Message, release.Team.Vault)!.Upgrades.Count.ShouldBe(upgrades);
        }
    }

    [Fact]
    public async Task A_job_that_waits_executes_both()
    {
        using var release = await TwoAsync();
        using var process = release.Job.With(("wait-for", "executed"), ("execute", "true")).Start();
        await process.WhenAsync(async () => await Net.AccountAsync(SquadsAddress.Proposal(release.Team.Multisig, 1)) is not null);
        await release.Team.ApproveAsync(1, release.Member);

        var run = await process.EndAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (await BothRunAsync(release)).ShouldBeTrue();
        (await release.RecordsAsync()).Select(record => record.State).ShouldBe([RecordState.Succeeded, RecordState.Succeeded]);
    }

    [Fact]
    public async Task More_programs_than_fit_take_more_proposals_and_each_can_be_executed()
    {
        (string Name, byte[] Bytes)[] after = [.. Enumerable.Range(1, MostPrograms + 1).Select(i => ($"p{i}", (byte[])[.. TestPrograms.Token, (byte)i]))];
        using var release = await VaultRelease.StartAsync(Net, [.. TestPrograms.Token, 99], after);

        var proposed = await release.ProposeAsync();

        proposed.Values.Select(program => VaultRelease.Of(program, "transaction-index")).ShouldBe([.. Enumerable.Repeat("1", MostPrograms), "2"]);
        await release.Team.ApproveAsync(1, release.Member);
        await release.Team.ApproveAsync(2, release.Member);
        var run = await release.ContinueAsync(("priority-fee", "1000"));
        run.Exit.ShouldBe(0, run.ToString());
        (run["executed"], run["transactions"]).ShouldBe(($"{MostPrograms + 1}", "2"), run.ToString());
        foreach (var (name, bytes) in after)
        {
            (await release.RunsAsync(name, bytes)).ShouldBeTrue(name);
        }
    }

    private Task<VaultRelease> TwoAsync() => VaultRelease.StartAsync(Net, TestPrograms.LookupTable, ("vault", TestPrograms.Token), ("book", TestPrograms.Token));

    /// <summary>Writes the buffer of a job's only program, and hands it to the vault.</summary>
    private static async Task<Address> HandedOverAsync(Deploy job, VaultRelease release) =>
        Address.Parse((await VaultRelease.DoneAsync(job.With(("mode", "buffer"), ("buffer-authority", $"{release.Team.Vault}"))))["buffer"]);

    /// <param name="recipient">Of what comes back; the payer by default.</param>
    private static Instruction Upgrade(VaultRelease release, string name, Address buffer, Address? recipient = null) =>
        LoaderProgram.Upgrade(release.Id(name), buffer, release.Team.Vault, recipient ?? release.Payer.Address);

    /// <summary>A member proposes something by hand, and approves it.</summary>
    private async Task ApprovedAsync(VaultRelease release, Instruction first, params Instruction[] more)
    {
        Multisig.TryParse((await Net.AccountAsync(release.Team.Multisig))!.Data, out var multisig).ShouldBeTrue();
        var vault = new KeyInput.Vault(release.Team.Multisig, 0);
        await Net.SendAsync(ProposalGroup.Propose(vault, release.Member.Address, multisig!.TransactionIndex + 1, VaultMessage.Compile(vault.Address, [first, .. more]), votes: true), release.Member);
    }

    private static async Task<bool> BothRunAsync(VaultRelease release) =>
        await release.RunsAsync("vault", TestPrograms.Token) && await release.RunsAsync("book", TestPrograms.Token);

    /// <summary>The IDL on chain; null for none.</summary>
    private async Task<string?> SaidAsync(VaultRelease release) =>
        await Net.AccountAsync(MetadataProgram.Canonical(release.Id("book"), MetadataDocument.Idl)) is { } account && MetadataAccount.TryParse(account.Data, out var parsed) && parsed is MetadataAccount.Published said
            ? MetadataContent.Text(said)
            : null;
}
