using Actions.Core.Smoke;
using Actions.Core.Tests.Runner;

namespace Actions.Core.Tests.Smoke;

public sealed class AssertionTests
{
    private static readonly ManualTime Time = new();
    private static readonly DateTimeOffset Now = Time.GetUtcNow();

    [Theory]
    // a plain value means equals
    [InlineData("5", "5", true)]
    [InlineData("5", "6", false)]
    [InlineData("healthy", "\"healthy\"", true)]
    [InlineData("healthy", "\"degraded\"", false)]
    [InlineData("[1, 2]", "[1,2]", true)]
    [InlineData("null", "null", true)]
    [InlineData("{ equals: true }", "true", true)]
    [InlineData("{ equals: true }", "false", false)]
    [InlineData("{ equals: { a: 1 } }", """{"a":1}""", true)]
    [InlineData("{ equals: null }", "0", false)]
    [InlineData("{ not: degraded }", "\"healthy\"", true)]
    [InlineData("{ not: degraded }", "\"degraded\"", false)]
    [InlineData("{ not: { one-of: [a, b] } }", "\"b\"", false)]
    [InlineData("{ not: { min: 5 } }", "4", true)]
    [InlineData("{ one-of: [healthy, degraded] }", "\"degraded\"", true)]
    [InlineData("{ one-of: [healthy, degraded] }", "\"unhealthy\"", false)]
    [InlineData("{ matches: '^v1\\.[0-9]+$' }", "\"v1.42\"", true)]
    [InlineData("{ matches: '^v1\\.[0-9]+$' }", "\"v2.0\"", false)]
    [InlineData("{ matches: '5' }", "250", true)]
    [InlineData("{ matches: 'a' }", "[\"a\"]", false)]
    [InlineData("{ min: 5 }", "5", true)]
    [InlineData("{ min: 5 }", "4.99", false)]
    [InlineData("{ max: 5 }", "5", true)]
    [InlineData("{ max: 5 }", "5.01", false)]
    [InlineData("{ min: 1, max: 3 }", "2", true)]
    [InlineData("{ min: 1, max: 3 }", "4", false)]
    [InlineData("{ min: 63072000 }", "\"63072000\"", true)]
    [InlineData("{ min: 5 }", "\"many\"", false)]
    [InlineData("{ min: 5 }", "null", false)]
    [InlineData("{ min: 18446744073709551615 }", "18446744073709551614", false)]
    [InlineData("{ every: true }", "[true,true]", true)]
    [InlineData("{ every: true }", "[true,false]", false)]
    [InlineData("{ every: true }", "[]", false)]
    [InlineData("{ every: { min: 1 } }", "[1,2]", true)]
    [InlineData("{ any: true }", "[false,true]", true)]
    [InlineData("{ any: true }", "[false]", false)]
    [InlineData("{ any: true }", "[]", false)]
    [InlineData("{ any: { matches: x } }", "[\"ax\"]", true)]
    [InlineData("{ exists: true }", "null", true)]
    [InlineData("{ exists: false }", "1", false)]
    public void An_assertion_holds_or_not(string assertion, string value, bool holds) => Holds(Spec.Assertion(assertion), Selection.Of(Spec.Value(value))).ShouldBe(holds);

    [Theory]
    [InlineData("5")]
    [InlineData("{ not: 5 }")]
    [InlineData("{ exists: true }")]
    [InlineData("{ every: true }")]
    [InlineData("{ any: true }")]
    [InlineData("{ max: 5 }")]
    [InlineData("{ matches: '.*' }")]
    [InlineData("{ capture: a }")]
    [InlineData("{ fresher-than: 1h }")]
    public void Nothing_is_no_evidence(string assertion) => Holds(Spec.Assertion(assertion), Selection.Nothing).ShouldBeFalse();

    [Fact]
    public void Nothing_can_be_what_is_expected() => Holds(Spec.Assertion("{ exists: false }"), Selection.Nothing).ShouldBeTrue();

    [Theory]
    [InlineData("{ every: true }", true)]
    [InlineData("true", true)]
    [InlineData("{ every: true }", false)]
    [InlineData("true", false)]
    public void Of_several_values_each_must_hold(string assertion, bool all) =>
        Holds(Spec.Assertion(assertion), Spec.Select("$[*].healthy", $$"""[{"healthy":true},{"healthy":{{(all ? "true" : "false")}}}]""")).ShouldBe(all);

    [Fact]
    public void A_wildcard_that_selects_one_list_is_about_that_list_and_not_its_items() =>
        Holds(Spec.Assertion("{ every: [1, 1] }"), Spec.Select("$[*]", "[[1,1]]")).ShouldBeTrue();

