using System.Text.Json.Nodes;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Ledger;

public sealed class LedgerFoldTests
{
    [Fact]
    public void No_events_are_no_records() => Make.Records().ShouldBeEmpty();

    [Theory]
    [InlineData(RecordState.Started, RecordState.Pending, RecordState.Pending)]
    [InlineData(RecordState.Started, RecordState.Failed, RecordState.Failed)]
    [InlineData(RecordState.Started, RecordState.Succeeded, RecordState.Succeeded)]
    [InlineData(RecordState.Pending, RecordState.Failed, RecordState.Failed)]
    [InlineData(RecordState.Pending, RecordState.Succeeded, RecordState.Succeeded)]
    [InlineData(RecordState.Succeeded, RecordState.Undone, RecordState.Undone)]
    [InlineData(RecordState.Failed, RecordState.Succeeded, RecordState.Succeeded)]
    [InlineData(RecordState.Succeeded, RecordState.Failed, RecordState.Succeeded)]
    [InlineData(RecordState.Undone, RecordState.Succeeded, RecordState.Undone)]
    [InlineData(RecordState.Failed, RecordState.Cancelled, RecordState.Cancelled)]
    public void The_strongest_state_holds(RecordState first, RecordState second, RecordState expected) =>
        Make.Records(Make.Event("A", first), Make.Event("A", second)).Single().State.ShouldBe(expected);

    [Fact]
    public void Records_come_in_the_order_they_were_opened_however_they_end()
    {
        var records = Make.Records(
            Make.Event("A"), Make.Event("B"), Make.Event("B", RecordState.Succeeded), Make.Event("C"), Make.Event("A", RecordState.Succeeded));

        records.Select(record => (record.Id, record.Opened, record.WentLive)).ShouldBe([("A", 0, 4), ("B", 1, 2), ("C", 3, (int?)null)]);
    }

    [Fact]
    public void Later_fields_replace_earlier_ones_and_absent_ones_replace_nothing()
    {
        var facts = Make.Records(
            Make.Event("A") with { Reason = "one", Slot = 1, Buffer = Make.AddressOf(1) },
            Make.Event("A", RecordState.Succeeded) with { Reason = "two", Slot = 2 }).Single().Facts;

        (facts.Reason, facts.Slot, facts.Buffer).ShouldBe(("two", 2ul, Make.AddressOf(1)));
    }

    [Fact]
    public void A_settlement_made_from_an_older_view_replaces_nothing_that_is_known()
    {
        var facts = Make.Records(
            Make.Event("A", RecordState.Succeeded) with { Slot = 2, FinishedAt = Make.Noon },
            Make.Event("A", RecordState.Failed) with { Slot = 1, FinishedAt = Make.Noon.AddHours(1), Transactions = 3 }).Single().Facts;

        (facts.State, facts.Slot, facts.FinishedAt, facts.Transactions).ShouldBe((RecordState.Succeeded, 2ul, Make.Noon, 3));
    }

    [Fact]
    public void Whoever_settles_a_record_does_not_become_its_run()
    {
        var facts = Make.Records(
            Make.Event("A") with { RunUrl = "https://github.com/a/b/actions/runs/1", Actor = "ann", Pid = 1 },
            Make.Event("A", RecordState.Succeeded) with { RunUrl = "https://github.com/a/b/actions/runs/2", Actor = "bob", Pid = 2, Host = "h" }).Single().Facts;

        (facts.RunUrl, facts.Actor, facts.Pid, facts.Host).ShouldBe(("https://github.com/a/b/actions/runs/1", "ann", 1, "h"));
    }

    [Fact]
    public void Every_field_survives_the_fold()
    {
        var full = Make.Full();

        var before = Make.Records(full with { State = RecordState.Started }, Bare(full)).Single().Facts;
        var after = Make.Records(Bare(full) with { State = RecordState.Started }, full).Single().Facts;

        Json(before).ShouldBe(Json(full));
        Json(after).ShouldBe(Json(full));

        static LedgerEvent Bare(LedgerEvent entry) => Make.Event(entry.Id, entry.State);
    }

    [Fact]
    public void An_event_that_moves_its_record_to_another_key_is_tampering()
    {
        var first = Make.Event("A");
        foreach (var second in new[]
        {
            first with { Environment = "production" },
            first with { ProgramId = Make.AddressOf(8) },
            first with { Kind = RecordKind.Rollback },
        })
        {
            var faults = LedgerFold.Fold([first, second, first]).Faults;

            faults.Single().Code.ShouldBe(FaultCodes.Tampered);
        }
    }

