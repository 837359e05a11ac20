using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>What becomes of the buffers that runs left behind.</summary>
public sealed class ReclaimTests(LocalnetFixture fixture) : InterruptedDeploy(fixture), IClassFixture<LocalnetFixture>
{
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
        var tooEarly = await early.RunAsync();
        tooEarly.Exit.ShouldBe(0, tooEarly.ToString());
        tooEarly["stale-buffers"].ShouldContain($"{old}");
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
}
