using System.Diagnostics;
using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Core.Security.Audits;
using Actions.Core.Security.Workflows;

namespace Actions.Cli.Tests.SecurityScan;

/// <summary>This repository keeps the rules that it makes for others.</summary>
public sealed class OwnRepositoryTests
{
    [Fact]
    public async Task It_passes_its_own_scan()
    {
        using var workspace = new Workspace();
        foreach (var path in Tracked())
        {
            workspace.Put(path, File.ReadAllBytes(Repository.At(path)));
        }

        foreach (var path in Tracked().Where(AuditFile.IsLockFile))
        {
            // What an audit says changes every day and needs a network: that there is one for each lock file is looked at in the workflow's tests.
            workspace.Put($".solana-actions/audits/{path}.json", Encoding.UTF8.GetBytes(path.EndsWith("packages.lock.json", StringComparison.Ordinal)
                ? """{"version":1,"parameters":"--vulnerable --include-transitive","projects":[]}""" : ScannedRepository.CleanNpm));
        }

        var run = await ActionProcess.RunAsync("security-scan", new Dictionary<string, string> { ["waivers"] = ".github/security-waivers.yml", ["fail-on"] = "warning" }, workspace);

        (run.Exit, run["findings"]).ShouldBe((0, "0"), run.ToString());
        run.Summary.ShouldNotContain("waives nothing");
    }

    [Fact]
    public void Its_workflows_and_those_it_shows_break_no_rule()
    {
        var surroundings = new WorkflowSurroundings("octo/perps", ["OWNER/REPO"], (_, _) => null);
        var workflows = Tracked().Where(path => path.Contains("/workflows/", StringComparison.Ordinal) || path.Contains("/workflow-templates/", StringComparison.Ordinal)).Where(path => path.EndsWith(".yml", StringComparison.Ordinal)).ToList();

        workflows.Count.ShouldBeGreaterThan(25);
        workflows.SelectMany(path => WorkflowScan.Read(path, File.ReadAllBytes(Repository.At(path)), surroundings)).ShouldBeEmpty();
    }

    private static IReadOnlyList<string> Tracked()
    {
        using var process = Process.Start(new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "-z"]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        var paths = process.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return [.. paths.Where(path => File.Exists(Repository.At(path)))];
    }
}
