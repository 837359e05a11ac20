using System.Text;
using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;

namespace Actions.Cli.Tests.Fleet;

/// <summary>A fleet on a real loader, watched by the real executable beside the deploys of the same workspace.</summary>
public sealed class FleetOnLocalnetTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task A_release_is_as_recorded_until_somebody_upgrades_and_extends_it_by_hand()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));
        (await deploy.RunAsync()).Exit.ShouldBe(0);
        deploy.Workspace.Put("fleet.yml", Encoding.UTF8.GetBytes($"""
            version: 1
            programs:
              token: {"{"} cluster: localnet, program-id: {program}, expected-authority: {payer} {"}"}
            payers:
              {payer}: {"{"} cluster: localnet, min-deploys: 3 {"}"}
            """));
        await Net.WaitSlotsAsync(34);

        var clean = await WatchAsync(deploy.Workspace);
        (clean.Exit, clean["findings"], clean["programs-read"]).ShouldBe((0, "0", "1"), clean.ToString());
        var again = await WatchAsync(deploy.Workspace);
        (again.Exit, again["programs-read"]).ShouldBe((0, "0"), again.ToString());

        // Somebody with the key, from elsewhere: no record tells of it.
        using var stranger = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-id", program.ToString()));
        (await stranger.RunAsync()).Exit.ShouldBe(0);
        await Net.WaitSlotsAsync(2);
        await Net.SendAsync([LoaderProgram.ExtendProgram(program.Address, LoaderProgram.MinExtend, payer.Address)], payer);
        await Net.WaitSlotsAsync(3);

        var caught = await WatchAsync(deploy.Workspace);
        caught.Exit.ShouldBe(4, caught.ToString());
        (caught["findings"], caught["new-findings"], caught["programs-read"]).ShouldBe(("1", "1", "1"), caught.ToString());
        caught.Errors.ShouldBe(["findings-open"]);
        caught.ToString().ShouldContain("which no record knows (record-mismatch)");
        caught.Summary.ShouldContain("record-mismatch");

        using var repaired = new Deploy(Net, payer, TestPrograms.Token, ("program-id", program.ToString()));
        (await repaired.RunAsync()).Exit.ShouldBe(0);
        await Net.WaitSlotsAsync(3);
        var back = await WatchAsync(deploy.Workspace);
        (back.Exit, back["resolved-findings"]).ShouldBe((0, "1"), back.ToString());
    }

    private Task<ActionRun> WatchAsync(Workspace workspace) => ActionProcess.RunAsync(
        "verify-program", new Dictionary<string, string> { ["programs"] = "fleet.yml", ["rpc-url"] = Net.Url, ["sarif-file"] = "fleet.sarif" }, workspace);
}
