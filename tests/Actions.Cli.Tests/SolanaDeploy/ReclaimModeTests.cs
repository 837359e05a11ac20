using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Metadata;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>`mode: reclaim`: buffers are closed, and nothing is deployed.</summary>
public sealed class ReclaimModeTests(LocalnetFixture fixture) : InterruptedDeploy(fixture), IClassFixture<LocalnetFixture>
{
    private static readonly string[] OfDeploys = ["program", "program-id", "program-keypair", "upgrade-authority", "new-authority", "nonce-account", "manifest", "max-spend"];

    [Fact]
    public async Task What_is_idle_is_planned_from_an_address_closed_with_the_key_and_then_there_is_nothing_left()
    {
        await using var net = await Localnet.StartAsync("--slot-ms", "10");
        var payer = await net.PayerAsync();
        using var old = new Deploy(net, payer, Program, ("program-keypair", TestKey.New().Json));
        await old.KillMidWriteAsync();
        var idle = (await net.BuffersAsync(payer.Address)).ShouldHaveSingleItem();
        using var workspace = new Workspace(Program);

        var early = await RunAsync(net, workspace, ("payer", payer.Json));
        (early.Exit, early["refunded-lamports"], early["reclaimable-lamports"], early["transactions"]).ShouldBe((0, "0", "0", "0"), early.ToString());
        early["stale-buffers"].ShouldContain($"{idle}");

        await net.WaitSlotsAsync(1_600);
        using var parallel = new Deploy(net, payer, TestPrograms.LookupTable, ("program-keypair", TestKey.New().Json));
        await parallel.KillMidWriteAsync();
        var fresh = (await net.BuffersAsync(payer.Address)).Where(buffer => buffer != idle).ShouldHaveSingleItem();
        var (rent, before) = ((await net.AccountAsync(idle))!.Lamports, await net.BalanceAsync(payer.Address));

        var planned = await RunAsync(net, workspace, ("payer", $"{payer.Address}"), ("dry-run", "true"));
        (planned.Exit, planned["reclaimable-lamports"], planned["refunded-lamports"]).ShouldBe((0, $"{rent}", "0"), planned.ToString());
        planned.Summary.ShouldContain($"`{idle}`");
        planned.Summary.ShouldNotContain($"`{fresh}`");
        (await net.BalanceAsync(payer.Address)).ShouldBe(before);

        var run = await RunAsync(net, workspace, ("payer", payer.Json));
        (run.Exit, run["reclaimable-lamports"], run["refunded-lamports"], run["transactions"], run["fee-lamports"]).ShouldBe((0, "0", $"{rent}", "1", "5000"), run.ToString());
        (await net.BuffersAsync(payer.Address)).ShouldBe([fresh]);
        (await net.BalanceAsync(payer.Address)).ShouldBe(before + rent - 5_000);

        var again = await RunAsync(net, workspace, ("payer", payer.Json));
        (again.Exit, again["refunded-lamports"], again["transactions"]).ShouldBe((0, "0", "0"), again.ToString());
        (await parallel.RunAsync()).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task A_named_buffer_is_closed_at_once_unless_a_pending_record_needs_it()
    {
        using var job = await JobAsync();
        await job.Deploy.KillMidWriteAsync();
        var buffer = (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldHaveSingleItem();
        using var workspace = new Workspace(Program);
        var ledger = new FileLedger(workspace.At(".solana-actions"), TimeProvider.System);
        await ledger.AppendAsync(
            new LedgerEvent
            {
                Id = "01ARZ3NDEKTSV4RRFFQ69G5FAV", Kind = RecordKind.Release, State = RecordState.Pending, Environment = "localnet", ProgramId = job.Program.Address, At = DateTimeOffset.UnixEpoch,
                Cluster = "localnet", Buffer = buffer,
            },
            default);

        var refused = await RunAsync(Net, workspace, ("payer", job.Deploy.Payer.Json), ("reclaim", $"{buffer}"));
        (refused.Exit, refused.Errors.Single()).ShouldBe((3, "buffer-invalid"), refused.ToString());
        (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldBe([buffer]);

        var run = await RunAsync(Net, workspace, ("payer", job.Deploy.Payer.Json), ("reclaim", $"{buffer}"), ("ledger", "none"));
        (run.Exit, run["transactions"]).ShouldBe((0, "1"), run.ToString());
        (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Buffers_of_documents_come_back_by_the_same_rules_and_nothing_that_is_published_or_somebody_elses_is_touched()
    {
        await using var net = await Localnet.StartAsync("--slot-ms", "10", "--emulate", "metadata");
        var (payer, other) = (await net.PayerAsync(), await net.PayerAsync());
        using var workspace = new Workspace(Program);
        var (idle, foreign) = (await BufferAsync(net, payer, "left"), await BufferAsync(net, other, "left"));
        var published = await PublishAsync(net, payer, "idl");
        var rent = await net.BalanceAsync(idle);
        var early = await RunAsync(net, workspace, ("payer", payer.Json));
        (early.Exit, early["transactions"], early["stale-buffers"].Contains($"{idle}", StringComparison.Ordinal)).ShouldBe((0, "0", true), early.ToString());
        await net.WaitSlotsAsync(1_600);
        var fresh = await BufferAsync(net, payer, "fresh");
        foreach (var named in (Address[])[published, foreign])
        {
            var refused = await RunAsync(net, workspace, ("payer", payer.Json), ("reclaim", $"{named}"));
            (refused.Exit, refused.Errors.ShouldHaveSingleItem()).ShouldBe((3, "buffer-invalid"), refused.ToString());
        }

        var planned = await RunAsync(net, workspace, ("payer", $"{payer.Address}"), ("dry-run", "true"));
        (planned.Exit, planned["reclaimable-lamports"], await net.BalanceAsync(idle)).ShouldBe((0, $"{rent}", rent), planned.ToString());
        planned.Summary.ShouldContain("program-metadata");
        var before = await net.BalanceAsync(payer.Address);
        var run = await RunAsync(net, workspace, ("payer", payer.Json));

        (run.Exit, run["refunded-lamports"], run["transactions"]).ShouldBe((0, $"{rent}", "1"), run.ToString());
        run["stale-buffers"].ShouldContain($"{fresh}");
        (await net.BalanceAsync(payer.Address)).ShouldBe(before + rent - 5_000);
        (await net.AccountAsync(idle)).ShouldBeNull();
        foreach (var kept in (Address[])[fresh, foreign, published])
        {
            (await net.AccountAsync(kept)).ShouldNotBeNull($"{kept}");
        }

        (await RunAsync(net, workspace, ("payer", payer.Json)))["transactions"].ShouldBe("0");
    }

    [Fact]
    public async Task A_payer_that_cannot_pay_the_fee_is_refused_before_anything_is_sent()
    {
        using var workspace = new Workspace(Program);
        using var job = await JobAsync();
        await job.Deploy.KillMidWriteAsync();
        var buffer = (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldHaveSingleItem();
        var poor = job.Deploy.Payer;
        await Net.SendAsync([SystemProgram.Transfer(poor.Address, TestKey.New().Address, await Net.BalanceAsync(poor.Address) - 5_000)], poor);

        var run = await RunAsync(Net, workspace, ("payer", poor.Json), ("reclaim", $"{buffer}"));

        (run.Exit, run.Errors.Single(), run["transactions"]).ShouldBe((3, "balance", "0"), run.ToString());
    }

    [Fact]
    public async Task What_belongs_to_a_deploy_is_refused()
    {
        using var workspace = new Workspace(Program);

        var run = await RunAsync(Net, workspace, [("payer", TestKey.New().Json), ("reclaim", "none"), ("execute", "true"), .. OfDeploys.Select(name => (name, "x"))]);

        run.Exit.ShouldBe(2);
        run.Errors.Count(code => code == "input-conflict").ShouldBe(OfDeploys.Length + 1, run.ToString());
        run.Errors.ShouldContain("input-missing");
    }

    /// <summary>What an interrupted publication leaves; any program will do.</summary>
    private static async Task<Address> BufferAsync(Localnet net, TestKey payer, string seed)
    {
        var buffer = MetadataProgram.NonCanonical(MetadataProgram.Id, payer.Address, seed);
        await net.SendAsync(
        [
            SystemProgram.Transfer(payer.Address, buffer, await net.RentAsync(MetadataProgram.HeaderSize + 1_000)),
            MetadataProgram.Allocate(buffer, payer.Address, MetadataProgram.Id, null, seed),
            MetadataProgram.Extend(buffer, payer.Address, null, null, 1_000),
        ], payer);
        return buffer;
    }

    /// <summary>A document of the payer's own about a program.</summary>
    private static async Task<Address> PublishAsync(Localnet net, TestKey payer, string seed)
    {
        var (account, text) = (MetadataProgram.NonCanonical(MetadataProgram.Id, payer.Address, seed), "{}"u8.ToArray());
        await net.SendAsync(
        [
            SystemProgram.Transfer(payer.Address, account, await net.RentAsync(MetadataProgram.HeaderSize + text.Length)),
            MetadataProgram.Initialize(account, payer.Address, MetadataProgram.Id, null, seed, new MetadataForm(MetadataEncoding.Utf8, MetadataCompression.None, MetadataFormat.Json, MetadataSource.Direct), text),
        ], payer);
        return account;
    }

    private static Task<ActionRun> RunAsync(Localnet net, Workspace workspace, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> inputs = new() { ["mode"] = "reclaim", ["reclaim"] = "idle", ["cluster"] = "localnet", ["rpc-url"] = $"mainnet-beta=https://mainnet.example\nlocalnet={net.Url}" };
        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }

        return ActionProcess.RunAsync("solana-deploy", inputs, workspace);
    }
}
