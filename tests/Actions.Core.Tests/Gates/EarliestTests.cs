using System.Globalization;
using Actions.Core.Gates;
using Actions.Core.Releases;
using static Actions.Core.Tests.Gates.Situation;

namespace Actions.Core.Tests.Gates;

/// <summary>"Come back at …" is only worth something when it is true.</summary>
public sealed class EarliestTests
{
    [Theory]
    [InlineData(20, "", "", "", "2026-11-20T16:00:00Z")] // the soak alone
    [InlineData(30, "Fri 11:00-Fri 15:00 UTC", "", "", "2026-11-20T15:00:00Z")]
    [InlineData(20, "Fri 11:00-Fri 15:00 UTC", "", "", "2026-11-20T16:00:00Z")] // the later of both
    [InlineData(20, "Fri 15:30-Fri 18:15 UTC", "", "", "2026-11-20T18:15:00Z")] // the soak ends in a freeze that has not begun
    [InlineData(20, "Fri 15:30-Mon 06:00 Europe/Berlin", "", "", "2026-11-23T05:00:00Z")]
    [InlineData(30, "", "2026-11-21T08:00:00Z", "2026-11-21T12:00:00Z", "2026-11-21T08:00:00Z")]
    [InlineData(30, "Sat 00:00-Sat 09:00 UTC", "2026-11-21T08:00:00Z", "2026-11-21T12:00:00Z", "2026-11-21T09:00:00Z")]
    [InlineData(30, "Sat 00:00-Mon 06:00 UTC", "2026-11-21T08:00:00Z", "2026-11-21T12:00:00Z", "")] // the freeze outlasts the window
    [InlineData(1, "", "2026-11-20T11:00:00Z", "2026-11-20T13:00:00Z", "")] // so does the soak
    [InlineData(30, "", "", "", "")] // nothing to wait for
    public void The_earliest_time_is_the_first_at_which_nothing_waits(double soaked, string freeze, string from, string to, string earliest)
    {
        var rules = new GateRules
        {
            MinSoak = TimeSpan.FromHours(24),
            Freeze = freeze.Length > 0 ? [FreezeWindow.Parse(freeze).Value] : [],
            Window = from.Length > 0 ? new ChangeWindow(At(from), At(to)) : null,
        };
        GateEvidence Then(DateTimeOffset at) => Evidence with { Now = at, Source = Evidence.Source! with { LiveSince = Known(Now.AddHours(-soaked)), ClusterTime = Known(at) } };

        var list = GateChecklist.Evaluate(rules, Then(Now));

        list.Earliest.ShouldBe(earliest.Length > 0 ? At(earliest) : null);
        if (list.Earliest is { } time)
        {
            list.NeedsOnlyTime.ShouldBeTrue();
            GateChecklist.Evaluate(rules, Then(time)).IsOpen.ShouldBeTrue("at that time");
            GateChecklist.Evaluate(rules, Then(time.AddSeconds(-1))).IsOpen.ShouldBeFalse("a second before");
        }
    }

    [Fact]
    public void The_time_of_a_soak_is_shown_without_fractions_and_still_true()
    {
        var rules = new GateRules { MinSoak = TimeSpan.FromHours(24), RequireSmoke = false, RequireVerified = false };
        var now = Now.AddMilliseconds(1);

        var list = GateChecklist.Evaluate(rules, Evidence with { Now = now, Source = Evidence.Source! with { LiveSince = Known(now.AddHours(-23)), ClusterTime = Known(now) } });

        list.Earliest.ShouldBe(Now.AddHours(1).AddSeconds(1));
    }

    [Fact]
    public void What_needs_more_than_time_says_so()
    {
        var list = GateChecklist.Evaluate(Rules, Evidence with { Phrase = null, Source = Evidence.Source! with { LiveSince = Known(Now.AddHours(-23.5)) } });

        list.Earliest.ShouldBe(Now.AddHours(0.5));
        list.NeedsOnlyTime.ShouldBeFalse();
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
