using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.PromoteArtifact;

/// <summary>Two programs from a node that is devnet to one that is mainnet-beta, as their genesis hashes say.</summary>
public sealed class TwoClustersTests : IAsyncLifetime, IDisposable
{
    private static readonly TestKey Vault = TestKey.From("two clusters vault");
    private static readonly TestKey Core = TestKey.From("two clusters core");

    private readonly Workspace workspace = new();
    private Localnet devnet = null!;
    private Localnet mainnet = null!;

    public async Task InitializeAsync()
    {
        workspace.Put("vault.so", TestPrograms.Token);
        workspace.Put("core.so", TestPrograms.LookupTable);
        workspace.Put("other.so", TestPrograms.Stake);
        devnet = await Localnet.StartAsync(
            "--genesis", Cluster.Devnet.GenesisHash.ToString()!, "--program", $"{Vault}={workspace.At("vault.so")}:{Vault}", "--program", $"{Core}={workspace.At("core.so")}:{Core}");
        mainnet = await Localnet.StartAsync("--genesis", Cluster.MainnetBeta.GenesisHash.ToString()!, "--program", $"{Core}={workspace.At("other.so")}:{Core}");
    }

    public async Task DisposeAsync()
    {
        await devnet.DisposeAsync();
        await mainnet.DisposeAsync();
    }

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task A_release_of_several_programs_is_promoted_as_a_set()
    {
        WriteFile("min-soak: 0s, smoke: false, verified: false");
        await Promotion.ShouldEndAsync(RunAsync(("from", "build"), ("to", "staging"), ("version", "3.0.0")));

        var run = await Promotion.ShouldEndAsync(RunAsync(("to", "production"), ("from-rpc-url", devnet.Url), ("rpc-url", mainnet.Url), ("allow-downgrade", "true"), ("allow-undone", "true"), ("output-dir", "out")));

        (run["version"], run["eligible"], run["artifact"], run["sha256"], run["manifest"]).ShouldBe(("3.0.0", "true", "", "", "out/manifest.json"));
        using var results = JsonDocument.Parse(run["results"]);
        results.RootElement.EnumerateObject().Select(program => program.Name).ShouldBe(["vault", "core"], "in deploy order");
        results.RootElement.GetProperty("core").GetProperty("artifact").GetString().ShouldBe("out/core.default.so");
        File.ReadAllBytes(workspace.At("out/vault.default.so")).ShouldBe(TestPrograms.Token);
        File.ReadAllBytes(workspace.At("out/core.default.so")).ShouldBe(TestPrograms.LookupTable);
        run.Summary.ShouldContain($"mainnet-beta (genesis {Cluster.MainnetBeta.GenesisHash})");
        run.Summary.ShouldContain($"devnet (genesis {Cluster.Devnet.GenesisHash})");
    }

    [Fact]
    public async Task Before_mainnet_a_day_of_soak_is_the_default_and_unknown_bytes_there_are_no_version()
    {
        WriteFile("smoke: false, verified: false");
        await Promotion.ShouldEndAsync(RunAsync(("from", "build"), ("to", "staging"), ("version", "3.0.0")));

        var run = await RunAsync(("to", "production"), ("from-rpc-url", devnet.Url), ("rpc-url", mainnet.Url));

        run.Exit.ShouldBe(4, run.ToString());
        run.Summary.ShouldContain("| Soak | **not met** | to have run in staging for 1 d |");
        run.Summary.ShouldContain("| Version order | **cannot be known** |");
    }

    [Fact]
    public async Task One_program_of_several_that_does_not_run_there_is_named()
    {
        WriteFile("min-soak: 0s, smoke: false, verified: false");
        workspace.Put("core.so", TestPrograms.Stake);
        await Promotion.ShouldEndAsync(RunAsync(("from", "build"), ("to", "staging"), ("version", "3.0.0")));

        var run = await RunAsync(("to", "production"), ("version", "3.0.0"), ("from-rpc-url", devnet.Url), ("rpc-url", mainnet.Url), ("allow-undone", "true"));

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["hash-mismatch"]);
        run.Summary.ShouldContain("to run as core in staging");
        await Promotion.ShouldEndAsync(RunAsync(("to", "production"), ("only", "vault"), ("version", "3.0.0"), ("from-rpc-url", devnet.Url), ("rpc-url", mainnet.Url)));
    }

    [Theory]
    [InlineData("from-rpc-url")]
    [InlineData("rpc-url")]
    public async Task An_endpoint_of_another_cluster_is_an_input_at_fault(string input)
    {
        WriteFile("min-soak: 0s, smoke: false, verified: false");

        var run = await RunAsync(("to", "production"), ("from-rpc-url", devnet.Url), ("rpc-url", mainnet.Url), (input, input == "rpc-url" ? devnet.Url : mainnet.Url));

        (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((2, "cluster-mismatch"), run.ToString());
        run.Report!.Value.GetProperty("faults").EnumerateArray().ShouldContain(fault => fault.GetProperty("input").GetString() == input);
    }

    private Task<ActionRun> RunAsync(params (string Name, string Value)[] inputs)
    {
        Dictionary<string, string> all = new() { ["release-file"] = "release.yml", ["ledger"] = "none", ["store"] = "file:state" };
        foreach (var (name, value) in inputs)
        {
            all[name] = value;
        }

        return ActionProcess.RunAsync("promote-artifact", all, workspace);
    }

    private void WriteFile(string gates) => workspace.Put("release.yml", Encoding.UTF8.GetBytes($$"""
        version: 1
        name: game
        programs: { vault: { artifact: vault.so }, core: { artifact: core.so } }
        environments:
          staging: { cluster: devnet, program-ids: { vault: "{{Vault}}", core: "{{Core}}" } }
          production: { cluster: mainnet-beta, after: staging, program-ids: { vault: "{{Vault}}", core: "{{Core}}" }, gates: { {{gates}} } }
        """));
}
