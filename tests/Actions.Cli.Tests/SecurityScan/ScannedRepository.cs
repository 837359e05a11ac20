using System.Diagnostics;
using System.Text;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.SecurityScan;

/// <summary>A checkout that is scanned by the executable.</summary>
internal sealed class ScannedRepository : IDisposable
{
    public const string Sha = "3d3c42e5aac5ba805825da76410c181273ba90b1";
    public const string CleanNpm = """{"auditReportVersion":2,"vulnerabilities":{},"metadata":{}}""";

    public static readonly TestKey Key = TestKey.From("a committed key");

    public Workspace Workspace { get; } = new();

    /// <summary>Nothing is wrong with it.</summary>
    public static ScannedRepository Clean()
    {
        var repository = new ScannedRepository();
        repository.Put(".github/workflows/ci.yml", $"on: push\npermissions: {{}}\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@{Sha} # v7.0.1\n        with: {{ persist-credentials: false }}\n      - run: npm ci\n");
        repository.Put("package-lock.json", "{}");
        repository.Put("src/lib.rs", "// nothing\n");
        repository.Put("src/empty", "");
        repository.Put(".solana-actions/audits/package-lock.json.json", CleanNpm);
        return repository;
    }

    /// <summary>One thing is wrong with it in each area.</summary>
    public static ScannedRepository Seeded()
    {
        var repository = Clean();
        repository.Put(".github/workflows/bad.yml", "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n");
        repository.Put("keys/deployer.json", Key.Json);
        repository.Put("Dockerfile", "FROM node:22\n");
        repository.Put(".solana-actions/audits/package-lock.json.json", """{"auditReportVersion":2,"vulnerabilities":{"ms":{"via":[{"dependency":"ms","title":"ReDoS","url":"https://github.com/advisories/GHSA-w9mr-4mfr-499f","severity":"high","range":"<2.0.0"}]}}}""");
        repository.Put("reports/clippy.sarif", Sarif("clippy", "error", "src/lib.rs", "clippy::unwrap_used"));
        return repository;
    }

    public static string Sarif(string tool, string level, string path, string rule) => $$$"""
        {"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"{{{tool}}}","semanticVersion":"1.0.0","rules":[{"id":"{{{rule}}}","shortDescription":{"text":"A rule."},"fullDescription":{"text":"A rule."},"help":{"text":"A rule."},"defaultConfiguration":{"level":"{{{level}}}"},"properties":{"tags":["x"]}}]}},
          "results":[{"ruleId":"{{{rule}}}","ruleIndex":0,"level":"{{{level}}}","message":{"text":"Something is wrong here."},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"{{{path}}}"},"region":{"startLine":1,"snippet":{"text":"the source"} } } }],"partialFingerprints":{"primaryLocationLineHash":"39fa2ee980eb94b0:1"}}]}]}
        """;

    public void Put(string path, string text) => Workspace.Put(path, Encoding.UTF8.GetBytes(text));

    public async Task<ActionRun> ScanAsync(params (string Name, string Value)[] inputs)
    {
        Git("init", "-q");
        Git("add", ".github", ".");
        Git("rm", "-r", "-q", "--cached", "--ignore-unmatch", ".solana-actions", "reports", "_runner");
        return await ActionProcess.RunAsync("security-scan", inputs.ToDictionary(pair => pair.Name, pair => pair.Value), Workspace, variables: new Dictionary<string, string> { ["GITHUB_REPOSITORY"] = "octo/perps" });
    }

    public void Dispose() => Workspace.Dispose();

    private void Git(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = Workspace.Folder, RedirectStandardError = true })!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, process.StandardError.ReadToEnd());
    }
}
