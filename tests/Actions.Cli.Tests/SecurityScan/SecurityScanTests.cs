using System.Text.Json;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.SecurityScan;

/// <summary>`security-scan` as a step runs it.</summary>
public sealed class SecurityScanTests
{
    [Fact]
    public async Task A_repository_with_nothing_wrong_is_clean()
    {
        using var repository = ScannedRepository.Clean();

        var run = await repository.ScanAsync(("fail-on", "warning"), ("sarif-file", "security.sarif"));

        (run.Exit, run["clean"], run["findings"], run["sarif"]).ShouldBe((0, "true", "0", "security.sarif"), run.ToString());
        run.Warnings.ShouldBeEmpty();
        run.Summary.ShouldContain("**Clean:** 0 errors, 0 warnings, 0 waived.");
        run.Summary.ShouldContain("| **Dependencies** | 1 lock file | 0 | 0 | 0 |");
    }

    [Fact]
    public async Task Whatever_is_wrong_is_found_in_one_verdict()
    {
        using var repository = ScannedRepository.Seeded();

        var run = await repository.ScanAsync(("sarif-files", "reports/*.sarif"), ("sarif-file", "security.sarif"));

        (run.Exit, run["clean"], run["findings"], run["errors"], run["warnings"]).ShouldBe((4, "false", "5", "4", "1"), run.ToString());
        Found(run).ShouldBe(
        [
            ".github/workflows/bad.yml:7 script-injection", "Dockerfile:1 image-unpinned", "keys/deployer.json:1 keypair-committed", "package-lock.json:1 dependency-vulnerable",
            "src/lib.rs:1 clippy/clippy::unwrap_used",
        ]);
        run.Warnings.ShouldBe(["findings-open"]);
        ShouldNotLeak(run, repository);
        using var sarif = Sarif(repository);
        sarif.RootElement.GetProperty("runs").EnumerateArray().Select(each => (Tool(each), each.GetProperty("results").GetArrayLength(), each.GetProperty("automationDetails").GetProperty("id").GetString()))
            .ShouldBe([("solana-actions security-scan", 4, "security-scan/"), ("clippy", 1, "security-scan/clippy/reports/clippy.sarif/0/")]);
    }

    [Theory]
    [InlineData("error", 0, "true")]
    [InlineData("warning", 4, "false")]
    [InlineData("never", 0, "true")]
    public async Task Warnings_fail_where_they_shall(string failOn, int exit, string clean)
    {
        using var repository = ScannedRepository.Clean();
        repository.Put("Dockerfile", "FROM node:22\n");

        var run = await repository.ScanAsync(("fail-on", failOn));

        (run.Exit, run["clean"], run["findings"]).ShouldBe((exit, clean, "1"), run.ToString());
    }

    [Fact]
    public async Task With_never_an_error_is_not_clean_and_the_exit_code_is_0()
    {
        using var repository = ScannedRepository.Seeded();

        var run = await repository.ScanAsync(("fail-on", "never"));

        (run.Exit, run["clean"], run["errors"]).ShouldBe((0, "false", "3"), run.ToString());
        run.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("sarif-files", "reports/none.sarif")]
    [InlineData("sarif-files", "nowhere/**/*.sarif")]
    [InlineData("sarif-files", "package-lock.json")]
    [InlineData("sbom-files", "sbom.json")]
    [InlineData("sbom-files", "package-lock.json")]
    [InlineData("history", "no-history")]
    [InlineData("history", "package-lock.json")]
    [InlineData("history", "src/empty")]
    [InlineData("workflows", "elsewhere")]
    public async Task What_was_asked_for_and_is_not_there_is_never_clean(string input, string value)
    {
        using var repository = ScannedRepository.Clean();

        var run = await repository.ScanAsync((input, value));

        (run.Exit, run["clean"], run["errors"]).ShouldBe((4, "false", "1"), run.ToString());
        Found(run)[0].ShouldEndWith("report-missing");
    }

    [Fact]
    public async Task A_lock_file_without_an_audit_is_never_clean()
    {
        using var repository = ScannedRepository.Clean();
        repository.Put("programs/Cargo.lock", "");

        var run = await repository.ScanAsync();

        Found(run).ShouldBe(["programs/Cargo.lock:1 audit-missing"], run.ToString());
    }

    [Fact]
    public async Task Waivers_count_until_their_day_and_are_told_on_the_page()
    {
        using var repository = ScannedRepository.Seeded();
        repository.Put("waivers.yml", """
            version: 1
            waivers:
              - { rule: script-injection, path: .github/workflows/bad.yml, reason: It is gone next week, until: 2100-01-01 }
              - { rule: clippy/clippy::unwrap_used, path: "src/**", reason: Clippy is new here, until: 2100-01-01 }
              - { rule: dependency-vulnerable, path: package-lock.json, reason: There is no update, until: 2020-01-01 }
              - { rule: rebuilt, path: "**", reason: It was mended, until: 2100-01-01 }
            """);

        var run = await repository.ScanAsync(("sarif-files", "reports"), ("sarif-file", "security.sarif"), ("waivers", "waivers.yml"));

        (run.Exit, run["findings"], run["waived"]).ShouldBe((4, "4", "2"), run.ToString());
        Found(run).ShouldBe(["Dockerfile:1 image-unpinned", "keys/deployer.json:1 keypair-committed", "package-lock.json:1 dependency-vulnerable", "waivers.yml:5 waiver-expired"]);
        run.Summary.ShouldContain("| `script-injection` | \\.github/workflows/bad.yml:7 | 2100\\-01-01 | It is gone next week |");
        run.Summary.ShouldContain("The waiver of rebuilt at \\*\\* waives nothing: remove it.");
        using var sarif = Sarif(repository);
        var suppressed = sarif.RootElement.GetProperty("runs").EnumerateArray().SelectMany(each => each.GetProperty("results").EnumerateArray()).Where(result => result.TryGetProperty("suppressions", out _)).ToList();
        suppressed.Select(result => result.GetProperty("suppressions")[0].GetProperty("justification").GetString()).ShouldBe(["It is gone next week", "Clippy is new here"]);
    }