    [Fact]
    public void A_thousand_contradictions_are_a_bounded_number_of_faults() =>
        LedgerFold.Fold([Make.Event("A"), .. Enumerable.Repeat(Make.Event("A") with { Kind = RecordKind.Check }, 1000)])
            .Faults.Count.ShouldBeInRange(1, 20);

    [Fact]
    public void The_state_of_a_record_does_not_depend_on_the_order_of_its_events() =>
        Prop.ForAll(Events, events =>
            States(events.Where(e => e.State != RecordState.Cancelled))
                .SequenceEqual(States(events.Where(e => e.State != RecordState.Cancelled).Reverse()))).QuickCheckThrowOnFailure();

    [Fact]
    public void Events_of_other_records_in_between_change_nothing() =>
        Prop.ForAll(Events, events =>
            Make.Records(events).All(record => Json(record.Facts) == Json(Make.Records(events.Where(e => e.Id == record.Id)).Single().Facts)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void An_event_written_twice_counts_once() =>
        Prop.ForAll(Events, events =>
            Make.Records(events).Select(r => Json(r.Facts))
                .SequenceEqual(Make.Records(events.SelectMany(e => new[] { e, e })).Select(r => Json(r.Facts)))).QuickCheckThrowOnFailure();

    [Fact]
    public void More_events_never_take_a_success_back() =>
        Prop.ForAll(Events, events =>
            Make.Records(events.SkipLast(1)).Where(r => r.WentLive is not null)
                .All(earlier => Make.Records(events).Single(r => r.Id == earlier.Id) is { State: RecordState.Succeeded or RecordState.Undone } now
                    && now.WentLive == earlier.WentLive)).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_current_runs_and_what_is_previous_does_not() =>
        Prop.ForAll(Events, events =>
        {
            var records = Make.Records(events);
            return "ABCD".All(letter =>
            {
                var current = LedgerRules.Current(records, Make.Hash(letter));
                var previous = LedgerRules.Previous(records, Make.Hash(letter));
                return (current is null || current.ExecutableHash == Make.Hash(letter))
                    && (current is null || previous is null || previous.ExecutableHash != current.ExecutableHash)
                    && previous?.State != RecordState.Undone;
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Settling_everything_leaves_nothing_started_and_settling_again_writes_nothing() =>
        Prop.ForAll(Events, events =>
        {
            var chain = new ChainState(Make.Hash('A'));
            var settled = events.Concat(LedgerRules.Settlements(Make.Records(events), _ => true, chain, Make.Noon)).ToList();
            return LedgerRules.Open(Make.Records(settled)).All(open => open.State == RecordState.Pending)
                && LedgerRules.Settlements(Make.Records(settled), _ => true, chain, Make.Noon).Count == 0;
        }).QuickCheckThrowOnFailure();

    /// <summary>Up to 30 events of eight records, releases and rollbacks, whose bytes are the last letter of their id.</summary>
    private static Arbitrary<LedgerEvent[]> Events { get; } = (
        from count in Gen.Choose(0, 30)
        from events in (
            from letter in Gen.Elements('A', 'B', 'C', 'D')
            from kind in Gen.Elements(RecordKind.Release, RecordKind.Rollback)
            from state in Gen.Elements(Enum.GetValues<RecordState>())
            from slot in Gen.Elements<ulong?>(null, 1, 2, 3)
            from other in Gen.Elements("release-A", "release-B", "release-C", "rollback-D", null)
            let isRollback = kind == RecordKind.Rollback
            select Make.Event($"{(isRollback ? "rollback" : "release")}-{letter}", state, kind) with
            {
                ExecutableHash = Make.Hash(letter),
                Slot = slot,
                From = other,
                Restores = isRollback ? $"release-{letter}" : null,
                Unchanged = !isRollback && slot == 3 ? true : null,
            }).ArrayOf(count)
        select events).ToArbitrary();

    private static IEnumerable<(string, RecordState)> States(IEnumerable<LedgerEvent> events) =>
        Make.Records(events).Select(record => (record.Id, record.State)).OrderBy(pair => pair.Id, StringComparer.Ordinal);

    private static string Json(LedgerEvent entry) =>
        new JsonObject(JsonNode.Parse(LedgerLine.Write(entry))!.AsObject().OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))).ToJsonString();
}
