using System.Text;
using Actions.Core.Notify;

namespace Actions.Core.Tests.Notify;

public sealed class IssueMemoryTests
{
    private static readonly DateOnly Monday = new(2026, 11, 16);

    [Fact]
    public void A_night_that_finds_the_same_changes_nothing()
    {
        var first = IssueMemory.Of(null).After(Findings("a", "b"), Monday);

        first.After(Findings("a", "b"), Monday.AddDays(1)).ShouldBeSameAs(first);
        IssueMemory.Of($"x\n{first.Hide()}\ny").After(Findings("a", "b"), Monday.AddDays(1)).Hide().ShouldBe(first.Hide());
    }

    [Fact]
    public void What_came_and_what_went_is_of_the_last_change()
    {
        var memory = IssueMemory.Of(null).After(Findings("a", "b"), Monday).After(Findings("b", "c"), Monday.AddDays(3));

        memory.Added.ShouldBe(["c"]);
        memory.Gone.ShouldBe(["a"]);
        memory.History.Select(day => (day.Date, day.Warnings)).ShouldBe([("2026-11-16", 2), ("2026-11-19", 2)]);
    }

    [Fact]
    public void Other_amounts_and_severities_are_a_change_too_and_a_day_has_one_row()
    {
        var memory = IssueMemory.Of(null).After(Findings("a"), Monday).After(Findings("a") with { StaleLamports = 7 }, Monday.AddDays(1)).After(new KeptFindings([], null), Monday.AddDays(1));

        memory.History.Select(day => (day.Date, day.Warnings, day.StaleLamports)).ShouldBe([("2026-11-16", 1, null), ("2026-11-17", 0, (ulong?)null)]);
        memory.Gone.ShouldBe(["a"]);
    }

    [Fact]
    public void Thirty_days_are_remembered()
    {
        var memory = Enumerable.Range(0, 50).Aggregate(IssueMemory.Of(null), (memory, day) => memory.After(Findings(day % 2 == 0 ? ["a"] : []), Monday.AddDays(day)));

        memory.History.Count.ShouldBe(30);
        memory.History[^1].Date.ShouldBe("2027-01-04");
    }

    [Fact]
    public void Too_many_findings_are_counted_and_not_named()
    {
        var many = Findings([.. Enumerable.Range(0, 2_000).Select(index => $"authority-mismatch/program-{index}")]);
        var memory = IssueMemory.Of(null).After(many, Monday);

        (memory.Ids, memory.History[0].Warnings).ShouldBe((null, 2_000));
        memory.Hide().Length.ShouldBeLessThan(1_000);
        memory.After(many, Monday.AddDays(1)).ShouldBeSameAs(memory);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("{}")]
    [InlineData("""{"history":[{"date":"yesterday","errors":1,"warnings":0,"notes":0}],"added":[],"gone":[]}""")]
    [InlineData("""{"history":[{"date":"2026-11-16","errors":-1,"warnings":0,"notes":0}],"added":[],"gone":[]}""")]
    [InlineData("""{"history":[],"added":[null],"gone":[]}""")]
    [InlineData("""{"history":[],"added":[],"gone":[],"more":1}""")]
    public void What_somebody_else_hid_there_is_not_remembered(string text)
    {
        var hidden = text.StartsWith('{') ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : text;

        var memory = IssueMemory.Of($"<!-- solana-actions memory {hidden} -->");

        (memory.History.Count, memory.Added.Count).ShouldBe((0, 0));
    }

    private static KeptFindings Findings(params string[] ids) => new([.. ids.Select(id => new KeptFinding(id, id, FindingLevel.Warning, "", null, null, 0))], null);
}