    public static TheoryData<string, bool> Times => new()
    {
        { Json(Now.AddSeconds(-59).ToString("O")), true },
        { Json(Now.AddSeconds(-61).ToString("O")), false },
        { Json(Now.AddSeconds(-10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'")), true },
        { Json(Now.AddSeconds(-10).ToString("yyyy-MM-dd'T'HH:mm:ss'.123456789Z'")), true },
        { Json(Now.AddSeconds(-10).ToOffset(TimeSpan.FromHours(2)).ToString("yyyy-MM-dd'T'HH:mm:sszzz")), true },
        { Now.AddSeconds(-10).ToUnixTimeSeconds().ToString(), true },
        { Now.AddSeconds(-70).ToUnixTimeSeconds().ToString(), false },
        { Now.AddSeconds(-10).ToUnixTimeMilliseconds().ToString(), true },
        { Now.AddSeconds(-70).ToUnixTimeMilliseconds().ToString(), false },
        { Json(Now.AddSeconds(-10).ToUnixTimeMilliseconds().ToString()), true },
        { $"{Now.AddSeconds(-10).ToUnixTimeSeconds()}.5", true },
        { Now.AddSeconds(30).ToUnixTimeSeconds().ToString(), true },
        { Now.AddSeconds(90).ToUnixTimeSeconds().ToString(), false },
        { "0", false },
        { "-1", false },
        { "1e300", false },
        { Json("yesterday"), false },
        { Json(""), false },
        { "true", false },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public void A_time_is_fresh_in_whatever_form(string value, bool fresh) => Holds(Spec.Assertion("{ fresher-than: 1m }"), Selection.Of(Spec.Value(value))).ShouldBe(fresh);

    [Fact]
    public void Captured_values_are_compared_with()
    {
        var first = new AssertionCheck(Time, new Dictionary<string, SmokeValue>());
        first.Hold("$.price", Spec.Assertion("{ capture: price, min: 1 }"), Selection.Of(Spec.Value("250")));
        first.Complaints.ShouldBeEmpty();

        var second = new AssertionCheck(Time, first.Captured);
        second.Hold("fee", Same("price"), Selection.Of(Spec.Value("\"250\"")));
        second.Complaints.ShouldBeEmpty("an API may write a u64 as a text");
        second.Hold("fee", Same("price"), Selection.Of(Spec.Value("251")));
        second.Complaints.ShouldHaveSingleItem().ToString().ShouldBe("expected fee to be the same as price, found 251; price is 250");
        second.Hold("fee", Same("unknown"), Selection.Of(Spec.Value("251")));
        second.Complaints.Count.ShouldBe(2);
    }

    [Fact]
    public void Several_values_cannot_be_captured_as_one()
    {
        var check = new AssertionCheck(Time, new Dictionary<string, SmokeValue>());

        check.Hold("$[*]", Spec.Assertion("{ capture: a }"), Spec.Select("$[*]", "[1,2]"));

        check.Complaints.ShouldHaveSingleItem().Found.ShouldBe("2 of them");
        check.Captured.ShouldBeEmpty();
    }

    [Fact]
    public void A_complaint_says_what_was_expected_and_found()
    {
        var check = new AssertionCheck(Time, new Dictionary<string, SmokeValue>());
        check.Hold("$.status", Spec.Assertion("{ one-of: [healthy, degraded] }"), Selection.Of("unhealthy"));
        check.Hold("$.n", Spec.Assertion("{ min: 1, max: 3 }"), Selection.Nothing);
        check.Hold("$.at", Spec.Assertion("{ fresher-than: 30s }"), Selection.Of(Spec.Value(Now.AddSeconds(-45).ToUnixTimeSeconds().ToString())));

        check.Complaints.Select(complaint => complaint.ToString()).ShouldBe([
            "expected $.status to be one of 'healthy', 'degraded', found 'unhealthy'",
            "expected $.n to be at least 1 and at most 3, found nothing",
            $"expected $.at to be a time of the last 30 s, found {Now.AddSeconds(-45).ToUnixTimeSeconds()} (45 s ago)",
        ]);
    }

    /// <summary>Without linear time this would take longer than the universe has.</summary>
    [Fact]
    public void A_pattern_cannot_be_made_to_take_for_ever() =>
        Holds(Spec.Assertion("{ matches: '^(a+)+$' }"), Selection.Of(new string('a', 500_000) + "!")).ShouldBeFalse();

    private static Assertion Same(string name) => new() { SameAs = name };

    private static string Json(string text) => $"\"{text}\"";

    private static bool Holds(Assertion assertion, Selection found)
    {
        var check = new AssertionCheck(Time, new Dictionary<string, SmokeValue>());
        check.Hold("it", assertion, found);
        return check.Complaints.Count == 0;
    }
}
