using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

public sealed class LedgerRulesTests
{
    [Fact]
    public void Nothing_is_current_and_nothing_previous_before_the_first_release()
    {
        LedgerRules.Current([], null).ShouldBeNull();
        LedgerRules.Previous([], null).ShouldBeNull();
    }

    [Fact]
    public void After_A_B_C_a_rollback_gives_B_and_again_gives_A_and_then_there_is_none()
    {
        var story = new Story().Deploy("A").Deploy("B").Deploy("C");
        story.Current.ShouldBe("C");
        story.Previous.ShouldBe("B");

        story.Rollback("R1");
        story.Current.ShouldBe("B");
        story["C"].State.ShouldBe(RecordState.Undone);
        story["C"].Facts.UndoneBy.ShouldBe("R1");
        story.Previous.ShouldBe("A");

        story.Rollback("R2");
        story.Current.ShouldBe("A");
        story["B"].State.ShouldBe(RecordState.Undone);
        story.Previous.ShouldBeNull();
    }

    [Fact]
    public void A_release_after_a_rollback_goes_back_to_what_the_rollback_restored()
    {
        var story = new Story().Deploy("A").Deploy("B").Deploy("C").Rollback("R1").Deploy("D");

        story.Previous.ShouldBe("B");
        story.Rollback("R2").Previous.ShouldBe("A");
    }

    [Fact]
    public void Without_a_from_the_order_of_the_ledger_tells_what_was_replaced()
    {
        var story = new Story().Deploy("A").Deploy("B").Rollback("R1");
        story.Write(Make.Event("C", RecordState.Succeeded) with { ExecutableHash = Make.Hash('C') }).ByHand('C');

        story.Previous.ShouldBe("A");
    }

    [Fact]
    public void Another_version_of_the_same_bytes_is_current_but_no_rollback_target()
    {
        var story = new Story().Deploy("v1-A").Deploy("v2-B").Unchanged("v3-B");
        story.Current.ShouldBe("v3-B");
        story.Previous.ShouldBe("v1-A");

        story.Deploy("v4-C").Previous.ShouldBe("v2-B");
    }

    [Fact]
    public void A_rollback_undoes_every_version_of_the_bytes_it_replaced_but_not_their_earlier_life()
    {
        var story = new Story().Deploy("v1-A").Deploy("v2-B").Deploy("v3-A").Unchanged("v4-A").Rollback("R1");

        story.Current.ShouldBe("v2-B");
        story["v3-A"].State.ShouldBe(RecordState.Undone);
        story["v4-A"].State.ShouldBe(RecordState.Undone);
        story["v1-A"].State.ShouldBe(RecordState.Succeeded);
        story.Previous.ShouldBe("v1-A");
    }

    [Fact]
    public void Bytes_that_no_record_knows_go_back_to_the_newest_release_that_was_not_undone()
    {
        var story = new Story().Deploy("A").Deploy("B").Deploy("C").Rollback("R1").ByHand('X');

        story.Current.ShouldBeNull();
        story.Previous.ShouldBe("B");
    }

    [Fact]
    public void A_release_that_replaced_hand_deployed_old_bytes_goes_back_to_them()
    {
        new Story().Deploy("A").Deploy("B").ByHand('A').Deploy("C").Previous.ShouldBe("A");
    }

    [Fact]
    public void Adopted_bytes_are_a_release_like_any_other()
    {
        var story = new Story().Deploy("A").ByHand('X');
        story.Write(Make.Event("adopted-X", RecordState.Succeeded) with { ExecutableHash = story.Hash, Adopted = true });

        story.Current.ShouldBe("adopted-X");
        story.Previous.ShouldBe("A");
    }

    [Fact]
    public void Failed_cancelled_pending_and_check_records_are_neither_current_nor_previous()
    {
        var story = new Story().Deploy("A").Deploy("B").Write(
            Make.Event("f", RecordState.Failed) with { ExecutableHash = Make.Hash('B') },
            Make.Event("c", RecordState.Cancelled) with { ExecutableHash = Make.Hash('B') },
            Make.Event("p", RecordState.Pending) with { ExecutableHash = Make.Hash('B') },
            Make.Event("s", RecordState.Succeeded, RecordKind.Check) with { ExecutableHash = Make.Hash('B') });

        story.Current.ShouldBe("B");
        story.Previous.ShouldBe("A");
    }

