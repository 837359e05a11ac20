using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;
using Actions.Core.Tests.Secrets;

namespace Actions.Cli.Tests.Secrets;

/// <summary>Whole deploys whose keys live in Vault; against a real one when VAULT_ADDR is set.</summary>
public sealed class VaultDeployTests(LocalnetFixture fixture, TestVault vault) : IClassFixture<LocalnetFixture>, IClassFixture<TestVault>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task Payer_and_authority_sign_inside_vault()
    {
        var (payer, authority, program) = (await TransitAsync("hot-payer"), await TransitAsync("cold-authority"), TestKey.New());
        using var deploy = Job("hot-payer", TestPrograms.Token, ("upgrade-authority", $"vault-transit:{vault.Transit}/cold-authority@1"), ("program-keypair", program.Json));

        var run = await RunAsync(deploy);

        run.Exit.ShouldBe(0, run.ToString());
        run["changed"].ShouldBe("true");
        var running = (await Net.ProgramAsync(program.Address))!;
        running.Data.Span[..TestPrograms.Token.Length].SequenceEqual(TestPrograms.Token).ShouldBeTrue();
        running.Authority.ShouldBe(authority);
        run.Summary.ShouldContain($"vault-transit:{vault.Transit}/hot-payer");
        (await Net.BuffersAsync(payer)).ShouldBeEmpty();
        var record = JsonElement.Parse(Encoding.UTF8.GetString(deploy.Workspace.Files().Single(file => file.Path.EndsWith(".jsonl", StringComparison.Ordinal)).Content).TrimEnd('\n').Split('\n')[^1]);
        var keys = record.GetProperty("keys").EnumerateArray().ToDictionary(key => key.GetProperty("role").GetString()!);
        keys["payer"].GetProperty("provider").GetString().ShouldBe($"vault-transit:{vault.Transit}/hot-payer");
        keys["payer"].GetProperty("version").GetString().ShouldBe("1");
        keys["upgrade-authority"].GetProperty("address").GetString().ShouldBe(authority.ToString());
        (DateTimeOffset.UtcNow - keys["upgrade-authority"].GetProperty("created-at").GetDateTimeOffset()).ShouldBeLessThan(TimeSpan.FromHours(1));
        run.Summary.ShouldContain("less than a day");
        LeakScan.ShouldBeClean(run, deploy.Workspace, [.. program.Leaks, .. await vault.StandIns.IssuedAsync()]);
        if (!vault.IsReal)
        {
            var counts = await vault.CountsAsync();
            // The cold key signs once; the payer's writes go through in pages.
            counts.GetProperty("signatures").GetInt32().ShouldBeInRange(run.Transactions() + 1, run.Transactions() + 3);
            counts.GetProperty("signRequests").GetInt32().ShouldBeLessThan(20);
            counts.GetProperty("live").GetInt32().ShouldBe(0);
            (await vault.StandIns.NotesAsync()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Keys_kept_in_vault_leave_no_trace()
    {
        var (payer, authority, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        await vault.PutAsync("deploy/payer", "keypair", payer.Json);
        await vault.PutInVersion1Async("deploy/authority", "keypair", authority.InBase58);
        await vault.PutAsync("deploy/url", "url", $"{Net.Url}/access-key-in-the-path");
        using var deploy = Job("", TestPrograms.Token,
            ("payer", $"vault:{vault.Kv2}/deploy/payer#keypair"), ("upgrade-authority", $"vault:{vault.Kv1}/deploy/authority#keypair"),
            ("rpc-url", $"vault:{vault.Kv2}/deploy/url#url"), ("program-keypair", program.Json));

        var run = await RunAsync(deploy);

        run.Exit.ShouldBe(0, run.ToString());
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(authority.Address);
        LeakScan.ShouldBeClean(run, deploy.Workspace, [.. payer.Leaks, .. authority.Leaks, "access-key-in-the-path", .. await vault.StandIns.IssuedAsync()]);
    }

    [Fact]
    public async Task A_token_that_expires_during_the_deploy_is_replaced()
    {
        var (_, program) = (await TransitAsync("expiring"), TestKey.New());
        await vault.RoleAsync("brief", "deploy", uses: 3);
        using var deploy = Job("expiring", TestPrograms.Token2022, ("vault-role", "brief"), ("program-keypair", program.Json));

        var run = await RunAsync(deploy);

        run.Exit.ShouldBe(0, run.ToString());
        (await Net.ProgramAsync(program.Address)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_program_of_a_release_file_is_created_with_its_key_in_vault()
    {
        var (payer, program) = (await TransitAsync("release-payer"), TestKey.New());
        await vault.PutAsync("deploy/program", "keypair", program.Json);
        using var deploy = Job("release-payer", TestPrograms.Token, ("program", ""), ("release-file", "solana-release.yml"), ("environment", "test"),
            ("program-keypair", $"token=vault:{vault.Kv2}/deploy/program#keypair"));
        deploy.Workspace.Put("solana-release.yml", """
            version: 1
            name: token
            programs: { token: { artifact: program.so } }
            environments: { test: { cluster: localnet, program-ids: {} } }
            """u8.ToArray());

        var run = await RunAsync(deploy);

        run.Exit.ShouldBe(0, run.ToString());
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(payer);
    }

    [StandInFact]
    public async Task A_vault_that_is_sealed_during_the_deploy_leaves_a_buffer_for_the_next_run()
    {
        var (payer, program) = (await TransitAsync("sealed-halfway"), TestKey.New());
        using var deploy = Job("sealed-halfway", TestPrograms.Token2022, ("program-keypair", program.Json), ("max-rps", "60"));

        ActionRun first;
        using (var process = deploy.Start(vault.StandIns.OidcVariables))
        {
            await process.WhenAsync(async () => await Net.LandedByNowAsync(payer) >= 20);
            await vault.StandIns.ControlAsync("vault", """{"op":"set","settings":{"isSealed":true}}""");
            first = await process.EndAsync();
        }

        await vault.StandIns.ControlAsync("vault", """{"op":"set","settings":{"isSealed":false}}""");
        var second = await RunAsync(deploy.With(("max-rps", "")));

        first.Exit.ShouldBe(6, first.ToString());
        first.Errors.ShouldBe(["secret-unreachable"]);
        first.Stdout.ShouldContain("unsealed");
        first.Summary.ShouldContain("Run the same job again");
        second.Exit.ShouldBe(0, second.ToString());
        (first.Transactions() + second.Transactions()).ShouldBe(Deploy.Chunks(TestPrograms.Token2022) + 2);
    }

    [StandInFact]
    public async Task A_cancelled_run_is_gone_in_time_whatever_vault_does()
    {
        var (payer, program) = (await TransitAsync("cancelled"), TestKey.New());
        using var deploy = Job("cancelled", TestPrograms.Token2022, ("program-keypair", program.Json), ("max-rps", "60"));
        using var process = deploy.Start(vault.StandIns.OidcVariables);
        await process.WhenAsync(async () => await Net.LandedByNowAsync(payer) >= 20);
        await vault.FaultAsync("""{"mode":"slow-loris"}""");

        var watch = Stopwatch.StartNew();
        process.Signal(PosixSignal.SIGINT);
        var run = await process.EndAsync();

        await vault.FaultAsync(null);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5.5));
        run.Exit.ShouldBe(130, run.ToString());
        run["buffer"].ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_dry_run_from_addresses_asks_nobody()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = Job("", TestPrograms.Token, ("payer", $"{payer}"), ("program-keypair", program.Address.ToString()), ("dry-run", "true"), ("vault-addr", "http://localhost:1"));

        var run = await RunAsync(deploy);

        run.Exit.ShouldBe(0, run.ToString());
    }

    [Fact]
    public async Task What_vault_refuses_ends_in_6_before_anything_is_sent()
    {
        var payer = await TransitAsync("refused");
        using var deploy = Job("refused", TestPrograms.Token, ("program-keypair", TestKey.New().Json), ("vault-role", "powerless"), ("upgrade-authority", $"vault:{vault.Kv2}/none#x"));

        var run = await RunAsync(deploy);

        run.Exit.ShouldBe(6, run.ToString());
        run.Errors.ShouldBe(["secret-denied", "secret-denied"]);
        run.Summary.ShouldContain("capabilities");
        LeakScan.ShouldBeClean(run, deploy.Workspace, await vault.StandIns.IssuedAsync());
        (await Net.LandedAsync(payer)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Faulty_inputs_are_said_before_any_provider_is_asked()
    {
        using var deploy = Job("none", TestPrograms.Token, ("program-keypair", TestKey.New().Json), ("vault-addr", "http://localhost:1"), ("max-spend", "a lot"));

        var run = await RunAsync(deploy);

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldBe(["input-invalid"]);
    }

    private async Task<Address> TransitAsync(string name)
    {
        var address = await vault.NewTransitKeyAsync(name);
        await Net.FundAsync(address, 100_000_000_000);
        return address;
    }

    private Deploy Job(string payer, byte[] program, params (string Name, string Value)[] more)
    {
        var deploy = new Deploy(Net, TestKey.New(), program, ("payer", $"vault-transit:{vault.Transit}/{payer}"), ("ledger", "file:ledger"));
        return deploy.With([.. vault.Inputs().Select(input => (input.Key, input.Value))]).With(more);
    }

    private Task<ActionRun> RunAsync(Deploy deploy) => deploy.RunAsync(variables: vault.StandIns.OidcVariables);
}
