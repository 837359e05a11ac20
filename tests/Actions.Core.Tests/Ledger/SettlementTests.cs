using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

public sealed class SettlementTests
{
    private static readonly ChainState HoldsB = new(Make.Hash('B')) { Slot = 77, BlockTime = 1000, UpgradeAuthority = Make.AddressOf(9) };

    [Fact]
    public void An_attempt_whose_bytes_run_succeeded()
    {
        var open = new Story().Deploy("A").Start("B")["B"];

        var settled = LedgerRules.Settle(open, HoldsB, Make.Noon.AddHours(1))!;

        settled.ShouldSatisfyAllConditions(
            () => settled.Id.ShouldBe("B"),
            () => settled.State.ShouldBe(RecordState.Succeeded),
            () => settled.Slot.ShouldBe(77ul),
            () => settled.BlockTime.ShouldBe(1000),
            () => settled.UpgradeAuthority.ShouldBe(Make.AddressOf(9)),
            () => settled.FinishedAt.ShouldBe(Make.Noon.AddHours(1)),
            () => settled.RunUrl.ShouldBeNull());
    }

    [Theory]
    [InlineData('A')]
    [InlineData('X')]
    public void An_attempt_whose_bytes_do_not_run_failed(char onChain)
    {
        var open = new Story().Deploy("A").Start("B")["B"];

        LedgerRules.Settle(open, new ChainState(Make.Hash(onChain)), Make.Noon)!.State.ShouldBe(RecordState.Failed);
        LedgerRules.Settle(open, new ChainState(ExecutableHash: null), Make.Noon)!.State.ShouldBe(RecordState.Failed);
    }

    [Fact]
    public void An_attempt_that_never_said_its_hash_failed_even_when_nothing_runs()
    {
        LedgerRules.Settle(Make.Records(Make.Event("A"))[0], new ChainState(ExecutableHash: null), Make.Noon)!.State.ShouldBe(RecordState.Failed);
    }

    [Fact]
    public void What_another_authority_must_do_stays_pending_until_it_runs()
    {
        var pending = Make.Records(Make.Event("B", RecordState.Pending) with { ExecutableHash = Make.Hash('B') })[0];

        LedgerRules.Settle(pending, new ChainState(Make.Hash('A')), Make.Noon).ShouldBeNull();
        LedgerRules.Settle(pending, HoldsB, Make.Noon)!.State.ShouldBe(RecordState.Succeeded);
    }

    [Fact]
    public void Only_runs_that_are_over_are_settled()
    {
        var story = new Story().Deploy("A").Start("B").Start("C");

        LedgerRules.Open(story.Records).Select(open => open.Id).ShouldBe(["B", "C"]);
        LedgerRules.Settlements(story.Records, open => open.Id == "C", HoldsB, Make.Noon).Select(entry => entry.Id).ShouldBe(["C"]);
        LedgerRules.Settlements(story.Records, _ => false, HoldsB, Make.Noon).ShouldBeEmpty();
    }

    [Fact]
    public void Settled_records_are_not_open_any_more()
    {
        var story = new Story().Deploy("A").Start("B").Start("C").Land("B");

        story.Write(LedgerRules.Settlements(story.Records, _ => true, HoldsB, Make.Noon));

        LedgerRules.Open(story.Records).ShouldBeEmpty();
        story["B"].State.ShouldBe(RecordState.Succeeded);
        story["C"].State.ShouldBe(RecordState.Failed);
        story.Current.ShouldBe("B");
    }

    [Fact]
    public void Checks_are_never_open() =>
        LedgerRules.Open(Make.Records(Make.Event("s", RecordState.Started, RecordKind.Check))).ShouldBeEmpty();

    [Fact]
    public void A_rollback_that_died_after_it_landed_undoes_what_it_replaced()
    {
        var story = new Story().Deploy("A").Deploy("B").Deploy("C").StartRollback("R1").LandRollback("R1");

        story.Write(LedgerRules.Settlements(story.Records, _ => true, new ChainState(story.Hash), Make.Noon));

        story["R1"].State.ShouldBe(RecordState.Succeeded);
        story["C"].State.ShouldBe(RecordState.Undone);
        story["C"].Facts.UndoneBy.ShouldBe("R1");
        story.Current.ShouldBe("B");
        story.Previous.ShouldBe("A");
    }

    [Fact]
    public void A_rollback_that_died_before_it_landed_undoes_nothing()
    {
        var story = new Story().Deploy("A").Deploy("B").StartRollback("R1");

        story.Write(LedgerRules.Settlements(story.Records, _ => true, new ChainState(story.Hash), Make.Noon));

        story["R1"].State.ShouldBe(RecordState.Failed);
        story.Current.ShouldBe("B");
    }
}
