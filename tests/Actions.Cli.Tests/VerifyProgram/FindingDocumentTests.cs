using System.Reflection;
using System.Text.RegularExpressions;
using Actions.Cli.Tests.Tools;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;

namespace Actions.Cli.Tests.VerifyProgram;

public sealed partial class FindingDocumentTests
{
    [Fact]
    public void Every_kind_is_in_the_list() =>
        typeof(FindingKinds).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.FieldType == typeof(FindingKind)).Select(field => (FindingKind)field.GetValue(null)!)
            .ShouldBe(FindingKinds.All, ignoreOrder: true);

    [Fact]
    public void Every_finding_is_documented_with_its_severity_fault_and_meaning() =>
        Rows().Select(row => (row["id"].Value, row["severity"].Value, row["fault"].Value, row["meaning"].Value)).ShouldBe(
            FindingKinds.All.Select(kind => (kind.Id, Severity(kind), kind.Code.Name, kind.Meaning)));

    [Fact]
    public void Every_finding_says_what_to_do() => Rows().ShouldAllBe(row => row["todo"].Value.Length > 10);

    [Fact]
    public void Ids_are_unique_and_kebab_case()
    {
        FindingKinds.All.Select(kind => kind.Id).ShouldBeUnique();
        FindingKinds.All.ShouldAllBe(kind => Kebab().IsMatch(kind.Id));
        FindingKinds.All.ShouldAllBe(kind => kind.Code.Exit == ExitCode.Verdict);
    }

    private static string Severity(FindingKind kind) => kind.Severity switch
    {
        Actions.Core.Faults.Severity.Error => "error",
        Actions.Core.Faults.Severity.Warning => "warning",
        _ => $"by `{kind.Id[..kind.Id.LastIndexOf('-')]}`: warning with `warn`, error with `require`",
    };

    private static List<GroupCollection> Rows() =>
        [.. File.ReadAllLines(Repository.At("docs", "findings.md")).Select(line => Row().Match(line)).Where(match => match.Success).Select(match => match.Groups)];

    [GeneratedRegex(@"\A\| `(?<id>[^`]+)` \| (?<severity>[^|]+) \| `(?<fault>[^`]+)` \| (?<meaning>[^|]+) \| (?<todo>[^|]+) \|\z")]
    private static partial Regex Row();

    [GeneratedRegex(@"\A[a-z]+(-[a-z]+)*\z")]
    private static partial Regex Kebab();
}
