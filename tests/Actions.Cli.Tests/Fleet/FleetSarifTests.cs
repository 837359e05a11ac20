using System.Runtime.Versioning;
using System.Text;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Fleet;

/// <summary>What Microsoft's validator says of our SARIF (tests/sarif).</summary>
[SupportedOSPlatform("linux")]
public sealed class FleetSarifTests
{
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

        SarifValidator.Complaints(world.Job.Workspace.At("fleet.sarif")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fleet_without_findings_has_a_valid_file_too()
    {
        using var world = new FleetWorld();
        await world.Job.RunAsync();

        SarifValidator.Complaints(world.Job.Workspace.At("fleet.sarif")).ShouldBeEmpty();
    }

    [Fact]
    public void The_validator_complains_about_what_is_wrong()
    {
        using var workspace = new Workspace();
        workspace.Put("wrong.sarif", Encoding.UTF8.GetBytes("""{"version":"2.1.0","runs":[{"results":[{"message":{}}]}]}"""));

        SarifValidator.Complaints(workspace.At("wrong.sarif")).ShouldNotBeEmpty();
    }
}
