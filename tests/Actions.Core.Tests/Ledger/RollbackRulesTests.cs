using Actions.Core.Ledger;
using Actions.Core.Releases;

namespace Actions.Core.Tests.Ledger;

public sealed class RollbackRulesTests
{
    [Fact]
    public void After_A_B_C_a_rollback_gives_B_and_again_gives_A_and_then_there_is_none()
    {
        var one = new ReleaseTrain("p").Deploy("1", "A").Deploy("2", "B").Deploy("3", "C");

        one.Rollback().Running.ShouldBe("B");
        one.Rollback().Running.ShouldBe("A");
        one.Decide().Steps.Single().ShouldBeOfType<RollbackStep.Untouched>();
        one.Rollback().Running.ShouldBe("A");
    }

    [Fact]
    public void A_half_finished_attempt_leaves_nothing_to_undo_however_often_somebody_asks()
    {
        var one = new ReleaseTrain("p").Deploy("1", "A").Deploy("2", "B", endAt: 0);

        for (var time = 0; time < 3; time++)
        {
            var (subjects, steps) = one.Decide();
            steps.Single().ShouldBeOfType<RollbackStep.NeverLive>().Attempt.Facts.Version.ShouldBe("2");
            subjects.Single().Settlements.Select(entry => entry.State).ShouldBe(time == 0 ? [RecordState.Failed] : []);
            one.Rollback().Running.ShouldBe("A");
        }
    }

    [Fact]
    public void A_first_deploy_that_never_got_there_leaves_nothing_to_undo() =>
        new ReleaseTrain("p").Deploy("1", "A", endAt: 0).Decide().Steps.Single().ShouldBeOfType<RollbackStep.NeverLive>();

    [Fact]
    public void A_deploy_that_landed_and_could_not_say_so_is_undone_like_any_other()
    {
        var one = new ReleaseTrain("p").Deploy("1", "A").Deploy("2", "B", endAt: 0, Killed.Unsaid);

        one.Rollback().Running.ShouldBe("A");
        one.Records("p").Single(record => record.Facts.Version == "2").State.ShouldBe(RecordState.Undone);
    }

    [Theory]
    [InlineData(Killed.HalfWay)]
    [InlineData(Killed.Unsaid)]
    public void An_interrupted_rollback_is_completed_and_goes_back_no_further(Killed end)
    {
        var one = new ReleaseTrain("p").Deploy("1", "A").Deploy("2", "B").Deploy("3", "C").Rollback(endAt: 0, end: end);

        one.Rollback().Running.ShouldBe("B");
        one.Records("p").Single(record => record.Facts.Version == "3").State.ShouldBe(RecordState.Undone);
    }

    [Fact]
    public void The_same_run_never_rolls_back_twice_and_another_one_does()
    {
        var one = new ReleaseTrain("p").Deploy("1", "A").Deploy("2", "B").Deploy("3", "C").Rollback("42");

        one.Decide("42").Steps.Single().ShouldBeOfType<RollbackStep.Done>().Restored!.Facts.Version.ShouldBe("2");
        one.Rollback("42").Running.ShouldBe("B");
        one.Rollback("43").Running.ShouldBe("A");
    }

    [Fact]
    public void The_same_run_may_name_another_target_of_its_own()
    {
        var one = new ReleaseTrain("p").Deploy("1.0.0", "A").Deploy("2.0.0", "B").Deploy("3.0.0", "C").Rollback("42");

        one.Rollback("42", to: Version("2.0.0")).Running.ShouldBe("B");
        one.Rollback("42", to: Version("1.0.0")).Running.ShouldBe("A");
    }

    [Fact]
    public void Bytes_that_came_by_hand_are_what_is_undone()
    {
        var one = new ReleaseTrain("p").Deploy("1", "A").Deploy("2", "B").ByHand("p", "X");

        one.Decide().Steps.Single().ShouldBeOfType<RollbackStep.Restore>().Replaced.ShouldBeNull();
        one.Rollback().Running.ShouldBe("B");
        one.Rollback().Running.ShouldBe("A");
    }

    [Fact]
    public void Bytes_that_came_by_hand_after_a_failed_attempt_are_undone_and_those_before_it_are_not()
    {
        new ReleaseTrain("p").Deploy("1", "A").Deploy("2", "B", endAt: 0).ByHand("p", "X").Rollback().Running.ShouldBe("A");
        new ReleaseTrain("p").Deploy("1", "A").ByHand("p", "X").Deploy("2", "B", endAt: 0).Rollback().Running.ShouldBe("X");
    }

    [Theory]
    [InlineData("1.0.0", "A")]
    [InlineData("v2.0.0", "B")]
    [InlineData("3.0.0", "C")]
    public void A_version_that_ran_there_is_found(string version, string bytes) =>
        new ReleaseTrain("p").Deploy("1.0.0", "A").Deploy("2.0.0", "B").Deploy("3.0.0", "C").Rollback(to: Version(version)).Running.ShouldBe(bytes);

