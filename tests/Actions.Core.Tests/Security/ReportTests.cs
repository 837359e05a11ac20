using System.Text;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Security;
using Actions.Core.Security.Reports;

namespace Actions.Core.Tests.Security;

public sealed class ReportTests
{
    private const string Gitleaks = """
        {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gitleaks","rules":[{"id":"generic-api-key","shortDescription":{"text":"Generic API Key"}}]}},
          "invocations":[{"executionSuccessful":true,"environmentVariables":{"TOKEN":"an-environment"}}],
          "results":[{"ruleId":"generic-api-key","message":{"text":"generic-api-key has detected secret for file a.ts."},
            "locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.ts"},"region":{"startLine":7,"snippet":{"text":"the-secret"}},"contextRegion":{"startLine":6,"snippet":{"text":"the-secret"}}}}],
            "partialFingerprints":{"commitSha":"c0ffee"}}]}]}
        """;

    [Fact]
    public void A_report_is_findings_under_the_tools_own_names()
    {
        using var report = Read(Gitleaks);

        var finding = report.Runs.Single().Results.Single()!;
        (finding.FullRule, finding.Path, finding.Line, finding.Severity).ShouldBe(("gitleaks/generic-api-key", "a.ts", 7, Severity.Warning));
        report.Runs[0].Category.ShouldBe("security-scan/gitleaks/r.sarif/0/");
    }

    [Fact]
    public void What_a_report_quotes_is_not_written_again()
    {
        using var report = Read(Gitleaks);

        var text = Write(report.Runs[0], _ => null);

        text.ShouldNotContain("the-secret");
        text.ShouldNotContain("an-environment");
        text.ShouldContain("\"name\":\"gitleaks\"");
        text.ShouldContain("\"startLine\":7");
        text.ShouldNotContain("suppressions");
        using var waived = JsonDocument.Parse(Write(report.Runs[0], _ => "known"));
        waived.RootElement.GetProperty("results")[0].GetProperty("suppressions")[0].GetProperty("justification").GetString().ShouldBe("known");
    }

    [Theory]
    [InlineData("""{"level":"error"}""", "{}", "error")]
    [InlineData("""{"level":"warning"}""", "{}", "warning")]
    [InlineData("""{"level":"note"}""", "{}", "none")]
    [InlineData("""{"level":"none"}""", "{}", "none")]
    [InlineData("{}", "{}", "warning")]
    [InlineData("{}", """{"defaultConfiguration":{"level":"error"}}""", "error")]
    [InlineData("""{"level":"note"}""", """{"properties":{"security-severity":"9.8"}}""", "error")]
    [InlineData("""{"level":"error"}""", """{"properties":{"security-severity":"5.3"}}""", "warning")]
    [InlineData("""{"level":"error","properties":{"security-severity":"0.0"}}""", """{"properties":{"security-severity":"9.0"}}""", "none")]
    [InlineData("""{"level":"error","kind":"pass"}""", "{}", "none")]
    [InlineData("""{"level":"error","kind":"fail"}""", "{}", "error")]
    [InlineData("""{"level":"error","suppressions":[{"kind":"inSource"}]}""", "{}", "none")]
    [InlineData("""{"level":"error","suppressions":[{"kind":"external","status":"rejected"}]}""", "{}", "error")]
    [InlineData("""{"level":"error","baselineState":"absent"}""", "{}", "none")]
    public void A_result_weighs_what_its_tool_says(string result, string rule, string expected)
    {
        using var report = Read($$$"""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[{"id":"r"{{{Rest(rule)}}}]}},"results":[{"ruleId":"r","message":{"text":"m"}{{{Rest(result)}}}]}]}""");

        (report.Runs[0].Results[0]?.Severity.ToString().ToLowerInvariant() ?? "none").ShouldBe(expected);
    }

    [Fact]
    public void A_rule_is_found_by_its_place_and_in_extensions_too()
    {
        using var report = Read("""
            {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL","rules":[{"id":"one"},{"id":"two","defaultConfiguration":{"level":"error"},"messageStrings":{"default":{"text":"the text"}}}]},
              "extensions":[{"name":"pack","rules":[{"id":"three","properties":{"security-severity":"8.1"}}]}]},
              "results":[{"ruleIndex":1,"message":{"id":"default"}},{"ruleId":"three","message":{"text":"m"}},{"ruleIndex":99,"message":{}}]}]}
            """);

        report.Runs[0].Results.Select(finding => $"{finding!.Rule} {finding.Severity}").ShouldBe(["two Error", "three Error", "a rule without a name Warning"]);
        report.Runs[0].Results[0]!.Found.ShouldBe("found two: the text");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("""{"version":"2.0.0","runs":[]}""")]
    [InlineData("""{"version":"2.1.0"}""")]
    [InlineData("""{"version":"2.1.0","runs":[{}]}""")]
    [InlineData("""{"version":"2.1.0","runs":[null]}""")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":""}}}]}""")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{}]}]}""")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[1]}]}""")]
    public void Something_else_is_no_report(string json) => ForeignSarif.Read("r.sarif", Encoding.UTF8.GetBytes(json), out _).ShouldBeNull();

    [Fact]
    public void Documents_with_anything_anywhere_are_refused_or_read()
    {
        string[] values = ["null", "1", "\"x\"", "[]", "{}", "[null]", "[{}]"];
        foreach (var key in System.Text.RegularExpressions.Regex.Matches(Gitleaks, "\"(\\w+)\":").Select(match => match.Value).Distinct())
        {
            foreach (var value in values)
            {
                var changed = Encoding.UTF8.GetBytes(Gitleaks.Replace(key, $"{key}{value},\"x\":", StringComparison.Ordinal));
                using var report = ForeignSarif.Read("r.sarif", changed, out _);
                if (report is not null)
                {
                    Should.NotThrow(() => report.Runs.Select(run => Write(run, _ => "x")).ToList(), key + value);
                }
            }
        }
    }

    [Theory]
    [InlineData("a/*.sarif", "a/b.sarif", true)]
    [InlineData("a/*.sarif", "a/b/c.sarif", false)]
    [InlineData("**/*.sarif", "c.sarif", true)]
    [InlineData("**/*.sarif", "a/b/c.sarif", true)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("a+(b)", "a+(b)", true)]
    public void Patterns_are_of_names_and_of_folders(string pattern, string path, bool expected) => Glob.Matches(pattern, path).ShouldBe(expected);

    private static ForeignSarif Read(string json) => ForeignSarif.Read("r.sarif", Encoding.UTF8.GetBytes(json), out var problem).ShouldNotBeNull(problem);

    private static string Write(ForeignRun run, Func<ScanFinding, string?> waived)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            SarifCopy.Write(json, run, waived);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Rest(string json) => json == "{}" ? "}" : $",{json[1..]}";
}
