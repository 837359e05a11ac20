using System.Text;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.ReleasePlan;

public sealed class ReleasePlanTests : IDisposable
{
    private static readonly string Id = TestKey.From("plan program").ToString();

    private readonly Workspace workspace = new();

    public ReleasePlanTests() => workspace.Put("release.yml", Encoding.UTF8.GetBytes($$"""
        version: 1
        name: suite
        programs: { vault: { artifact: "out dir/vault.so", idl: idl/vault.json }, core: { artifact: core.so } }
        environments:
          production: { cluster: mainnet-beta, after: staging, program-ids: { vault: "{{Id}}" }, variant: main, gates: { approvals: { environments: [legal, ops night] } } }
          dev: { cluster: devnet, program-ids: { vault: "{{Id}}" } }
          staging: { cluster: devnet, after: dev, program-ids: { vault: "{{Id}}" }, upgrade-authority: "squads:{{Id}}/1" }
        smoke: { production: smoke/production.yml }
        """));

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task It_says_the_chain_in_order_and_what_is_built()
    {
        var run = await RunAsync();

        (run.Exit, run["name"], run["environments"], run["variants"]).ShouldBe((0, "suite", """["dev","staging","production"]""", """["default","main"]"""));
        (run["artifacts"], run["idls"]).ShouldBe(("vault=out dir/vault.so\ncore=core.so", "vault=idl/vault.json"));
        (run["cluster"], run["from"], run["approvals"], run["spec"], run["program-ids"], run["mode"]).ShouldBe(("", "", "", "", "", ""));
    }

    [Fact]
    public async Task The_chain_ends_where_it_is_told_to()
    {
        var run = await RunAsync(("until", "staging"));

        (run.Exit, run["environments"], run["variants"]).ShouldBe((0, """["dev","staging"]""", """["default"]"""));
    }

    [Fact]
    public async Task It_says_what_an_environment_needs()
    {
        var (production, dev) = (await RunAsync(("environment", "production")), await RunAsync(("environment", "dev")));

        (production["cluster"], production["from"], production["spec"], production["program-ids"]).ShouldBe(("mainnet-beta", "staging", "smoke/production.yml", $"vault={Id}"));
        System.Text.Json.JsonDocument.Parse(production["approvals"]).RootElement.EnumerateArray().Select(name => name.GetString()).ShouldBe(["legal", "ops night"]);
        (dev["from"], dev["approvals"], dev["spec"]).ShouldBe(("build", "[]", ""));
    }

    [Fact]
    public async Task What_a_vault_owns_is_proposed()
    {
        var (dev, staging) = (await RunAsync(("environment", "dev")), await RunAsync(("environment", "staging")));

        (dev["mode"], staging["mode"]).ShouldBe(("deploy", "propose"));
    }

    [Theory]
    [InlineData("until", "mars", "input-unknown-value")]
    [InlineData("environment", "mars", "input-unknown-value")]
    [InlineData("release-file", "none.yml", "file-unreadable")]
    [InlineData("release-file", "", "input-missing")]
    public async Task A_mistake_is_named(string input, string value, string code)
    {
        var run = await RunAsync((input, value));

        run.Exit.ShouldBe(2);
        run.Errors.ShouldBe([code]);
    }

    private Task<ActionRun> RunAsync(params (string Name, string Value)[] inputs)
    {
        Dictionary<string, string> all = new() { ["release-file"] = "release.yml" };
        foreach (var (name, value) in inputs)
        {
            all[name] = value;
        }

        return ActionProcess.RunAsync("release-plan", all, workspace);
    }
}
