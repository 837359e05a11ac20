using System.Text;
using Actions.Cli.Tests.Publish;
using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Tests.Fleet;

/// <summary>Build claims and IDLs of a fleet on a real loader, with otter-verify and program-metadata, watched by the real executable.</summary>
public sealed class FleetSayingsOnLocalnetTests(MetadataLocalnetFixture fixture) : IClassFixture<MetadataLocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task What_is_said_of_a_program_is_found_missing_other_and_stale_and_the_words_of_strangers_count_for_nothing()
    {
        var (owner, stranger) = (await Net.PayerAsync(), await Net.PayerAsync());
        using var deploy = new Deploy(Net, owner, TestPrograms.LookupTable, ("program-keypair", TestKey.New().Json), ("idl", "idl.json"), ("ledger", "none"));
        deploy.Workspace.Put("idl.json", TestIdl.File());
        var deployed = await deploy.RunAsync();
        deployed.Exit.ShouldBe(0, deployed.ToString());
        var program = Address.Parse(deployed["program-id"]);
        deploy.Workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs: { perps: { artifact: program.so, idl: idl.json } }
            environments: { staging: { cluster: localnet, program-ids: { perps: "{{program}}" } } }
            """));
        deploy.Workspace.Put("fleet.yml", "version: 1\nrelease-files: [solana-release.yml]\n"u8.ToArray());

        await ClaimAsync(program, stranger, isNew: true);
        await ExpectAsync(deploy.Workspace, 4, "verified-build-missing");
        await ClaimAsync(program, owner, isNew: true);
        await ExpectAsync(deploy.Workspace, 0);

        // Another IDL, and then the upgrade that it belongs to, by hand.
        deploy.Workspace.Put("idl.json", TestIdl.File(1));
        (await deploy.With(("program-keypair", ""), ("program-id", $"{program}")).RunAsync()).Exit.ShouldBe(0);
        deploy.Workspace.Put("idl.json", TestIdl.File());
        await ExpectAsync(deploy.Workspace, 4, "published-idl-mismatch");
        (await deploy.WithProgram(TestPrograms.Token).RunAsync()).Exit.ShouldBe(0);
        await ExpectAsync(deploy.Workspace, 4, "verified-build-stale");

        await ClaimAsync(program, owner, isNew: false);
        await ExpectAsync(deploy.Workspace, 0);
    }

    [Fact]
    public async Task Without_an_IDL_on_chain_the_rule_decides()
    {
        using var deploy = new Deploy(Net, await Net.PayerAsync(), TestPrograms.Token, ("program-keypair", TestKey.New().Json), ("ledger", "none"));
        var deployed = await deploy.RunAsync();
        deployed.Exit.ShouldBe(0, deployed.ToString());
        deploy.Workspace.Put("fleet.yml", Encoding.UTF8.GetBytes($"version: 1\nprograms:\n  token: {{ cluster: localnet, program-id: {deployed["program-id"]}, verified-build: off }}\n"));

        await ExpectAsync(deploy.Workspace, 4, "published-idl-missing");
    }

    private async Task ExpectAsync(Workspace workspace, int exit, params string[] findings)
    {
        await Net.WaitSlotsAsync(2);
        var run = await ActionProcess.RunAsync("verify-program", new Dictionary<string, string>
        {
            ["programs"] = "fleet.yml", ["rpc-url"] = Net.Url, ["ledger"] = "none", ["store"] = "file:store", ["commitment"] = "confirmed",
            ["verified-build"] = "require", ["published-idl"] = "require",
        }, workspace);

        run.Exit.ShouldBe(exit, run.ToString());
        run["findings"].ShouldBe($"{findings.Length}", run.ToString());
        foreach (var finding in findings)
        {
            run.Summary.ShouldContain(finding);
        }
    }

    private async Task ClaimAsync(Address program, TestKey uploader, bool isNew)
    {
        var claim = new BuildClaim("0.4.12", "https://github.com/perps/programs", new string('a', 40), [], (await Net.ProgramAsync(program))!.Slot);
        await Net.SendAsync([isNew ? OtterProgram.Initialize(program, uploader.Address, claim) : OtterProgram.Update(program, uploader.Address, claim)], uploader);
    }
}