    [Fact]
    public void A_digest_is_that_of_the_file()
    {
        var one = new ReleaseTrain("p").Deploy("1", "A").Deploy("2", "B").Deploy("3", "C");

        one.Rollback(to: RollbackTo.TryParse(ReleaseTrain.Hash("file A").ToUpperInvariant())).Running.ShouldBe("A");
        one.Decide(to: RollbackTo.TryParse(ReleaseTrain.Hash("A"))).Steps.Single().ShouldBeOfType<RollbackStep.Untouched>();
    }

    [Fact]
    public void What_never_ran_there_is_no_target()
    {
        var one = new ReleaseTrain("p").Deploy("1.0.0", "A").Deploy("2.0.0", "B", endAt: 0);

        one.Decide(to: Version("2.0.0")).Steps.Single().ShouldBeOfType<RollbackStep.Untouched>();
        one.Decide(to: Version("9.0.0")).Steps.Single().ShouldBeOfType<RollbackStep.Untouched>();
    }

    [Fact]
    public void What_runs_already_is_no_work() =>
        new ReleaseTrain("p").Deploy("1.0.0", "A").Deploy("2.0.0", "B").Decide(to: Version("2.0.0")).Steps.Single().ShouldBeOfType<RollbackStep.Runs>();

    [Fact]
    public void A_release_that_was_rolled_back_can_be_named()
    {
        var one = new ReleaseTrain("p").Deploy("1.0.0", "A").Deploy("2.0.0", "B").Rollback().Rollback(to: Version("2.0.0"));

        one.Running.ShouldBe("B");
        one.Versions.ShouldBe("2.0.0");
        one.Decide().Steps.Single().ShouldBeOfType<RollbackStep.Untouched>("what a rollback replaced is undone");
    }

    [Fact]
    public void Every_release_on_the_way_back_is_left()
    {
        var one = new ReleaseTrain("p").Deploy("1.0.0", "A").Deploy("2.0.0", "B").Deploy("2.1.0", "B").Deploy("3.0.0", "C").Deploy("4.0.0", "D").Rollback();

        Left(one, Version("1.0.0")).ShouldBe("3.0.0 2.1.0 2.0.0");
        Left(one, new RollbackTo.Previous()).ShouldBe("3.0.0");
        Left(one, Version("4.0.0")).ShouldBe("3.0.0", "forward is not back: only what runs is left");
    }

    [Fact]
    public void A_release_of_several_programs_is_undone_where_it_did_something()
    {
        var four = new ReleaseTrain("p", "q", "r", "s").Deploy("1", "a a a a").Deploy("2", "b b b b").Deploy("3", "c b c c");

        four.Rollback().Running.ShouldBe("b b b b");
        four.Versions.ShouldBe("2 2 2 2");
        four.Rollback().Running.ShouldBe("a a a a");
    }

    [Theory]
    [InlineData(Killed.HalfWay, "c c b b")]
    [InlineData(Killed.Unsaid, "c c c b")]
    public void A_release_that_ended_half_way_is_undone_as_far_as_it_came(Killed end, string running)
    {
        var four = new ReleaseTrain("p", "q", "r", "s").Deploy("1", "a a a a").Deploy("2", "b b b b").Deploy("3", "c c c c", endAt: 2, end);
        four.Running.ShouldBe(running);

        four.Rollback().Running.ShouldBe("b b b b");
        four.Versions.ShouldBe("2 2 2 2");
        four.Rollback().Running.ShouldBe("a a a a");
    }

    [Fact]
    public void A_version_that_changed_nothing_is_skipped_and_taken_back_with_what_it_stood_on()
    {
        var two = new ReleaseTrain("p", "q").Deploy("1", "a a").Deploy("2", "b a").Deploy("3", "b a");
        two.Versions.ShouldBe("3 3");

        two.Rollback().Running.ShouldBe("a a");
        two.Versions.ShouldBe("1 1");
    }

    [Fact]
    public void One_program_alone_goes_back_to_what_it_ran()
    {
        var two = new ReleaseTrain("p", "q").Deploy("1", "a a").Deploy("2", "b b").ByHand("q", "x");

        two.Rollback().Running.ShouldBe("b b", "what came by hand is undone first");
        two.Rollback().Running.ShouldBe("a a");
    }

    private static string Left(ReleaseTrain releases, RollbackTo to) =>
        string.Join(' ', releases.Decide(to: to).Steps.Single().ShouldBeOfType<RollbackStep.Restore>().Left.Select(record => record.Facts.Version));

    private static RollbackTo.Version Version(string text) => new(SemVer.TryParse(text)!);
}
