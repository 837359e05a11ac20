using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>Networks that lose, err, throttle and lag: the deploy ends with the right bytes and exact books all the same.</summary>
public sealed class BadNetworkTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 6)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Losses_and_errors_leave_no_buffer_and_no_lamport_unexplained(int seed)
    {
        await using var net = await Localnet.StartAsync("--loss", "0.2", "--error-rate", "0.05", "--seed", $"loss {seed}");
        var (payer, authority, program) = (TestKey.From($"lossy {seed}"), TestKey.From($"lossy authority {seed}"), TestKey.From($"lossy program {seed}"));
        await FundAsync(net, payer);
        using var job = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        foreach (var (bytes, transactions) in new[] { (TestPrograms.Token, 3), (TestPrograms.LookupTable, 4), (TestPrograms.Stake, 4) })
        {
            var data = LoaderProgram.ProgramDataAddress(program.Address);
            var before = await Books.OpenAsync(net, payer.Address, program.Address, data);

            var run = await job.WithProgram(bytes).RunAsync();

            run.Exit.ShouldBe(0, $"seed {seed}\n{run}");
            var after = await Books.OpenAsync(net, payer.Address, program.Address, data);
            (after.Transactions - before.Transactions).ShouldBe(Deploy.Chunks(bytes) + transactions, $"seed {seed}\n{run}");
            run["transactions"].ShouldBe($"{after.Transactions - before.Transactions}", $"seed {seed}\n{run}");
            run["fee-lamports"].ShouldBe($"{after.Fees - before.Fees}", $"seed {seed}\n{run}");
            (before.Payer + before.Accounts).ShouldBe(after.Payer + after.Accounts + after.Fees - before.Fees);
            ((long)before.Payer - (long)after.Payer).ShouldBe(run.Planned("net-lamports"));
            await RunsAsync(net, program, bytes, run);
        }
    }

    [Fact]
    public async Task A_small_budget_of_requests_is_enough()
    {
        await using var net = await Localnet.StartAsync("--rps", "10");
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        using var job = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.Json));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token) + 2}");
        await RunsAsync(net, program, TestPrograms.Token, run);
    }

    [Fact]
    public async Task The_public_endpoints_limits_are_enough_and_are_hardly_ever_met()
    {
        await using var net = await Localnet.StartAsync("--profile", "public");
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        using var job = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.Json));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token) + 2}");
        await RunsAsync(net, program, TestPrograms.Token, run);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_lags_is_not_believed(bool isFirst)
    {
        await using var net = await Localnet.StartAsync("--lag-port", "0", "--lag-slots", "12");
        var (payer, authority, program) = (await net.PayerAsync(), TestKey.New(), TestKey.New());
        var urls = isFirst ? $"{net.LagUrl}\n{net.Url}" : $"{net.Url}\n{net.LagUrl}";
        using var job = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", authority.Json), ("rpc-url", urls));
        foreach (var (bytes, transactions) in new[] { (TestPrograms.Token, 3), (TestPrograms.LookupTable, 4) })
        {
            await net.WaitSlotsAsync(14);
            var before = await Books.OpenAsync(net, payer.Address);

            var run = await job.WithProgram(bytes).RunAsync();

            run.Exit.ShouldBe(0, run.ToString());
            var after = await Books.OpenAsync(net, payer.Address);
            (after.Transactions - before.Transactions).ShouldBe(Deploy.Chunks(bytes) + transactions, run.ToString());
            run["fee-lamports"].ShouldBe($"{after.Fees - before.Fees}", run.ToString());
            await RunsAsync(net, program, bytes, run);
        }
    }

    [Fact]
    public async Task A_node_that_lags_alone_is_enough()
    {
        await using var net = await Localnet.StartAsync("--lag-port", "0", "--lag-slots", "12");
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        using var job = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("rpc-url", net.LagUrl));
        await net.WaitSlotsAsync(14);

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token) + 2}");
        await RunsAsync(net, program, TestPrograms.Token, run);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dead_endpoint_beside_a_living_one_is_worth_a_warning(bool isFirst)
    {
        await using var net = await Localnet.StartAsync();
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        const string dead = "http://127.0.0.1:1";
        var urls = isFirst ? $"{dead}\n{net.Url}" : $"{net.Url}\n{dead}";
        using var job = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("rpc-url", urls));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Warnings.ShouldContain("rpc-unreachable");
        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token) + 2}");
        await RunsAsync(net, program, TestPrograms.Token, run);
    }

    [Fact]
    public async Task A_network_that_goes_away_ends_the_run_in_time_and_the_next_one_continues()
    {
        await using var net = await Localnet.StartAsync("--seed", "gone");
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        await using var proxy = new HostileRpc(net.Url);
        using var job = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("rpc-url", proxy.Url), ("timeout", "8s"), ("max-rps", "60"));
        using var process = job.Start();
        await process.WhenAsync(async () => await net.LandedByNowAsync(payer.Address) >= 10);
        proxy.Answer = (_, _) => Task.FromResult<HostileAnswer?>(new HostileAnswer.Drop());

        var run = await process.EndAsync();

        run.Exit.ShouldBe(5, run.ToString());
        run.Errors.ShouldBe(["timeout"], run.ToString());
        run.Summary.ShouldContain("How to continue");
        var again = await job.With(("rpc-url", net.Url), ("timeout", "")).RunAsync();
        again.Exit.ShouldBe(0, again.ToString());
        (await net.LandedAsync(payer.Address)).Count.ShouldBe(Deploy.Chunks(TestPrograms.Token) + 2);
    }

    /// <summary>On a node that loses submissions an airdrop may need several.</summary>
    private static async Task FundAsync(Localnet net, TestKey key)
    {
        await Until.TrueAsync(
            async () =>
            {
                await net.CallAsync("requestAirdrop", $"""["{key}",100000000000]""");
                await net.WaitSlotsAsync(4);
                return await net.BalanceAsync(key.Address) > 0;
            });
    }

    private static async Task RunsAsync(Localnet net, TestKey program, byte[] bytes, ActionRun run)
    {
        var data = (await net.ProgramAsync(program.Address)).ShouldNotBeNull(run.ToString());
        data.Data.Span[..bytes.Length].SequenceEqual(bytes).ShouldBeTrue(run.ToString());
        (await net.BuffersAsync(data.Authority!.Value)).ShouldBeEmpty(run.ToString());
    }
}
