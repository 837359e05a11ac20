using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Fleet;

/// <summary>What Microsoft's validator says of our SARIF (tests/sarif).</summary>
[SupportedOSPlatform("linux")]
public sealed class FleetSarifTests
{
    /// <summary>It asks for the address of the tool's home page; the executable does not know under whose name it is published.</summary>
    private const string HomePage = "SARIF2005";

    private static readonly string Tool = Repository.At("tests", "sarif", "node_modules", "@microsoft", "sarif-multitool-linux", "Sarif.Multitool");

    [Fact]
    public async Task A_fleets_findings_are_valid_and_fit_for_code_scanning()
    {
        using var world = new FleetWorld();
        world.Local.Deploy(FleetWorld.Legacy, TestPrograms.Stake, 900_000, FleetWorld.Staging);
        world.Mainnet.Accounts.Remove(FleetWorld.Oracle);
        world.Local.Accounts.Remove(FleetWorld.LocalPayer);
        world.Mainnet.Accounts.Remove(FleetWorld.Config);
        world.Environments.Clear();
        world.Local.Buffer(TestKey.From("sarif buffer").Address, FleetWorld.Staging, 100, 1);
        var run = await world.Job.RunAsync();
        run.Exit.ShouldBe(4, run.ToString());
        run.Findings.Distinct().Count().ShouldBeGreaterThan(6, run.ToString());

        Complaints(world.Job.Workspace.At("fleet.sarif")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fleet_without_findings_has_a_valid_file_too()
    {
        using var world = new FleetWorld();
        await world.Job.RunAsync();

        Complaints(world.Job.Workspace.At("fleet.sarif")).ShouldBeEmpty();
    }

    [Fact]
    public void The_validator_complains_about_what_is_wrong()
    {
        using var workspace = new Workspace();
        workspace.Put("wrong.sarif", Encoding.UTF8.GetBytes("""{"version":"2.1.0","runs":[{"results":[{"message":{}}]}]}"""));

        Complaints(workspace.At("wrong.sarif")).ShouldNotBeEmpty();
    }

    private static IReadOnlyList<string> Complaints(string file)
    {
        // npm does not run the package's install script, which does just this.
        File.SetUnixFileMode(Tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var report = $"{file}.report";
        var start = new ProcessStartInfo(Tool) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["validate", file, "--output", report, "--log", "ForceOverwrite", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using var tool = Process.Start(start)!;
        var said = tool.StandardOutput.ReadToEndAsync();
        var problems = tool.StandardError.ReadToEnd();
        tool.WaitForExit();
        File.Exists(report).ShouldBeTrue($"{said.Result}{problems}");
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(report));
        return [.. json.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
            .Where(result => result.GetProperty("ruleId").GetString() != HomePage).Select(result => result.GetRawText())];
    }
}
