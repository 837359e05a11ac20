using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>Programs that only the cluster's verifier refuses: that costs base fees and nothing else.</summary>
public sealed class RejectedDeployTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private static readonly byte[] Bad = CorruptProgram.Make(TestPrograms.LookupTable);

    private Localnet Net => fixture.Net;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_first_deploy_that_the_verifier_refuses_costs_its_base_fees(bool byThePayer)
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        var authority = byThePayer ? payer : TestKey.New();
        using var job = new Deploy(Net, payer, Bad, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));

        await IsRejectedAsync(job, authority.Address);

        (await Net.ProgramAsync(program.Address)).ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upgrade_that_the_verifier_refuses_extends_nothing(bool isBigger)
    {
        var (payer, authority, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var job = new Deploy(
            Net, payer, isBigger ? TestPrograms.Token : TestPrograms.Stake, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        (await job.RunAsync()).Exit.ShouldBe(0);
        var before = await Net.AccountAsync(LoaderProgram.ProgramDataAddress(program.Address));

        await IsRejectedAsync(job.WithProgram(Bad), authority.Address);

        var after = await Net.AccountAsync(LoaderProgram.ProgramDataAddress(program.Address));
        after!.Data.ShouldBe(before!.Data);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_payer_with_exactly_the_balance_needed_gets_its_rent_back_too(bool isBigger)
    {
        var (rich, payer, program) = (await Net.PayerAsync(), await Net.PayerAsync(), TestKey.New());
        using var first = new Deploy(
            Net, rich, isBigger ? TestPrograms.Token : TestPrograms.Stake, ("program-keypair", program.Json), ("upgrade-authority", payer.Json));
        (await first.RunAsync()).Exit.ShouldBe(0);
        using var job = new Deploy(Net, payer, Bad, ("program-keypair", program.Json), ("priority-fee", "0"), ("max-priority-fee", "0"));
        var peak = (ulong)(await job.With(("dry-run", "true")).RunAsync()).Planned("peak-lamports");
        var needed = peak + await Net.RentAsync(0);
        await Net.SendAsync([SystemProgram.Transfer(payer.Address, rich.Address, await Net.BalanceAsync(payer.Address) - needed - 5_000)], payer);

        await IsRejectedAsync(job.With(("dry-run", "")), payer.Address);
    }

    [Fact]
    public async Task A_buffer_that_the_verifier_refuses_is_not_handed_over()
    {
        var (payer, authority) = (await Net.PayerAsync(), TestKey.New());
        using var job = new Deploy(Net, payer, Bad, ("mode", "buffer"), ("buffer-authority", $"{authority}"));

        await IsRejectedAsync(job, authority.Address);
    }

    private async Task IsRejectedAsync(Deploy job, Address authority)
    {
        var before = await Books.OpenAsync(Net, job.Payer.Address);
        var run = await job.RunAsync();
        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["verifier-rejected"], run.ToString());
        run["changed"].ShouldBe("false");
        var after = await Books.OpenAsync(Net, job.Payer.Address);
        var transactions = Deploy.Chunks(Bad) + 2;
        (after.Transactions - before.Transactions).ShouldBe(transactions, run.ToString());
        (before.Payer - after.Payer).ShouldBe(5_000UL * (ulong)transactions, run.ToString());
        run["fee-lamports"].ShouldBe($"{5_000 * transactions}");
        run["transactions"].ShouldBe($"{transactions}");
        run["refunded-lamports"].ShouldBe($"{await Net.RentAsync(37 + Bad.Length)}", run.ToString());
        run["stale-buffers"].ShouldBe("[]");
        (await Net.BuffersAsync(job.Payer.Address)).ShouldBeEmpty(run.ToString());
        (await Net.BuffersAsync(authority)).ShouldBeEmpty(run.ToString());
    }
}
