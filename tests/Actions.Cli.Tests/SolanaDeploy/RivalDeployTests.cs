using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>Several deploys of one program at once, strangers who send lamports, and people who change the program in between.</summary>
public sealed class RivalDeployTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    public static TheoryData<int, bool> Rivals => new()
    {
        { 2, false }, { 2, true }, { 3, false }, { 3, true },
    };

    [Theory]
    [MemberData(nameof(Rivals))]
    public async Task The_same_bytes_at_once_all_succeed(int count, bool upgrade)
    {
        var (payer, authority, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        if (upgrade)
        {
            (await job.RunAsync()).Exit.ShouldBe(0);
        }

        var before = await Books.OpenAsync(Net, payer.Address);
        var runs = await TogetherAsync([.. Enumerable.Repeat(upgrade ? TestPrograms.LookupTable : TestPrograms.Token, count)], payer, authority, program);

        var what = string.Join("\n======\n", runs);
        runs.ShouldAllBe(run => run.Exit == 0, what);
        // Runs that signed the same message with the same blockhash share one transaction; there is never a second one.
        runs.Where(run => run["changed"] == "true").Select(run => run["signature"]).Distinct().Count().ShouldBe(1, what);
        (await Net.BuffersAsync(payer.Address)).ShouldBeEmpty(what);
        (await Net.BuffersAsync(authority.Address)).ShouldBeEmpty(what);
        IsPadded(await BytesAsync(program.Address), upgrade ? TestPrograms.LookupTable : TestPrograms.Token).ShouldBeTrue(what);
        var after = await Books.OpenAsync(Net, payer.Address);
        runs.Sum(run => (long)run.Amount("fee-lamports")).ShouldBeGreaterThanOrEqualTo((long)(after.Fees - before.Fees), what);
        runs.Sum(run => (long)run.Amount("transactions")).ShouldBeGreaterThanOrEqualTo(after.Transactions - before.Transactions, what);
    }

    [Theory]
    [MemberData(nameof(Rivals))]
    public async Task Different_bytes_at_once_never_mix_and_leave_no_buffer_unreported(int count, bool upgrade)
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        byte[][] files = [TestPrograms.LookupTable, TestPrograms.Stake, [.. TestPrograms.LookupTable, .. new byte[8]]];
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));
        if (upgrade)
        {
            (await job.RunAsync()).Exit.ShouldBe(0);
        }

        var before = await Books.OpenAsync(Net, payer.Address);
        var runs = await TogetherAsync(files[..count], payer, payer, program);

        var what = string.Join("\n======\n", runs);
        runs.ShouldAllBe(run => run.Exit == 0 || (run.Exit == 3 && run.Errors.SequenceEqual(new[] { "program-changed" })), what);
        runs.ShouldContain(run => run.Exit == 0, what);
        var bytes = await BytesAsync(program.Address);
        files[..count].Any(file => IsPadded(bytes, file)).ShouldBeTrue(what);
        foreach (var left in await Net.BuffersAsync(payer.Address))
        {
            runs.ShouldContain(run => run.Exit == 3 && run["stale-buffers"].Contains($"{left}"), what);
        }

        var after = await Books.OpenAsync(Net, payer.Address);
        runs.Sum(run => (long)run.Amount("fee-lamports")).ShouldBe((long)(after.Fees - before.Fees), what);
        runs.Sum(run => (long)run.Amount("transactions")).ShouldBe(after.Transactions - before.Transactions, what);
    }

    [Fact]
    public async Task Somebody_who_extends_the_program_in_between_changes_nothing()
    {
        var (payer, authority, program, stranger) = (await Net.PayerAsync(), TestKey.New(), TestKey.New(), await Net.PayerAsync());
        using var job = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        (await job.RunAsync()).Exit.ShouldBe(0);
        var landed = await Net.LandedByNowAsync(payer.Address);
        var before = await Books.OpenAsync(Net, payer.Address);
        using var process = job.WithProgram(TestPrograms.Stake).Start();
        await process.WhenAsync(async () => await Net.LandedByNowAsync(payer.Address) > landed + 1);
        for (var times = 0; times < 2; times++)
        {
            // In the very slot of the deploy's own change the loader refuses it, which is no business of the deploy.
            await Net.TrySendAsync([LoaderProgram.ExtendProgram(program.Address, 10_240, stranger.Address)], stranger);
        }

        var run = await process.EndAsync();

        run.Exit.ShouldBe(0, run.ToString());
        var bytes = await BytesAsync(program.Address);
        bytes.AsSpan(0, TestPrograms.Stake.Length).SequenceEqual(TestPrograms.Stake).ShouldBeTrue();
        var after = await Books.OpenAsync(Net, payer.Address);
        run["fee-lamports"].ShouldBe($"{after.Fees - before.Fees}", run.ToString());
        (await Net.BuffersAsync(authority.Address)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_who_changes_the_authority_in_between_ends_the_deploy()
    {
        var (payer, authority, program, next) = (await Net.PayerAsync(), await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        (await job.RunAsync()).Exit.ShouldBe(0);
        var landed = await Net.LandedByNowAsync(payer.Address);
        using var process = job.WithProgram(TestPrograms.Token2022).Start();
        await process.WhenAsync(async () => await Net.LandedByNowAsync(payer.Address) > landed + 1);
        await Net.SendAsync([LoaderProgram.SetAuthority(LoaderProgram.ProgramDataAddress(program.Address), authority.Address, next.Address)], authority);

        var run = await process.EndAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["authority-mismatch"], run.ToString());
        (await BytesAsync(program.Address)).AsSpan(0, TestPrograms.Token.Length).SequenceEqual(TestPrograms.Token).ShouldBeTrue();
        foreach (var left in (await Net.BuffersAsync(payer.Address)).Concat(await Net.BuffersAsync(authority.Address)))
        {
            run["stale-buffers"].ShouldContain($"{left}", Case.Sensitive, run.ToString());
        }
    }

    [Theory]
    [InlineData("buffer", 1UL)]
    [InlineData("buffer", 700_000UL)]
    [InlineData("buffer", 3_000_000_000UL)]
    [InlineData("program", 900_000UL)]
    [InlineData("program", 3_000_000_000UL)]
    public async Task Lamports_that_a_stranger_put_at_an_address_are_no_obstacle(string where, ulong gift)
    {
        var (payer, program, stranger) = (await Net.PayerAsync(), TestKey.New(), await Net.PayerAsync());
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("priority-fee", "0"), ("max-priority-fee", "0"));
        var buffer = Address.Parse((await job.With(("dry-run", "true")).RunAsync())["buffer"]);
        var target = where == "buffer" ? buffer : program.Address;
        await Net.FundAsync(target, Math.Max(gift, await Net.RentAsync(0)));
        var data = LoaderProgram.ProgramDataAddress(program.Address);
        var before = await Books.OpenAsync(Net, payer.Address, program.Address, data, buffer);

        var run = await job.With(("dry-run", "")).RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token) + 2}");
        (await BytesAsync(program.Address)).ShouldBe(TestPrograms.Token);
        var after = await Books.OpenAsync(Net, payer.Address, program.Address, data, buffer);
        (before.Payer + before.Accounts).ShouldBe(after.Payer + after.Accounts + after.Fees - before.Fees);
        ((long)before.Payer - (long)after.Payer).ShouldBe(run.Planned("net-lamports"), run.ToString());
        stranger.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_stranger_who_funds_the_buffers_address_while_the_deploy_runs_is_no_obstacle()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));
        var buffer = Address.Parse((await job.With(("dry-run", "true")).RunAsync())["buffer"]);
        job.With(("dry-run", ""));
        using var process = job.Start();
        await Net.CallAsync("requestAirdrop", $"""["{buffer}",1000000]""");

        var run = await process.EndAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (await BytesAsync(program.Address)).ShouldBe(TestPrograms.Token);
        (await Net.BuffersAsync(payer.Address)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_funded_program_data_address_is_refused_before_anything_is_spent()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));
        await Net.FundAsync(LoaderProgram.ProgramDataAddress(program.Address), await Net.RentAsync(0));
        var before = await Books.OpenAsync(Net, payer.Address);

        var run = await job.RunAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["programdata-funded"]);
        (await Books.OpenAsync(Net, payer.Address)).ShouldBe(before);
    }

    [Fact]
    public async Task A_buffer_that_was_handed_to_somebody_else_is_left_alone()
    {
        var (payer, program, other) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));
        await job.KillMidWriteAsync();
        var buffer = (await Net.BuffersAsync(payer.Address)).ShouldHaveSingleItem();
        await Net.SendAsync([LoaderProgram.SetAuthority(buffer, payer.Address, other.Address)], payer);
        var before = await Books.OpenAsync(Net, payer.Address);

        var run = await job.RunAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["buffer-foreign"], run.ToString());
        (await Books.OpenAsync(Net, payer.Address)).ShouldBe(before);
    }

    private async Task<ActionRun[]> TogetherAsync(byte[][] files, TestKey payer, TestKey authority, TestKey program)
    {
        var jobs = files.Select(file => new Deploy(Net, payer, file, ("program-keypair", program.Json), ("upgrade-authority", authority.Json))).ToList();
        try
        {
            return await Task.WhenAll(jobs.Select(job => job.RunAsync()));
        }
        finally
        {
            jobs.ForEach(job => job.Dispose());
        }
    }

    /// <summary>Whether a program's bytes are this file and zeros after it.</summary>
    private static bool IsPadded(byte[] bytes, byte[] file) =>
        bytes.Length >= file.Length && bytes.AsSpan(0, file.Length).SequenceEqual(file) && !bytes.AsSpan(file.Length).ContainsAnyExcept((byte)0);

    private async Task<byte[]> BytesAsync(Address program) => (await Net.ProgramAsync(program))!.Data.ToArray();
}