    [Fact]
    public void Records_that_name_each_other_in_a_circle_end_the_search()
    {
        var story = new Story().ByHand('B').Write(
            Make.Event("A", RecordState.Undone) with { ExecutableHash = Make.Hash('A'), From = "B" },
            Make.Event("B", RecordState.Succeeded) with { ExecutableHash = Make.Hash('B'), From = "A" },
            Make.Event("R", RecordState.Succeeded, RecordKind.Rollback) with { ExecutableHash = Make.Hash('B'), Restores = "R", From = "R" });

        story.Previous.ShouldBeNull();
    }

    [Theory]
    [InlineData(RecordState.Started)]
    [InlineData(RecordState.Failed)]
    [InlineData(RecordState.Cancelled)]
    public void An_attempt_that_never_reached_the_chain_leaves_nothing_to_undo(RecordState state)
    {
        var story = new Story().Deploy("A").Deploy("B").Start("C").Write(Make.Event("C", state));

        LedgerRules.NothingToUndo(story.Records, story.Hash)!.Id.ShouldBe("C");
        LedgerRules.NothingToUndo(story.Land("C").Records, story.Hash).ShouldBeNull();
    }

    [Fact]
    public void A_succeeded_release_has_something_to_undo_also_after_its_checks()
    {
        var story = new Story().Deploy("A").Deploy("B").Write(Make.Event("smoke", RecordState.Failed, RecordKind.Check));

        LedgerRules.NothingToUndo(story.Records, story.Hash).ShouldBeNull();
    }

    [Theory]
    [InlineData("https://github.com/acme/perps/actions/runs/42", "42", true)]
    [InlineData("https://github.com/acme/perps/actions/runs/42/attempts/3", "42", true)]
    [InlineData("https://github.com/acme/perps/actions/runs/421", "42", false)]
    [InlineData("https://github.com/acme/perps/actions/runs/42", "4", false)]
    [InlineData("not a url", "42", false)]
    [InlineData(null, "42", false)]
    public void A_rollback_is_found_again_by_the_run_that_made_it(string? url, string run, bool found)
    {
        var records = Make.Records(
            Make.Event("A", RecordState.Succeeded) with { RunUrl = url },
            Make.Event("R", RecordState.Succeeded, RecordKind.Rollback) with { RunUrl = url });

        LedgerRules.RollbackOf(records, run)?.Id.ShouldBe("R");
        (LedgerRules.RollbackOf(records, run) is not null).ShouldBe(found);
    }

    [Fact]
    public void What_runs_says_nothing_about_a_standby_for_before_its_release_the_same_bytes_ran()
    {
        var standby = Make.Event("S", RecordState.Pending, RecordKind.Rollback) with { ExecutableHash = Make.Hash('A'), Restores = "A", RefersTo = "B", From = "B" };
        var records = Make.Records(
            Make.Event("A", RecordState.Succeeded) with { ExecutableHash = Make.Hash('A') },
            Make.Event("B", RecordState.Pending) with { ExecutableHash = Make.Hash('B') },
            standby);

        LedgerRules.Settlements(records, _ => true, new ChainState(Make.Hash('A')), Make.Noon).ShouldBeEmpty();
        LedgerRules.Settlements(records, _ => true, new ChainState(Make.Hash('B')), Make.Noon).ShouldHaveSingleItem().Id.ShouldBe("B");
        var killed = Make.Records(standby with { State = RecordState.Started });
        LedgerRules.Settlements(killed, _ => true, new ChainState(Make.Hash('A')), Make.Noon).ShouldHaveSingleItem().State.ShouldBe(RecordState.Failed);
    }

    [Fact]
    public void Only_the_buffers_of_pending_records_are_protected()
    {
        var records = Make.Records(
            Make.Event("A", RecordState.Pending) with { Buffer = Make.AddressOf(1) },
            Make.Event("B", RecordState.Started) with { Buffer = Make.AddressOf(2) },
            Make.Event("C", RecordState.Pending) with { Buffer = Make.AddressOf(3) },
            Make.Event("C", RecordState.Succeeded),
            Make.Event("D", RecordState.Pending));

        LedgerRules.PendingBuffers(records).ShouldBe([Make.AddressOf(1)]);
    }
}
