using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

public sealed class ReleaseIdsTests
{
    private static readonly ReleaseKey Key = new(Make.Environment, "perps", "1.0.0", [Make.AddressOf(1), Make.AddressOf(2)]);

    private static LedgerEvent Release(string id, byte program, RecordState state, string release, int minutes = 0) => Make.Event(id, state) with
    {
        ProgramId = Make.AddressOf(program),
        Name = "perps",
        Version = "1.0.0",
        ReleaseId = release,
        StartedAt = Make.Noon.AddMinutes(minutes),
    };

    private static string IdAfter(params LedgerEvent[] events) => ReleaseIds.Of(Make.Records(events), Key, () => "new");

    [Fact]
    public void The_first_release_is_new() => IdAfter().ShouldBe("new");

    [Fact]
    public void A_release_that_stopped_half_way_goes_on() =>
        IdAfter(Release("a", 1, RecordState.Succeeded, "r1"), Release("b", 2, RecordState.Failed, "r1")).ShouldBe("r1");

    [Fact]
    public void A_release_whose_second_program_was_never_reached_goes_on() =>
        IdAfter(Release("a", 1, RecordState.Succeeded, "r1")).ShouldBe("r1");

    [Fact]
    public void A_release_that_succeeded_everywhere_is_followed_by_a_new_one() =>
        IdAfter(
            Release("a", 1, RecordState.Succeeded, "r1"),
            Release("b", 2, RecordState.Failed, "r1"),
            Release("c", 2, RecordState.Succeeded, "r1")).ShouldBe("new");

    [Fact]
    public void What_was_undone_had_succeeded() =>
        IdAfter(Release("a", 1, RecordState.Undone, "r1"), Release("b", 2, RecordState.Succeeded, "r1")).ShouldBe("new");

    [Fact]
    public void The_newest_release_decides() =>
        IdAfter(
            Release("a", 1, RecordState.Succeeded, "r9"),
            Release("b", 1, RecordState.Started, "r1", minutes: 5),
            Release("c", 2, RecordState.Succeeded, "r9", minutes: 1)).ShouldBe("r1");

    [Fact]
    public void Another_name_version_or_environment_is_another_release() =>
        IdAfter(
            Release("a", 1, RecordState.Failed, "r1") with { Name = "other" },
            Release("b", 1, RecordState.Failed, "r2") with { Version = "1.0.1" },
            Release("c", 1, RecordState.Failed, "r3") with { Environment = "beta" },
            Release("d", 1, RecordState.Failed, "r4") with { Kind = RecordKind.Rollback }).ShouldBe("new");

    [Fact]
    public void What_has_no_version_is_always_new() =>
        ReleaseIds.Of(Make.Records(Release("a", 1, RecordState.Failed, "r1") with { Version = null }), Key with { Version = null }, () => "new")
            .ShouldBe("new");
}
