using System.Text;
using Actions.Core.Faults;
using Actions.Core.Security;
using Actions.Core.Security.Audits;

namespace Actions.Core.Tests.Security;

public sealed class AuditFileTests
{
    private const string Npm = """
        {"auditReportVersion":2,"vulnerabilities":{
          "minimist":{"name":"minimist","severity":"critical","isDirect":true,"via":[{"source":1,"name":"minimist","dependency":"minimist","title":"Prototype pollution","url":"https://github.com/advisories/GHSA-xvch-5gv4-984h","severity":"critical","range":"<0.2.4"}],"effects":["mkdirp"],"range":"<0.2.4","nodes":["node_modules/minimist"],"fixAvailable":true},
          "mkdirp":{"name":"mkdirp","severity":"critical","isDirect":true,"via":["minimist"],"effects":[],"range":"0.4.1 - 0.5.1","nodes":["node_modules/mkdirp"],"fixAvailable":false},
          "ms":{"name":"ms","severity":"moderate","via":[{"source":2,"name":"ms","dependency":"ms","title":"ReDoS","url":"https://github.com/advisories/GHSA-w9mr-4mfr-499f","severity":"moderate","range":"<2.0.0"}],"range":"<2.0.0","fixAvailable":false}},
         "metadata":{"vulnerabilities":{"info":0,"low":0,"moderate":1,"high":0,"critical":2,"total":3},"dependencies":{"prod":3,"total":3}}}
        """;

    private const string Advisories = """
        {"actions":[],"advisories":{"1097":{"id":1097,"module_name":"lodash","vulnerable_versions":"<4.17.21","patched_versions":">=4.17.21","severity":"high","title":"Command injection","url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","github_advisory_id":"GHSA-35jh-r3h4-6jhm"}},"metadata":{}}
        """;

    private const string Yarn = """
        {"type":"auditAdvisory","data":{"resolution":{"id":1,"path":"lodash"},"advisory":{"module_name":"lodash","vulnerable_versions":"<4.17.21","patched_versions":">=4.17.21","severity":"high","title":"Command injection","url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm"}}}
        {"type":"auditAdvisory","data":{"resolution":{"id":1,"path":"x>lodash"},"advisory":{"module_name":"lodash","vulnerable_versions":"<4.17.21","patched_versions":">=4.17.21","severity":"high","title":"Command injection","url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm"}}}
        {"type":"auditSummary","data":{"vulnerabilities":{"high":2}}}
        """;

    private const string Cargo = """
        {"database":{"advisory-count":800,"last-commit":"a","last-updated":"2026-11-20T00:00:00Z"},"lockfile":{"dependency-count":312},"settings":{"ignore":[]},
         "vulnerabilities":{"found":true,"count":1,"list":[{"advisory":{"id":"RUSTSEC-2024-0344","package":"curve25519-dalek","title":"Timing variability","date":"2024-06-18","cvss":null,"url":"https://example.com"},"versions":{"patched":[">=4.1.3"],"unaffected":[]},"affected":null,"package":{"name":"curve25519-dalek","version":"3.2.1"}}]},
         "warnings":{"unmaintained":[{"kind":"unmaintained","package":{"name":"derivative","version":"2.2.0"},"advisory":{"id":"RUSTSEC-2024-0388","package":"derivative","title":"derivative is unmaintained"},"versions":{"patched":[],"unaffected":[]}}],
                     "yanked":[{"kind":"yanked","package":{"name":"futures","version":"0.3.1"},"advisory":null,"versions":null}]}}
        """;

    private const string Dotnet = """
        {"version":1,"parameters":"--vulnerable --include-transitive","sources":["https://packages.example/v3/index.json"],"projects":[{"path":"/x/a.csproj"},{"path":"/x/b.csproj","frameworks":[{"framework":"net10.0",
          "topLevelPackages":[{"id":"Newtonsoft.Json","requestedVersion":"12.0.1","resolvedVersion":"12.0.1","vulnerabilities":[{"severity":"High","advisoryurl":"https://github.com/advisories/GHSA-5crp-9r3c-p9vr"}]}],
          "transitivePackages":[{"id":"System.Net.Http","resolvedVersion":"4.3.0","vulnerabilities":[{"severity":"Low","advisoryurl":"https://github.com/advisories/GHSA-7jgj-8wvc-jh57"}]}]}]}]}
        """;

    [Theory]
    [InlineData("package-lock.json", Npm, "minimist GHSA-xvch-5gv4-984h error|ms GHSA-w9mr-4mfr-499f warning")]
    [InlineData("web/npm-shrinkwrap.json", Npm, "minimist GHSA-xvch-5gv4-984h error|ms GHSA-w9mr-4mfr-499f warning")]
    [InlineData("package-lock.json", Advisories, "lodash GHSA-35jh-r3h4-6jhm error")]
    [InlineData("pnpm-lock.yaml", Advisories, "lodash GHSA-35jh-r3h4-6jhm error")]
    [InlineData("app/yarn.lock", Yarn, "lodash GHSA-35jh-r3h4-6jhm error")]
    [InlineData("Cargo.lock", Cargo, "curve25519-dalek RUSTSEC-2024-0344 error|derivative RUSTSEC-2024-0388 warning|futures yanked warning")]
    [InlineData("src/x/packages.lock.json", Dotnet, "Newtonsoft.Json GHSA-5crp-9r3c-p9vr error|System.Net.Http GHSA-7jgj-8wvc-jh57 warning")]
    public void An_audit_is_a_finding_for_each_advisory_at_its_lock_file(string lockFile, string audit, string expected)
    {
        var findings = AuditFile.Read(lockFile, Encoding.UTF8.GetBytes(audit));

        findings.Select(finding => $"{finding.Subject} {(finding.Severity == Severity.Error ? "error" : "warning")}").ShouldBe(expected.Split('|'));
        findings.ShouldAllBe(finding => finding.Path == lockFile && finding.Area == ScanArea.Dependencies);
    }

