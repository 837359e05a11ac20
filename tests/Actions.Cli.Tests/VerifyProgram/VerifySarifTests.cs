using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.VerifyProgram;

public sealed class VerifySarifTests
{
    private static readonly VerifySarif Sarif = new("production", "genesis", TestKey.From("sarif").Address, ".github/workflows/verify.yml");
    private static readonly Finding Authority = new(FindingKinds.AuthorityMismatch, Severity.Error, "Expected a", "found b", "do c", "expected-authority");
    private static readonly Finding Contacts = new(FindingKinds.SecurityTxtMissing, Severity.Warning, "Expected d", "found e", "do f", "security-txt");

    [Fact]
    public void Every_finding_is_one_result_of_a_rule_that_is_listed()
    {
        var run = Run(Sarif, Authority, Contacts);

        var rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("id").GetString()).ToList();
        rules.ShouldBe(FindingKinds.All.Select(kind => kind.Id));
        var results = run.GetProperty("results").EnumerateArray().ToList();
        results.Select(result => (result.GetProperty("ruleId").GetString(), result.GetProperty("level").GetString()))
            .ShouldBe([("authority-mismatch", "error"), ("security-txt-missing", "warning")]);
        results.ShouldAllBe(result => rules[result.GetProperty("ruleIndex").GetInt32()] == result.GetProperty("ruleId").GetString());
        results[0].GetProperty("message").GetProperty("text").GetString().ShouldBe("Expected a; found b; do c");
    }

    [Fact]
    public void What_code_scanning_asks_of_a_file_is_there()
    {
        using var document = JsonDocument.Parse(VerifySarif.Write([(Sarif, [Authority])], PlainText));
        var run = document.RootElement.GetProperty("runs")[0];

        document.RootElement.GetProperty("version").GetString().ShouldBe("2.1.0");
        run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().ShouldAllBe(rule =>
            rule.GetProperty("shortDescription").GetProperty("text").GetString()!.Length > 0
            && rule.GetProperty("fullDescription").GetProperty("text").GetString()!.Length > 0
            && rule.GetProperty("help").GetProperty("text").GetString()!.Length > 0);
        var place = run.GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        place.GetProperty("artifactLocation").GetProperty("uri").GetString().ShouldBe(".github/workflows/verify.yml");
        place.GetProperty("region").GetProperty("startLine").GetInt32().ShouldBe(1);
        run.GetProperty("automationDetails").GetProperty("id").GetString().ShouldBe($"verify-program/production/{Sarif.ProgramId}/");
    }

    [Fact]
    public void Nothing_found_is_an_empty_list_which_closes_alerts() => Run(Sarif).GetProperty("results").GetArrayLength().ShouldBe(0);

    [Fact]
    public void The_same_finding_of_another_run_is_the_same_alert() =>
        Fingerprint(Sarif, Authority with { Found = "found another" }).ShouldBe(Fingerprint(Sarif, Authority));

    [Fact]
    public void Another_finding_program_environment_or_cluster_is_another_alert()
    {
        string[] all =
        [
            Fingerprint(Sarif, Authority), Fingerprint(Sarif, Contacts), Fingerprint(Sarif, Authority with { Input = "commit" }),
            Fingerprint(Sarif with { Environment = "staging" }, Authority), Fingerprint(Sarif with { GenesisHash = "other" }, Authority),
            Fingerprint(Sarif with { ProgramId = SystemProgram.Id }, Authority),
        ];

        all.ShouldBeUnique();
    }

    [Theory]
    [InlineData("owner/repo/.github/workflows/verify.yml@refs/heads/main", "owner/repo", ".github/workflows/verify.yml")]
    [InlineData("other/repo/.github/workflows/verify.yml@refs/heads/main", "owner/repo", "target/deploy/x.so")]
    [InlineData("", "", "target/deploy/x.so")]
    public void Alerts_stand_at_the_workflow_that_asked_or_at_the_file(string workflow, string repository, string file)
    {
        var environment = new RunnerEnvironment(new Dictionary<string, string> { ["GITHUB_WORKFLOW_REF"] = workflow, ["GITHUB_REPOSITORY"] = repository }, "/");
        var request = new VerifyRequest { ProgramId = Sarif.ProgramId, Bytes = new ExpectedBytes("program", "target/deploy/x.so", "") };

        VerifySarif.FileOf(environment, request).ShouldBe(file);
    }

    private static JsonElement Run(VerifySarif sarif, params Finding[] findings)
    {
        using var document = JsonDocument.Parse(VerifySarif.Write([(sarif, findings)], PlainText));
        return document.RootElement.GetProperty("runs")[0].Clone();
    }

    private static string Fingerprint(VerifySarif sarif, Finding finding) =>
        Run(sarif, finding).GetProperty("results")[0].GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString()!;

    private static string PlainText(string text, int most) => text;
}
