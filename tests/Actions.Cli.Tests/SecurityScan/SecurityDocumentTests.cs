using System.Text.RegularExpressions;
using Actions.Cli.Tests.Tools;
using Actions.Core.Faults;
using Actions.Core.Security;

namespace Actions.Cli.Tests.SecurityScan;

/// <summary>docs/security-scan.md and the examples say what there is.</summary>
public sealed partial class SecurityDocumentTests
{
    public static TheoryData<string> Waivers => new(
        Directory.GetFiles(Repository.At("docs", "examples"), "security-waivers.yml", SearchOption.AllDirectories).Append(Repository.At(".github", "security-waivers.yml")).Select(path => Path.GetRelativePath(Repository.Root, path)));

    [Fact]
    public void Every_rule_is_documented_with_its_severity_and_meaning() =>
        Rows().Select(row => (row["id"].Value, row["severity"].Value, row["meaning"].Value)).ShouldBe(
            SecurityRules.All.Select(rule => (rule.Id, rule.Severity == Severity.Error ? "error" : "warning", rule.Meaning)));

    [Fact]
    public void Every_rule_says_what_to_do() => Rows().ShouldAllBe(row => row["todo"].Value.Length > 10);

    [Fact]
    public void Every_rule_is_in_the_list_once()
    {
        SecurityRules.All.Select(rule => rule.Id).ShouldBeUnique();
        typeof(SecurityRules).GetFields().Where(field => field.FieldType == typeof(SecurityRule)).Select(field => (SecurityRule)field.GetValue(null)!).ShouldBe(SecurityRules.All, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Waivers))]
    public void Waivers_that_are_shown_can_be_read(string path) => WaiverFile.Read(File.ReadAllBytes(Repository.At(path)), path, "waivers").OrThrow().Waivers.ShouldNotBeEmpty();

    [Fact]
    public void The_waivers_of_the_document_can_be_read()
    {
        var yaml = Waiver().Match(File.ReadAllText(Repository.At("docs", "security-scan.md"))).Groups[1].Value;

        WaiverFile.Read(System.Text.Encoding.UTF8.GetBytes(yaml), "waivers.yml", "waivers").OrThrow().Waivers.Count.ShouldBe(2);
    }

    private static List<GroupCollection> Rows() =>
        [.. File.ReadAllLines(Repository.At("docs", "security-scan.md")).Select(line => Row().Match(line)).Where(match => match.Success).Select(match => match.Groups)];

    [GeneratedRegex(@"\A\| `(?<id>[a-z-]+)` \| (?<severity>error|warning) \| (?<meaning>[^|]+) \| (?<todo>[^|]+) \|\z")]
    private static partial Regex Row();

    [GeneratedRegex("```yaml\n(version: 1\nwaivers:.*?)```", RegexOptions.Singleline)]
    private static partial Regex Waiver();
}