    [Fact]
    public void What_to_do_is_said_where_the_tool_says_it()
    {
        AuditFile.Read("Cargo.lock", Encoding.UTF8.GetBytes(Cargo))[0].Found.ShouldBe("found curve25519-dalek 3.2.1: RUSTSEC-2024-0344, Timing variability; better is >=4.1.3");
        AuditFile.Read("package-lock.json", Encoding.UTF8.GetBytes(Npm))[0].Found.ShouldBe("found minimist <0.2.4: GHSA-xvch-5gv4-984h, Prototype pollution (critical); an update is available");
    }

    [Theory]
    [InlineData("package-lock.json", """{"auditReportVersion":2,"vulnerabilities":{},"metadata":{}}""")]
    [InlineData("pnpm-lock.yaml", """{"advisories":{}}""")]
    [InlineData("yarn.lock", """{"type":"auditSummary","data":{}}""")]
    [InlineData("Cargo.lock", """{"lockfile":{"dependency-count":1},"vulnerabilities":{"found":false,"count":0,"list":[]},"warnings":{}}""")]
    [InlineData("packages.lock.json", """{"version":1,"parameters":"--vulnerable --include-transitive","projects":[{"path":"/x/a.csproj"}]}""")]
    public void A_clean_audit_says_nothing(string lockFile, string audit) => AuditFile.Read(lockFile, Encoding.UTF8.GetBytes(audit)).ShouldBeEmpty();

    [Theory]
    [InlineData("package-lock.json", null)]
    [InlineData("package-lock.json", "")]
    [InlineData("package-lock.json", "npm ERR! network")]
    [InlineData("package-lock.json", """{"message":"request to registry failed","error":{"code":"ENOTFOUND"}}""")]
    [InlineData("package-lock.json", """{"auditReportVersion":3,"vulnerabilities":{}}""")]
    [InlineData("package-lock.json", """{"auditReportVersion":2}""")]
    [InlineData("package-lock.json", "[]")]
    [InlineData("pnpm-lock.yaml", Npm)]
    [InlineData("yarn.lock", """{"type":"error","data":"An unexpected error occurred"}""")]
    [InlineData("yarn.lock", "x")]
    [InlineData("Cargo.lock", Npm)]
    [InlineData("Cargo.lock", """{"vulnerabilities":{"list":[]}}""")]
    [InlineData("Cargo.lock", null)]
    [InlineData("packages.lock.json", """{"version":1,"parameters":"--vulnerable","projects":[]}""")]
    [InlineData("packages.lock.json", """{"version":1,"parameters":"--vulnerable --include-transitive","projects":[{"path":"/x"}],"problems":[{"level":"error","text":"No assets file"}]}""")]
    [InlineData("packages.lock.json", "The project was not restored")]
    public void No_audit_is_a_finding_and_never_silence(string lockFile, string? audit)
    {
        var finding = AuditFile.Read(lockFile, audit is null ? null : Encoding.UTF8.GetBytes(audit)).ShouldHaveSingleItem();

        (finding.Rule, finding.Severity).ShouldBe(("audit-missing", Severity.Error));
    }

    [Fact]
    public void Documents_with_anything_anywhere_are_findings_at_most()
    {
        string[] values = ["null", "1", "\"x\"", "[]", "{}", "[null]", "[{}]", "[[1]]"];
        foreach (var (lockFile, audit) in new[] { ("package-lock.json", Npm), ("pnpm-lock.yaml", Advisories), ("yarn.lock", Yarn), ("Cargo.lock", Cargo), ("packages.lock.json", Dotnet) })
        {
            foreach (var key in System.Text.RegularExpressions.Regex.Matches(audit, "\"([\\w-]+)\":").Select(match => match.Value).Distinct())
            {
                foreach (var value in values)
                {
                    var changed = audit.Replace(key, $"{key}{value},\"x\":", StringComparison.Ordinal);
                    Should.NotThrow(() => AuditFile.Read(lockFile, Encoding.UTF8.GetBytes(changed)), changed);
                }
            }
        }
    }

    [Fact]
    public void What_others_wrote_is_bounded_and_on_one_line()
    {
        var audit = Npm.Replace("Prototype pollution", $"a\\nb\\u001b[31m{new string('x', 100_000)}", StringComparison.Ordinal);

        var found = AuditFile.Read("package-lock.json", Encoding.UTF8.GetBytes(audit))[0].Found;

        found.Length.ShouldBeLessThan(1_000);
        found.ShouldNotContain('\n');
        found.ShouldNotContain('\u001b');
    }
}
