using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Core.Tests.Secrets;

namespace Actions.Cli.Tests.Continue;

/// <summary>What `continue` writes down for the callers of a program whose members decided.</summary>
public sealed class ContinueRegistryTests(SquadsLocalnetFixture fixture, TestVault vault) : IClassFixture<SquadsLocalnetFixture>, IClassFixture<TestVault>
{
    [StandInFact]
    public async Task A_registry_that_cannot_be_written_fails_the_run_that_executed_and_the_next_completes_it()
    {
        using var program = await StartAsync();
        var proposed = await program.ProposeAsync(approvals: 1);
        await vault.FaultAsync("""{"mode":"forbidden","path":"data/dead"}""");

        var first = await program.ContinueAsync(Inputs("dead"));
        await vault.FaultAsync(null);
        var second = await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0, Inputs("dead"));
        await program.ShouldSayAsync(settled: 0, executed: 0, pending: 0, Inputs("dead"));

        (first.Exit, first["executed"], first["changed"], first.Errors.ShouldHaveSingleItem()).ShouldBe((6, "1", "true", "secret-denied"), first.ToString());
        first.Stdout.ShouldContain("not deployed twice");
        second["transactions"].ShouldBe("0");
        var running = await RegisteredAsync("dead", $"{program.Id}");
        running.GetProperty("executable-hash").GetString().ShouldBe(proposed["executable-hash"]);
        running.GetProperty("sha256").GetString().ShouldBe(proposed["sha256"]);
        running.GetProperty("slot").GetUInt64().ShouldBe((await fixture.Net.ProgramAsync(program.Id))!.Slot);
        (await vault.GetAsync($"{vault.Kv2}/data/dead")).GetProperty("data").GetProperty("metadata").GetProperty("version").GetInt32().ShouldBe(1, "the third run had nothing new to say");
    }

    [Fact]
    public async Task What_is_only_proposed_is_not_written_down_and_what_members_executed_is_by_the_names_of_the_release_file()
    {
        using var program = await StartAsync();
        var proposed = await program.ProposeAsync();
        program.Job.Workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs:
              perps: { artifact: program.so }
            environments:
              localnet:
                cluster: localnet
                program-ids: { perps: "{{program.Id}}" }
            """));
        program.Job.Workspace.Put("values.tpl", "hash: {{ perps.executable-hash }}\n"u8.ToArray());
        (string, string)[] inputs =
            [.. Inputs("names"), ("payer", ""), ("program-id", ""), ("release-file", "solana-release.yml"), ("environment", "localnet"), ("config-files", "web/.env\nvalues.tpl -> values.yaml")];

        await program.ShouldSayAsync(settled: 0, executed: 0, pending: 1, [.. inputs, ("dry-run", "true")]);
        File.Exists(program.Job.Workspace.At("values.yaml")).ShouldBeFalse();
        await program.ShouldSayAsync(settled: 0, executed: 0, pending: 1, inputs);
        (await RegisteredAsync("names", "perps")).GetProperty("executable-hash").GetString().ShouldBe(proposed["previous-executable-hash"]);
        await program.Team.ApproveAsync(1, program.Members[0]);
        await program.Team.ExecuteAsync(1, program.Members[0]);
        await program.ShouldSayAsync(settled: 1, executed: 0, pending: 0, inputs);

        var running = await RegisteredAsync("names", "perps");
        running.GetProperty("executable-hash").GetString().ShouldBe(proposed["executable-hash"]);
        running.GetProperty("history").EnumerateArray().ShouldHaveSingleItem().GetProperty("executable-hash").GetString().ShouldBe(proposed["previous-executable-hash"]);
        Read(program, "values.yaml").ShouldBe($"hash: {proposed["executable-hash"]}\n");
        Read(program, "web/.env").ShouldBe($"PERPS_PROGRAM_ID={program.Id}\n");
    }

    [Fact]
    public async Task Files_that_call_programs_by_name_need_something_that_names_them()
    {
        using var workspace = new Workspace();

        var run = await ActionProcess.RunAsync("continue", new Dictionary<string, string> { ["cluster"] = "localnet", ["rpc-url"] = "http://127.0.0.1:1", ["config-files"] = "ids.json" }, workspace);

        (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((2, "input-missing"), run.ToString());
    }

    private async Task<VaultProgram> StartAsync() => (await VaultProgram.StartAsync(fixture.Net)).With(vault.StandIns.OidcVariables);

    private (string Name, string Value)[] Inputs(string name) => [("registry", $"vault:{vault.Kv2}/{name}#programs"), .. vault.Inputs().Select(input => (input.Key, input.Value))];

    private static string Read(VaultProgram program, string path) => Encoding.UTF8.GetString(File.ReadAllBytes(program.Job.Workspace.At(path)));

    private async Task<JsonElement> RegisteredAsync(string name, string program) =>
        JsonElement.Parse((await vault.GetAsync($"{vault.Kv2}/data/{name}")).GetProperty("data").GetProperty("data").GetProperty("programs").GetString()!)
            .GetProperty("environments").GetProperty("localnet").GetProperty(program);
}
