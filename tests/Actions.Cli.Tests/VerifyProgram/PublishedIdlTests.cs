using System.Text;
using Actions.Cli.Tests.Publish;
using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.VerifyProgram;

/// <summary>`published-idl` and `security-txt`: what the upgrade authority published, against what is expected.</summary>
public sealed class PublishedIdlTests(MetadataLocalnetFixture fixture) : IClassFixture<MetadataLocalnetFixture>
{
    private const string Security = """{"name":"perps","project_url":"https://perps.example","contacts":["email:security@perps.example"],"policy":"https://perps.example/security"}""";

    private Localnet Net => fixture.Net;

    [Fact]
    public async Task What_a_deploy_published_passes_and_another_IDL_is_exit_4()
    {
        var program = await DeployAsync(("idl", "idl.json"), ("security-txt", "security.json"));

        var same = await VerifyAsync(program, TestIdl.Text(), ("published-idl", "require"), ("idl", "idl.json"), ("security-txt", "require"));

        same.Exit.ShouldBe(0, same.ToString());
        (same["verified"], same["findings"]).ShouldBe(("true", "0"));
        var other = await VerifyAsync(program, TestIdl.Text(1), ("published-idl", "warn"), ("idl", "idl.json"));
        other.Exit.ShouldBe(4, other.ToString());
        other.ToString().ShouldContain("published-idl-mismatch");
        (await VerifyAsync(program, "", ("published-idl", "require"))).Exit.ShouldBe(0, "that there is one is all that was asked");
    }

    [Theory]
    [InlineData("require", 4)]
    [InlineData("warn", 0)]
    public async Task Without_an_IDL_the_rule_decides(string rule, int exit)
    {
        var program = await DeployAsync();

        var run = await VerifyAsync(program, TestIdl.Text(), ("published-idl", rule), ("idl", "idl.json"));

        run.Exit.ShouldBe(exit, run.ToString());
        run.ToString().ShouldContain("published-idl-missing");
    }

    [Fact]
    public async Task A_release_file_names_the_IDL_that_is_expected()
    {
        var program = await DeployAsync(("idl", "idl.json"));
        using var workspace = new Workspace(TestPrograms.Token);
        workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs: { perps: { artifact: program.so, idl: other.json } }
            environments: { staging: { cluster: localnet, program-ids: { perps: "{{program}}" } } }
            """));
        workspace.Put("other.json", TestIdl.File(2));

        var run = await ActionProcess.RunAsync("verify-program", new Dictionary<string, string>
        {
            ["rpc-url"] = Net.Url, ["release-file"] = "solana-release.yml", ["environment"] = "staging", ["published-idl"] = "require", ["ledger"] = "none",
        }, workspace);

        run.Exit.ShouldBe(4, run.ToString());
        run.ToString().ShouldContain("published-idl-mismatch");
    }

    private async Task<Address> DeployAsync(params (string Name, string Value)[] more)
    {
        using var job = new Deploy(Net, await Net.PayerAsync(), TestPrograms.Token, [("program-keypair", TestKey.New().Json), .. more]);
        job.Workspace.Put("idl.json", TestIdl.File());
        job.Workspace.Put("security.json", Encoding.UTF8.GetBytes(Security));
        var run = await job.RunAsync();
        run.Exit.ShouldBe(0, run.ToString());
        return Address.Parse(run["program-id"]);
    }

    private async Task<ActionRun> VerifyAsync(Address program, string idl, params (string Name, string Value)[] more)
    {
        using var workspace = new Workspace();
        workspace.Put("idl.json", Encoding.UTF8.GetBytes(idl));
        var inputs = new Dictionary<string, string> { ["cluster"] = "localnet", ["rpc-url"] = Net.Url, ["program-id"] = $"{program}", ["ledger"] = "none" };
        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }

        return await ActionProcess.RunAsync("verify-program", inputs, workspace);
    }
}
