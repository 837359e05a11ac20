using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Squads;

namespace Actions.Cli.Tests.Continue;

/// <summary>The rent of proposals that are over goes to the multisig's rent collector, and nobody who still needs one loses it.</summary>
public sealed class ProposalRentTests(SquadsLocalnetFixture fixture) : IClassFixture<SquadsLocalnetFixture>
{
    private const string Nowhere = "http://127.0.0.1:1";
    private static readonly TimeSpan Later = TimeSpan.FromHours(1);

    private Localnet Net => fixture.Net;

    [Fact]
    public async Task An_executed_proposal_is_closed_when_its_record_is_settled_for_a_while()
    {
        using var program = await VaultProgram.StartAsync(Net);
        var collector = TestKey.New().Address;
        await program.Team.SetRentCollectorAsync(collector);
        var proposed = await program.ProposeAsync(approvals: 1);
        await program.ShouldSayAsync(settled: 1, executed: 1, pending: 0);
        await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0, ("rpc-url", Nowhere));
        var rent = await RentAsync(program, 1);

        await program.AgeAsync(proposed["record"], Later);
        var closed = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0);

        (closed["transactions"], closed["refunded-lamports"], closed["changed"]).ShouldBe(("1", "0", "false"), closed.ToString());
        closed.Summary.ShouldContain($"{collector}");
        (await RentAsync(program, 1)).ShouldBe(0UL);
        (await Net.BalanceAsync(collector)).ShouldBe(rent);
        (await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0))["transactions"].ShouldBe("0");
        var after = await program.Job.RunAsync();
        (after.Exit, after["changed"], after["record"]).ShouldBe((0, "false", proposed["record"]), after.ToString());
        (await program.RecordAsync(proposed["record"])).State.ShouldBe(RecordState.Succeeded);
        await program.AgeAsync(proposed["record"], TimeSpan.FromDays(8));
        await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0, ("rpc-url", Nowhere));
    }

    [Theory]
    [InlineData("rejected", RecordState.Failed)]
    [InlineData("cancelled", RecordState.Cancelled)]
    [InlineData("stale", RecordState.Failed)]
    public async Task So_is_one_that_came_to_nothing_and_what_asks_for_its_buffer_stays(string end, RecordState state)
    {
        using var program = await VaultProgram.StartAsync(Net);
        await program.Team.SetRentCollectorAsync(program.Payer.Address);
        var proposed = await program.ProposeAsync(approvals: end == "cancelled" ? 1 : 0);
        await (end switch
        {
            "rejected" => Task.WhenAll(program.Members.Select(member => program.Team.RejectAsync(1, member))),
            "cancelled" => program.Team.CancelAsync(1, program.Members[1]),
            _ => program.Team.SetTimeLockAsync(1),
        });
        await program.ShouldSayAsync(settled: 1, executed: 0, pending: 0);
        await program.AgeAsync(proposed["record"], Later);
        var rent = await RentAsync(program, 1);

        var closed = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0);

        (closed["transactions"], closed["refunded-lamports"], closed["unreturned"]).ShouldBe(("1", $"{rent}", "1"), closed.ToString());
        (await RentAsync(program, 1)).ShouldBe(0UL);
        (await program.Team.ProposalAsync(2)).Status.ShouldBe(ProposalStatus.Active);
        (await program.RecordAsync(proposed["record"])).State.ShouldBe(state);
    }

    [Fact]
    public async Task Nothing_is_sent_without_a_collector_or_a_payer_or_in_a_dry_run()
    {
        using var program = await VaultProgram.StartAsync(Net);
        var proposed = await program.ProposeAsync(approvals: 1);
        await program.ShouldSayAsync(settled: 1, executed: 1, pending: 0);
        await program.AgeAsync(proposed["record"], Later);

        var without = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0);
        without.Stdout.ShouldNotContain("proposal 1");
        await program.Team.SetRentCollectorAsync(program.Payer.Address);
        await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0, ("payer", ""), ("rpc-url", Nowhere));
        var planned = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0, ("payer", $"{program.Payer.Address}"), ("dry-run", "true"));

        planned.Stdout.ShouldContain("Would close proposal 1");
        (without["transactions"], planned["transactions"]).ShouldBe(("0", "0"));
        (await RentAsync(program, 1)).ShouldBeGreaterThan(0UL);
    }

    [Fact]
    public async Task A_proposal_that_another_record_still_waits_for_stays_and_so_does_one_that_can_be_executed()
    {
        using var program = await VaultProgram.StartAsync(Net);
        await program.Team.SetRentCollectorAsync(program.Payer.Address);
        var proposed = await program.ProposeAsync(approvals: 1);
        await program.ShouldSayAsync(settled: 1, executed: 1, pending: 0);
        await program.AgeAsync(proposed["record"], Later);
        var other = new LedgerEvent
        {
            Id = "01ARZ3NDEKTSV4RRFFQ69G5FAV", Kind = RecordKind.Release, State = RecordState.Pending, Environment = "elsewhere", ProgramId = TestKey.New().Address, At = DateTimeOffset.UtcNow,
            Multisig = program.Team.Multisig, Vault = 0, TransactionIndex = 1,
        };
        await program.AppendAsync(other);
        program.Job.WithProgram(TestPrograms.Stake);
        var next = await program.ProposeAsync(approvals: 1);
        await program.AppendAsync(LedgerRules.Next(await program.RecordAsync(next["record"]), RecordState.Failed, DateTimeOffset.UtcNow) with { FinishedAt = DateTimeOffset.UtcNow - Later });

        await program.ContinueAsync();
        (await program.IsProposedAsync(1)).ShouldBeTrue();
        (await program.IsProposedAsync(2)).ShouldBeTrue("it is approved, so it can still be executed");
        await program.AppendAsync(other with { State = RecordState.Succeeded });
        await program.ContinueAsync();

        (await program.IsProposedAsync(1)).ShouldBeFalse();
        (await program.IsProposedAsync(2)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, RecordState.Succeeded)]
    [InlineData(false, RecordState.Failed)]
    public async Task A_record_whose_proposal_somebody_closed_first_is_settled_all_the_same(bool isExecuted, RecordState state)
    {
        using var program = await VaultProgram.StartAsync(Net);
        await program.Team.SetRentCollectorAsync(program.Payer.Address);
        var proposed = await program.ProposeAsync(approvals: isExecuted ? 1 : 0);
        await (isExecuted ? program.Team.ExecuteAsync(1, program.Members[0]) : Task.WhenAll(program.Members.Select(member => program.Team.RejectAsync(1, member))));
        await program.Team.CloseAsync(1, program.Payer.Address);

        await program.ShouldSayAsync(settled: 1, executed: 0, pending: 0);
        await program.AgeAsync(proposed["record"], Later);
        await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0);

        (await program.RecordAsync(proposed["record"])).State.ShouldBe(state);
    }

    [Fact]
    public async Task Two_runs_at_once_close_it_once_and_both_end_well()
    {
        using var program = await VaultProgram.StartAsync(Net);
        await program.Team.SetRentCollectorAsync(TestKey.New().Address);
        var proposed = await program.ProposeAsync(approvals: 1);
        await program.ShouldSayAsync(settled: 1, executed: 1, pending: 0);
        await program.AgeAsync(proposed["record"], Later);
        using var first = program.StartContinue();
        using var second = program.StartContinue(("payer", program.Members[0].Json));

        var runs = await Task.WhenAll(first.EndAsync(), second.EndAsync());

        runs.ShouldAllBe(run => run.Exit == 0, $"{runs[0]}\n{runs[1]}");
        runs.Count(run => run.Stdout.Contains("Closed proposal 1", StringComparison.Ordinal)).ShouldBe(1, $"{runs[0]}\n{runs[1]}");
        (await program.IsProposedAsync(1)).ShouldBeFalse();
    }

    /// <summary>What lies in transaction and proposal.</summary>
    private async Task<ulong> RentAsync(VaultProgram program, ulong index) =>
        await Net.BalanceAsync(SquadsAddress.Transaction(program.Team.Multisig, index)) + await Net.BalanceAsync(SquadsAddress.Proposal(program.Team.Multisig, index));
}
