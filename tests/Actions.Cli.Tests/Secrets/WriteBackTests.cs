using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Tests.Secrets;

namespace Actions.Cli.Tests.Secrets;

/// <summary>What a deploy writes down for the programs' callers.</summary>
public sealed class WriteBackTests(LocalnetFixture fixture, TestVault vault) : IClassFixture<LocalnetFixture>, IClassFixture<TestVault>
{
    private Localnet Net => fixture.Net;

    [StandInFact]
    public async Task A_registry_that_cannot_be_written_fails_loudly_and_the_next_run_completes_it_without_a_deploy()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = Job(payer, program, "interrupted");
        await vault.FaultAsync("""{"mode":"forbidden","path":"data/interrupted"}""");

        var first = await RunAsync(deploy);
        await vault.FaultAsync(null);
        var landed = (await Net.LandedAsync(payer.Address)).Count;
        var second = await RunAsync(deploy);
        var third = await RunAsync(deploy);

        first.Exit.ShouldBe(6, first.ToString());
        first["changed"].ShouldBe("true");
        first.Errors.ShouldBe(["secret-denied"]);
        first.Summary.ShouldContain("not deployed twice");
        second.Exit.ShouldBe(0, second.ToString());
        second["changed"].ShouldBe("false");
        (await Net.LandedAsync(payer.Address)).Count.ShouldBe(landed);
        var running = await RegisteredAsync("interrupted", program.Address.ToString());
        running.GetProperty("program-id").GetString().ShouldBe(program.Address.ToString());
        running.GetProperty("slot").GetUInt64().ShouldBe((await Net.ProgramAsync(program.Address))!.Slot);
        third.Exit.ShouldBe(0, third.ToString());
        (await vault.GetAsync($"{vault.Kv2}/data/interrupted")).GetProperty("data").GetProperty("metadata").GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Releases_leave_a_history_and_current_files()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = Job(payer, program, "history").With(("config-files", "web/.env\nids.json\nvalues.tpl -> values.yaml"));
        deploy.Workspace.Put("values.tpl", "id: {{ program.program-id }}\nhash: {{ program.executable-hash }}\n"u8.ToArray());

        (await RunAsync(deploy)).Exit.ShouldBe(0);
        var run = await RunAsync(deploy.WithProgram(TestPrograms.LookupTable));

        run.Exit.ShouldBe(0, run.ToString());
        var running = await RegisteredAsync("history", program.Address.ToString());
        running.GetProperty("executable-hash").GetString().ShouldBe(run["executable-hash"]);
        running.GetProperty("history").EnumerateArray().ShouldHaveSingleItem().GetProperty("executable-hash").GetString().ShouldBe(run["previous-executable-hash"]);
        Read(deploy, "web/.env").ShouldBe($"PROGRAM_ID={program.Address}\n");
        Read(deploy, "values.yaml").ShouldBe($"id: {program.Address}\nhash: {run["executable-hash"]}\n");
        JsonElement.Parse(Read(deploy, "ids.json")).GetProperty("localnet").GetProperty("program").GetProperty("executable-hash").GetString().ShouldBe(run["executable-hash"]);
    }

    [Fact]
    public async Task A_faulty_template_is_said_before_anything_is_sent()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = Job(payer, program, "never").With(("config-files", "values.tpl -> values.yaml"));
        deploy.Workspace.Put("values.tpl", "{{ perps.program-id }}"u8.ToArray());

        var run = await RunAsync(deploy);

        run.Exit.ShouldBe(2, run.ToString());
        (await Net.LandedAsync(payer.Address)).ShouldBeEmpty();
    }

    private Deploy Job(TestKey payer, TestKey program, string name) =>
        new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("ledger", "none"), ("registry", $"vault:{vault.Kv2}/{name}#programs"))
            .With([.. vault.Inputs().Select(input => (input.Key, input.Value))]);

    private Task<ActionRun> RunAsync(Deploy deploy) => deploy.RunAsync(variables: vault.StandIns.OidcVariables);

    private static string Read(Deploy deploy, string path) => Encoding.UTF8.GetString(File.ReadAllBytes(deploy.Workspace.At(path)));

    private async Task<JsonElement> RegisteredAsync(string name, string program) =>
        JsonElement.Parse((await vault.GetAsync($"{vault.Kv2}/data/{name}")).GetProperty("data").GetProperty("data").GetProperty("programs").GetString()!)
            .GetProperty("environments").GetProperty("localnet").GetProperty(program);
}
