using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

/// <summary>`changed=false`, in the contract's order.</summary>
public sealed class UnchangedRunTests
{
    private static UnchangedAnswer Decide(Story story, bool namesVersions = true, bool over = true) => new UnchangedRun(
        Make.Event("new") with { ExecutableHash = story.Hash, Version = "2.0.0", ReleaseId = "rel" },
        new ChainState(story.Hash) { Slot = 500, BlockTime = 5000 },
        _ => over,
        namesVersions).Decide(story.Records);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_open_record_whose_bytes_run_is_settled_and_is_the_output(bool namesVersions)
    {
        var answer = Decide(new Story().Deploy("A").Start("B").Land("B"), namesVersions);

        answer.Record.ShouldBe("B");
        answer.Append.Single().State.ShouldBe(RecordState.Succeeded);
        answer.Append[0].Id.ShouldBe("B");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bytes_that_no_record_knows_are_adopted(bool namesVersions)
    {
        var answer = Decide(new Story().Deploy("A").ByHand('X'), namesVersions);

        var entry = answer.Append.Single();
        entry.ShouldSatisfyAllConditions(
            () => entry.Id.ShouldBe("new"),
            () => entry.State.ShouldBe(RecordState.Succeeded),
            () => entry.Adopted.ShouldBe(true),
            () => entry.Unchanged.ShouldBeNull(),
            () => entry.Slot.ShouldBe(500ul),
            () => entry.Signature.ShouldBeNull());
        answer.Record.ShouldBe("new");
    }

    [Fact]
    public void Bytes_of_attempts_that_failed_or_were_undone_are_adopted_too_or_nothing_would_be_current()
    {
        var undone = new Story().Deploy("A").Deploy("B").Rollback("R").ByHand('B');
        Decide(undone).Append.Single().Adopted.ShouldBe(true);

        var failed = new Story().Deploy("A").Start("B").Write(Make.Event("B", RecordState.Failed)).ByHand('B');
        Decide(failed).Append.Single().Adopted.ShouldBe(true);
        failed.Write(Decide(failed).Append).Current.ShouldBe("new");
    }

    [Fact]
    public void Another_version_of_what_runs_is_recorded_with_the_transaction_that_put_it_there()
    {
        var story = new Story().Deploy("A").Write(Make.Event("A", RecordState.Succeeded) with
        {
            Slot = 100,
            BlockTime = 1000,
            Signature = Make.SignatureOf(1),
            Version = "1.0.0",
        });

        var entry = Decide(story).Append.Single();

        entry.ShouldSatisfyAllConditions(
            () => entry.Id.ShouldBe("new"),
            () => entry.Unchanged.ShouldBe(true),
            () => entry.Adopted.ShouldBeNull(),
            () => entry.Version.ShouldBe("2.0.0"),
            () => entry.ReleaseId.ShouldBe("rel"),
            () => entry.Slot.ShouldBe(100ul),
            () => entry.BlockTime.ShouldBe(1000),
            () => entry.Signature.ShouldBe(Make.SignatureOf(1)));
        Decide(story).Record.ShouldBe("new");
    }

    [Fact]
    public void After_a_rollback_the_earlier_transaction_is_the_rollbacks_so_that_the_soak_starts_there()
    {
        var story = new Story().Deploy("A").Deploy("B").Rollback("R")
            .Write(Make.Event("A", RecordState.Succeeded) with { Slot = 100 })
            .Write(Make.Event("R", RecordState.Succeeded, RecordKind.Rollback) with { Slot = 300 });

        Decide(story).Append.Single().Slot.ShouldBe(300ul);
    }

    [Fact]
    public void Without_versions_nothing_is_written_and_the_record_that_runs_is_the_output()
    {
        var answer = Decide(new Story().Deploy("A").Deploy("B").Rollback("R"), namesVersions: false);

        answer.Append.ShouldBeEmpty();
        answer.Record.ShouldBe("A");
    }

    [Fact]
    public void A_record_that_its_own_run_will_settle_is_known_and_left_alone()
    {
        var story = new Story().Deploy("A").Start("B").Land("B");

        var answer = Decide(story, namesVersions: false, over: false);

        answer.Append.ShouldBeEmpty();
        answer.Record.ShouldBe("B");
    }

    [Fact]
    public void An_attempt_that_died_elsewhere_is_settled_on_the_way()
    {
        var story = new Story().Deploy("A").Start("B");

        var answer = Decide(story, namesVersions: false);

        answer.Append.Single().ShouldSatisfyAllConditions(
            entry => entry.Id.ShouldBe("B"),
            entry => entry.State.ShouldBe(RecordState.Failed));
        answer.Record.ShouldBe("A");
    }
}
