using Actions.Core.Gates;
using Actions.Core.Releases;

namespace Actions.Core.Tests.Gates;

public sealed class GateRulesTests
{
    [Theory]
    [InlineData(null, null, 24)] // the default, where both are silent
    [InlineData(1, null, 1)] // the file takes the default's place
    [InlineData(null, 1, 1)]
    [InlineData(1, 48, 48)]
    [InlineData(48, 1, 48)]
    [InlineData(48, 0, 48)]
    [InlineData(0, 0, 0)]
    public void Of_two_soaks_the_longer_holds(int? file, int? input, int hours) =>
        GateRules.Stricter(new ReleaseGates { MinSoak = Hours(file) }, new ExplicitGates(Hours(input), null, null), TimeSpan.FromHours(24)).MinSoak.ShouldBe(TimeSpan.FromHours(hours));

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(false, null, false)]
    [InlineData(null, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public void A_check_is_required_when_either_says_so_or_both_are_silent(bool? file, bool? input, bool required)
    {
        var rules = GateRules.Stricter(new ReleaseGates { Smoke = file, Verified = file }, new ExplicitGates(null, input, input), TimeSpan.Zero);

        (rules.RequireSmoke, rules.RequireVerified).ShouldBe((required, required));
    }

    private static TimeSpan? Hours(int? hours) => hours is { } count ? TimeSpan.FromHours(count) : null;
}
