using System.Runtime.InteropServices;
using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>SIGINT and SIGTERM at any moment: an orderly end, and the same command again.</summary>
public sealed class SignalledDeployTests(LocalnetFixture fixture) : InterruptedDeploy(fixture), IClassFixture<LocalnetFixture>
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_signal_ends_a_deploy_in_an_orderly_way(int seed)
    {
        using var job = await JobAsync();
        var payer = job.Deploy.Payer.Address;
        var before = await Books.OpenAsync(Net, payer);
        using var process = job.Deploy.Start();
        var moment = await AtMomentAsync(process, payer, seed);
        var since = System.Diagnostics.Stopwatch.StartNew();
        process.Signal(seed % 3 == 0 ? PosixSignal.SIGTERM : PosixSignal.SIGINT);
        var run = await process.EndAsync();

        since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5), $"seed {seed}, {moment}\n{run}");
        var what = $"seed {seed}, {moment}\n{run}";
        await Net.WaitSlotsAsync(4);
        var isDeployed = await Net.ProgramAsync(job.Program.Address) is not null;
        run.Exit.ShouldBe(isDeployed ? 0 : 130, what);
        run["changed"].ShouldBe(isDeployed ? "true" : "false", what);
        if (!isDeployed)
        {
            run.Errors.ShouldBe(["cancelled"], what);
        }

        var buffers = await Net.BuffersAsync(payer);
        buffers = [.. buffers, .. await Net.BuffersAsync(job.Authority.Address)];
        if (buffers.Count > 0)
        {
            run["buffer"].ShouldBe($"{buffers.ShouldHaveSingleItem()}", what);
            run.Summary.ShouldContain("How to continue", Case.Sensitive, what);
            run.Summary.ShouldContain($"solana program close {buffers[0]}", Case.Sensitive, what);
        }

        var after = await Books.OpenAsync(Net, payer);
        // What a busy node takes up only after the run's last second cannot be in its report.
        run.Amount("transactions").ShouldBeLessThanOrEqualTo((ulong)(after.Transactions - before.Transactions), what);
        run.Amount("fee-lamports").ShouldBeLessThanOrEqualTo(after.Fees - before.Fees, what);

        var again = await job.Deploy.RunAsync();
        again.Exit.ShouldBe(0, $"{what}\nagain: {again}");
        await IsDoneAsync(job, $"{what}\nagain: {again}");
        (await Net.LandedAsync(payer)).Count.ShouldBe(Whole, $"{what}\nagain: {again}");
    }

    [Fact]
    public async Task An_upgrade_that_landed_although_the_signal_came_reports_its_refund()
    {
        using var job = await JobAsync();
        (await job.Deploy.RunAsync()).Exit.ShouldBe(0);
        var payer = job.Deploy.Payer.Address;
        var data = LoaderProgram.ProgramDataAddress(job.Program.Address);
        var before = await Books.OpenAsync(Net, payer, job.Program.Address, data);
        using var process = job.Deploy.WithProgram(TestPrograms.LookupTable).Start();
        await process.WhenAsync(() => Task.FromResult(process.Said("Upgrading")));
        await process.WhenAsync(async () => await Net.LandedByNowAsync(payer) >= before.Transactions + Deploy.Chunks(TestPrograms.LookupTable) + 4);
        process.Signal(PosixSignal.SIGINT);
        var run = await process.EndAsync();

        run.Exit.ShouldBe(0, run.ToString());
        await Net.WaitSlotsAsync(4);
        var after = await Books.OpenAsync(Net, payer, job.Program.Address, data);
        var buffer = (long)await Net.RentAsync(37 + TestPrograms.LookupTable.Length);
        ((long)before.Payer - (long)after.Payer).ShouldBe(
            (long)run.Amount("fee-lamports") + buffer + run.Planned("extend-lamports") - (long)run.Amount("refunded-lamports"), run.ToString());
    }
}