    [Fact]
    public async Task An_sbom_has_to_be_of_the_image()
    {
        using var repository = ScannedRepository.Clean();
        var (one, other) = ($"sha256:{new string('1', 64)}", $"sha256:{new string('2', 64)}");
        repository.Put("sbom.json", $$$"""{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"type":"container","name":"api","version":"{{{one}}}"}},"components":[]}""");
        repository.Put("actions/x/action.yml", $"name: x\nruns:\n  using: docker\n  image: docker://ghcr.io/octo/x:v1@{one}\n");

        (await repository.ScanAsync(("sbom-files", "sbom.json"))).Exit.ShouldBe(0);
        (await repository.ScanAsync(("sbom-files", "sbom.json"), ("image", $"ghcr.io/octo/api:v1@{one}"))).Exit.ShouldBe(0);
        var run = await repository.ScanAsync(("sbom-files", "sbom.json"), ("image", $"ghcr.io/octo/api:v1@{other}"));

        Found(run).ShouldBe(["sbom.json:1 image-mismatch"], run.ToString());
        Found(await repository.ScanAsync(("image", "ghcr.io/octo/api:v1"))).ShouldBe([".github/workflows:1 image-unpinned"]);
    }

    [Fact]
    public async Task The_tags_of_trusted_repositories_are_no_findings()
    {
        using var repository = ScannedRepository.Clean();
        repository.Put(".github/workflows/release.yml", "on: push\npermissions: {}\njobs:\n  a:\n    uses: acme/flows/.github/workflows/release.yml@v2\n    secrets: inherit\n");

        Found(await repository.ScanAsync()).ShouldBe([".github/workflows/release.yml:5 action-unpinned", ".github/workflows/release.yml:6 secrets-inherited"]);
        (await repository.ScanAsync(("trusted-actions", "acme/*"))).Exit.ShouldBe(0);
        (await repository.ScanAsync(("trusted-actions", "acme/flows@v2"))).Errors.ShouldBe(["input-invalid"]);
    }

    [Fact]
    public async Task A_repository_that_is_not_checked_out_is_no_clean_one()
    {
        using var workspace = new Workspace();

        var run = await ActionProcess.RunAsync("security-scan", new Dictionary<string, string>(), workspace, inShell: true);

        run.Exit.ShouldBe(2, run.ToString());
        run.Stderr.ShouldContain("check it out in an earlier step");
    }

    [Fact]
    public async Task A_mistake_in_the_waivers_switches_nothing_off()
    {
        using var repository = ScannedRepository.Clean();
        repository.Put("waivers.yml", "version: 1\nwaivers:\n  - { rule: rebuilt, paths: a, reason: r, until: 2100-01-01 }\n");

        var run = await repository.ScanAsync(("waivers", "waivers.yml"));

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldAllBe(code => code == "file-unreadable");
    }

    [Fact]
    public async Task Of_a_thousand_findings_the_page_shows_some_and_the_file_has_all()
    {
        using var repository = ScannedRepository.Clean();
        repository.Put(".github/workflows/many.yml", "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n" + string.Concat(Enumerable.Repeat("      - uses: acme/x@main\n", 1_000)));

        var run = await repository.ScanAsync(("sarif-file", "security.sarif"));

        (run.Exit, run["findings"]).ShouldBe((4, "1000"), run.Stderr);
        run.Errors.Count.ShouldBe(201);
        using var sarif = Sarif(repository);
        var ids = sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(result => result.GetProperty("partialFingerprints").GetProperty("findingId/v1").GetString()).ToList();
        ids.Count.ShouldBe(1_000);
        ids.ShouldBeUnique();
    }

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    public async Task More_runs_than_code_scanning_takes_are_told(int reports, bool told)
    {
        using var repository = ScannedRepository.Clean();
        for (var number = 0; number < reports; number++)
        {
            repository.Put($"reports/{number}.sarif", ScannedRepository.Sarif($"tool {number}", "note", "src/lib.rs", "r"));
        }

        var run = await repository.ScanAsync(("sarif-files", "reports"));

        run.Exit.ShouldBe(0, run.ToString());
        run.Summary.Contains("code scanning takes 20", StringComparison.Ordinal).ShouldBe(told);
    }

    private static List<string> Found(ActionRun run) =>
    [
        .. run.Report!.Value.GetProperty("faults").EnumerateArray().Select(fault =>
            $"{fault.GetProperty("expected").GetString()!.Split(": Expected")[0]} {fault.GetProperty("found").GetString()!.Split('(')[^1].Split(' ')[0]}").Order(StringComparer.Ordinal),
    ];

    private static void ShouldNotLeak(ActionRun run, ScannedRepository repository)
    {
        var written = run.Stdout + run.Stderr + run.Summary + run.Report + File.ReadAllText(repository.Workspace.At("security.sarif"));
        ScannedRepository.Key.Leaks.ShouldAllBe(leak => !written.Contains(leak));
        written.ShouldNotContain("the source");
    }

    private static JsonDocument Sarif(ScannedRepository repository) => JsonDocument.Parse(File.ReadAllBytes(repository.Workspace.At("security.sarif")));

    private static string Tool(JsonElement run) => run.GetProperty("tool").GetProperty("driver").GetProperty("name").GetString()!;
}
