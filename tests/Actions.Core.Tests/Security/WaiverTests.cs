using System.Text;
using Actions.Core.Security;

namespace Actions.Core.Tests.Security;

public sealed class WaiverTests
{
    private static readonly DateOnly Today = new(2026, 12, 1);
    private static readonly ScanFinding Pin = SecurityRules.ActionUnpinned.At(".github/workflows/ci.yml", 7, "found 'acme/lint@main'");
    private static readonly ScanFinding Key = SecurityRules.KeypairCommitted.At("tests/fixture.json", 1, "found the key pair of X");

    [Fact]
    public void A_waiver_of_a_rule_and_a_path_waives_it_there_until_its_day_is_over()
    {
        var file = Read("{ rule: action-unpinned, path: .github/workflows/*.yml, reason: it moves to SHA next week, until: 2026-12-01 }");

        var verdict = ScanVerdict.Of([Pin, Key], file, Today);
        var later = ScanVerdict.Of([Pin, Key], file, Today.AddDays(1));

        (verdict.Open.ShouldHaveSingleItem(), verdict.Waived.Single().Finding).ShouldBe((Key, Pin));
        verdict.Unused.ShouldBeEmpty();
        later.Waived.ShouldBeEmpty();
        later.Open.Select(finding => finding.Rule).ShouldBe(["action-unpinned", "keypair-committed", "waiver-expired"]);
        (later.Errors, later.Warnings, later.Open[2].Path, later.Open[2].Line).ShouldBe((2, 1, "waivers.yml", 3));
    }

    [Fact]
    public void A_waiver_of_one_finding_waives_no_other()
    {
        var file = Read($"{{ finding: {Key.Id}, reason: a key of a test, until: 2027-01-01 }}");

        ScanVerdict.Of([Pin, Key], file, Today).Open.ShouldBe([Pin]);
        ScanVerdict.Of([Pin, Key with { Occurrence = 1 }], file, Today).Open.Count.ShouldBe(2);
    }

    [Fact]
    public void A_waiver_that_waives_nothing_is_told_and_is_no_finding()
    {
        var verdict = ScanVerdict.Of([Pin], Read("{ rule: rebuilt, path: '**', reason: r, until: 2027-01-01 }"), Today);

        verdict.Open.ShouldBe([Pin]);
        verdict.Unused.Single().ToString().ShouldBe("rebuilt at **");
    }

    [Fact]
    public void Findings_of_other_tools_are_waived_by_tool_and_rule()
    {
        var foreign = Pin with { Tool = "Snyk Code", Rule = "javascript/Sqli" };

        ScanVerdict.Of([foreign], Read("{ rule: Snyk Code/javascript/Sqli, path: '**', reason: r, until: 2027-01-01 }"), Today).Open.ShouldBeEmpty();
        ScanVerdict.Of([Pin], Read("{ rule: Snyk Code/action-unpinned, path: '**', reason: r, until: 2027-01-01 }"), Today).Open.ShouldBe([Pin]);
    }

    [Theory]
    [InlineData("{ rule: action-unpinned, path: a, until: 2027-01-01 }", "'reason'")]
    [InlineData("{ rule: action-unpinned, path: a, reason: r }", "'until'")]
    [InlineData("{ rule: action-unpinned, path: a, reason: r, until: tomorrow }", "a date such as")]
    [InlineData("{ rule: action-unpinned, path: a, reason: r, until: 2027-02-30 }", "a date such as")]
    [InlineData("{ rule: action-unpined, path: a, reason: r, until: 2027-01-01 }", "a rule of docs/security-scan.md")]
    [InlineData("{ rule: action-unpinned, reason: r, until: 2027-01-01 }", "either the id of a finding, or rule and path")]
    [InlineData("{ finding: abc, path: a, reason: r, until: 2027-01-01 }", "either the id of a finding, or rule and path")]
    [InlineData("{ finding: abc, reason: r, until: 2027-01-01, paths: a }", "unknown key")]
    [InlineData("{ finding: abc, reason: '', until: 2027-01-01 }", "one line of text")]
    public void A_mistake_in_a_waiver_is_said_with_its_line(string waiver, string expected)
    {
        var file = WaiverFile.Read(Encoding.UTF8.GetBytes(Text(waiver)), "waivers.yml", "waivers");

        file.Faults.ShouldContain(fault => fault.Message.Contains(expected, StringComparison.Ordinal) && fault.Message.StartsWith("waivers.yml:3", StringComparison.Ordinal), string.Join('\n', file.Faults.Select(fault => fault.Message)));
    }

    [Theory]
    [InlineData("waivers: []\n")]
    [InlineData("version: 2\nwaivers: []\n")]
    [InlineData("version: 1\n")]
    [InlineData("version: 1\nwaivers: []\nwaiver: []\n")]
    [InlineData("version: 1\nwaivers: &a []\n")]
    public void A_file_of_another_form_is_refused(string text) => WaiverFile.Read(Encoding.UTF8.GetBytes(text), "waivers.yml", "waivers").IsOk.ShouldBeFalse();

    [Fact]
    public void Two_findings_that_are_otherwise_the_same_are_two()
    {
        var numbered = ScanFinding.Numbered([Pin, Pin with { Line = 9 }, Key]);

        numbered.Select(finding => finding.Id).ShouldBeUnique();
        numbered[0].ShouldBe(Pin);
    }

    private static WaiverFile Read(string waiver) => WaiverFile.Read(Encoding.UTF8.GetBytes(Text(waiver)), "waivers.yml", "waivers").OrThrow();

    private static string Text(string waiver) => $"version: 1\nwaivers:\n  - {waiver}\n";
}
