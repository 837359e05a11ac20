using System.Runtime.InteropServices;
using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>Runs that end at any moment, by kill -9 or by a signal, and the same command again.</summary>
public sealed class KilledDeployTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private static readonly byte[] Program = TestPrograms.Token;

    private Localnet Net => fixture.Net;

    /// <summary>Chunks of the file, its creation, its hand-over and its deploy.</summary>
    private static int Whole => Deploy.Chunks(Program) + 3;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    public static TheoryData<int> FewSeeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_killed_deploy_is_continued_and_no_chunk_is_written_twice(int seed)
    {
        using var job = await JobAsync();
        var killed = await KillAsync(job, seed);
        await Net.WaitSlotsAsync(6);

        var run = await job.Deploy.RunAsync();

        run.Exit.ShouldBe(0, $"seed {seed}, {killed}\n{run}");
        await IsDoneAsync(job, $"seed {seed}, {killed}\n{run}");
        var landed = await Net.LandedAsync(job.Deploy.Payer.Address);
        landed.Count.ShouldBe(Whole, $"seed {seed}, {killed}\n{run}");
        landed.ShouldAllBe(line => !line.Failed);
        landed.Count(line => line.Signers > 1).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(FewSeeds))]
    public async Task A_killed_deploy_started_again_at_once_succeeds(int seed)
    {
        using var job = await JobAsync();
        var killed = await KillAsync(job, 100 + seed);

        var run = await job.Deploy.RunAsync();

        run.Exit.ShouldBe(0, $"seed {seed}, {killed}\n{run}");
        await Net.WaitSlotsAsync(4);
        await IsDoneAsync(job, $"seed {seed}, {killed}\n{run}");
    }

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
        run["transactions"].ShouldBe($"{after.Transactions - before.Transactions}", what);
        run["fee-lamports"].ShouldBe($"{after.Fees - before.Fees}", what);

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

    [Fact]
    public async Task The_buffer_of_other_bytes_is_reported_kept_and_closed_only_when_it_is_named()
    {
        using var job = await JobAsync();
        await job.Deploy.KillMidWriteAsync();
        var stale = (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldHaveSingleItem();
        var rent = (await Net.AccountAsync(stale))!.Lamports;

        var other = await job.Deploy.WithProgram(TestPrograms.LookupTable).RunAsync();

        other.Exit.ShouldBe(0, other.ToString());
        other["stale-buffers"].ShouldContain($"\"address\":\"{stale}\"", Case.Sensitive, other.ToString());
        other["stale-buffers"].ShouldContain($"\"lamports\":{rent}");
        other.Summary.ShouldContain($"{stale}");
        (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldBe([stale]);

        var before = await Books.OpenAsync(Net, job.Deploy.Payer.Address);
        var reclaimed = await job.Deploy.With(("reclaim", $"{stale}")).RunAsync();

        reclaimed.Exit.ShouldBe(0, reclaimed.ToString());
        reclaimed["refunded-lamports"].ShouldBe($"{rent}", reclaimed.ToString());
        reclaimed["stale-buffers"].ShouldBe("[]");
        (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldBeEmpty();
        (await Net.BalanceAsync(job.Deploy.Payer.Address)).ShouldBe(before.Payer + rent - 5_000);

        var again = await job.Deploy.RunAsync();
        again.Exit.ShouldBe(0, again.ToString());
        again["transactions"].ShouldBe("0");
    }

    [Fact]
    public async Task A_named_buffer_is_closed_before_a_deploy_that_needs_its_rent()
    {
        using var job = await JobAsync(sol: 2);
        await job.Deploy.KillMidWriteAsync();
        var stale = (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldHaveSingleItem();
        var rent = (await Net.AccountAsync(stale))!.Lamports;
        var payer = job.Deploy.Payer;
        var tooMuch = await Net.BalanceAsync(payer.Address) + rent - await Net.RentAsync(37 + TestPrograms.LookupTable.Length) - 60_000_000;
        await Net.SendAsync([SystemProgram.Transfer(payer.Address, TestKey.New().Address, tooMuch)], payer);
        job.Deploy.WithProgram(TestPrograms.LookupTable).With(("max-priority-fee", "0"), ("priority-fee", "0"));
        (await job.Deploy.RunAsync()).Errors.ShouldBe(["balance"]);

        var run = await job.Deploy.With(("reclaim", $"{stale}")).RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["refunded-lamports"].ShouldBe($"{rent}");
        (await Net.BuffersAsync(payer.Address)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_elses_account_is_reclaimed()
    {
        using var job = await JobAsync();
        using var other = await JobAsync();
        await other.Deploy.KillMidWriteAsync();
        var foreign = (await Net.BuffersAsync(other.Deploy.Payer.Address)).ShouldHaveSingleItem();
        (await job.Deploy.RunAsync()).Exit.ShouldBe(0);
        Address[] targets = [foreign, LoaderProgram.ProgramDataAddress(job.Program.Address), job.Program.Address, job.Authority.Address];
        await Net.FundAsync(job.Authority.Address, 1_000_000_000);
        var before = await Books.OpenAsync(Net, job.Deploy.Payer.Address, targets);

        foreach (var target in targets)
        {
            var run = await job.Deploy.With(("reclaim", $"{target}")).RunAsync();
            if (target == job.Authority.Address)
            {
                // An empty account is what a closed buffer with a gift looks like: nothing to do.
                run.Exit.ShouldBe(0, run.ToString());
                continue;
            }

            run.Exit.ShouldBe(3, run.ToString());
            run.Errors.ShouldBe(["buffer-invalid"], run.ToString());
        }

        (await Books.OpenAsync(Net, job.Deploy.Payer.Address, targets)).ShouldBe(before);
    }

    [Fact]
    public async Task Idle_buffers_are_reclaimed_and_a_fresh_one_of_the_same_payer_is_not()
    {
        await using var net = await Localnet.StartAsync("--slot-ms", "10");
        var payer = await net.PayerAsync();
        var (first, second, third) = (TestKey.New(), TestKey.New(), TestKey.New());
        using var idle = new Deploy(net, payer, Program, ("program-keypair", first.Json));
        await idle.KillMidWriteAsync();
        var old = (await net.BuffersAsync(payer.Address)).ShouldHaveSingleItem();
        using var early = new Deploy(net, payer, TestPrograms.Stake, ("program-keypair", third.Json), ("reclaim", "idle"));
        (await early.RunAsync())["stale-buffers"].ShouldContain($"{old}");
        await net.WaitSlotsAsync(1_600);
        using var parallel = new Deploy(net, payer, TestPrograms.LookupTable, ("program-keypair", second.Json));
        await parallel.KillMidWriteAsync();
        var fresh = (await net.BuffersAsync(payer.Address)).Where(buffer => buffer != old).ShouldHaveSingleItem();

        var run = await early.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (await net.BuffersAsync(payer.Address)).ShouldBe([fresh]);
        run["stale-buffers"].ShouldContain($"{fresh}");
        run["stale-buffers"].ShouldNotContain($"{old}");
        run["refunded-lamports"].ShouldBe($"{await net.RentAsync(37 + Program.Length)}");
        (await parallel.RunAsync()).Exit.ShouldBe(0);
        (await net.BuffersAsync(payer.Address)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deploy_that_would_be_refused_now_still_reports_the_buffer_it_left()
    {
        using var job = await JobAsync();
        await job.Deploy.KillMidWriteAsync();
        var left = (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldHaveSingleItem();

        var run = await job.Deploy.With(("max-spend", "0.000000001")).RunAsync();

        run.Errors.ShouldBe(["spend-cap"], run.ToString());
        run["stale-buffers"].ShouldContain($"{left}", Case.Sensitive, run.ToString());
    }

    private async Task<Job> JobAsync(ulong sol = 100)
    {
        var (payer, program, authority) = (await Net.PayerAsync(sol), TestKey.New(), TestKey.New());
        return new Job(
            new Deploy(Net, payer, Program, ("program-keypair", program.Json), ("upgrade-authority", authority.Json)), program, authority);
    }

    private async Task<string> KillAsync(Job job, int seed)
    {
        using var process = job.Deploy.Start();
        var moment = await AtMomentAsync(process, job.Deploy.Payer.Address, seed);
        await process.KillAsync();
        return moment;
    }

    /// <summary>Waits for one of the moments at which a run can end: what it says and what has landed, never a time.</summary>
    private async Task<string> AtMomentAsync(ActionProcess process, Address payer, int seed)
    {
        var chance = new Chance(seed);
        var kind = seed % 7;
        var landed = kind switch
        {
            0 => 0,
            1 => 1,
            2 or 3 => chance.Next(2, Whole - 2),
            4 => Whole - 1,
            5 => 0,
            _ => Whole,
        };
        var says = kind switch { 0 => "Creating the buffer", 4 => "Handing the buffer over", 5 => "Deploying", _ => "" };
        await process.WhenAsync(() => Task.FromResult(process.Said(says)));
        await process.WhenAsync(async () => await Net.LandedByNowAsync(payer) >= landed);
        // Some microseconds to some milliseconds later, so that the moments differ between the seeds of one kind too.
        await Task.Delay(chance.Next(0, 12));
        return $"\"{says}\" and {landed} landed";
    }

    private async Task IsDoneAsync(Job job, string what)
    {
        var data = await Net.ProgramAsync(job.Program.Address);
        data.ShouldNotBeNull(what);
        data.Authority.ShouldBe(job.Authority.Address, what);
        data.Data.Span.SequenceEqual(Program).ShouldBeTrue(what);
        (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldBeEmpty(what);
        (await Net.BuffersAsync(job.Authority.Address)).ShouldBeEmpty(what);
    }

    private sealed record Job(Deploy Deploy, TestKey Program, TestKey Authority) : IDisposable
    {
        public void Dispose() => Deploy.Dispose();
    }
}
