using System.Text;
using Actions.Core.Notify;

namespace Actions.Core.Tests.Notify;

public sealed class SarifFindingsTests
{
    [Fact]
    public void Findings_come_with_the_worst_first_and_with_their_places()
    {
        var found = Read("""
            {"version":"2.1.0","runs":[{"results":[
              {"ruleId":"b","level":"note","message":{"text":"n"}},
              {"ruleId":"a","message":{"text":"w"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a%20b/c.yml"},"region":{"startLine":3}}}]},
              {"ruleId":"c","level":"error","message":{"text":"expected; found; do it"},"partialFingerprints":{"findingId/v1":"c/x"},"properties":{"remedy":"do it"}},
              {"ruleId":"d","level":"error","message":{"text":"let be"},"suppressions":[{"kind":"external"}]},
              {"ruleId":"e","level":"note","message":{"text":"asked to let be"},"suppressions":[{"kind":"external","status":"underReview"}]},
              {"ruleId":"f","kind":"pass","message":{"text":"passed"}},
              {"ruleId":"g","baselineState":"absent","message":{"text":"gone"}}
            ]},{"results":[]},{}]}
            """)!;

        found.ShouldBe([
            new KeptFinding("c/x", "c", FindingLevel.Error, "expected; found", "do it", null, 0),
            new KeptFinding("a/a%20b/c.yml:3", "a", FindingLevel.Warning, "w", null, "a%20b/c.yml", 3),
            new KeptFinding("b/:0", "b", FindingLevel.Note, "n", null, null, 0),
            new KeptFinding("e/:0", "e", FindingLevel.Note, "asked to let be", null, null, 0),
        ]);
    }

    [Theory]
    [InlineData("../../settings")]
    [InlineData("a/../../../b")]
    [InlineData("//evil.example/x")]
    [InlineData("https://evil.example/x")]
    [InlineData("a\" onclick=\"x")]
    [InlineData("a%zz")]
    [InlineData("javascript:x")]
    public void A_place_that_is_not_in_the_repository_is_none(string uri) =>
        Read("""{"version":"2.1.0","runs":[{"results":[{"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":PLACE}}}]}]}]}""".Replace("PLACE", JsonText(uri), StringComparison.Ordinal))![0].File.ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"version":"1.0.0","runs":[]}""")]
    [InlineData("""{"version":"2.1.0"}""")]
    [InlineData("""{"version":"2.1.0","runs":[{"results":[{}]}]}""")]
    [InlineData("""{"version":"2.1.0","runs":[{"results":7}]}""")]
    [InlineData("""{"version":"2.1.0","runs":[{"results":[{"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"},"region":{"startLine":1.5}}}]}]}]}""")]
    public void What_is_no_sarif_is_none(string text) => Read(text).ShouldBeNull();

    [Fact]
    public void Texts_are_made_safe_and_bounded()
    {
        var found = SarifFindings.Read(Encoding.UTF8.GetBytes("""{"version":"2.1.0","runs":[{"results":[{"ruleId":"r","message":{"text":"a hunter2 b"}}]}]}"""), (text, most) => text.Replace("hunter2", $"<{most}>", StringComparison.Ordinal))!;

        found[0].Text.ShouldBe("a <1000> b");
    }

    private static IReadOnlyList<KeptFinding>? Read(string text) => SarifFindings.Read(Encoding.UTF8.GetBytes(text), (safe, _) => safe);

    private static string JsonText(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";
}
