using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>`mode: buffer`: a verified buffer in the hands of whoever performs the upgrade.</summary>
public sealed class BufferModeTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    public static TheoryData<string, bool> Authorities => new() { { "payer", false }, { "key", false }, { "vault", false }, { "key", true }, { "vault", true } };

    [Theory]
    [MemberData(nameof(Authorities))]
    public async Task A_finished_buffer_is_in_the_hands_of_its_authority_and_is_never_written_again(string who, bool withProgram)
    {
        var payer = await Net.PayerAsync();
        var authority = who switch { "payer" => payer.Address, "key" => TestKey.New().Address, _ => TestKey.Pda($"vault {withProgram}") };
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("mode", "buffer"), ("buffer-authority", $"{authority}"));
        if (withProgram)
        {
            job.With(("program-id", $"{TestKey.New()}"));
        }

        var planned = await job.With(("dry-run", "true"), ("payer", $"{payer}")).RunAsync();
        var before = await Books.OpenAsync(Net, payer.Address);
        var run = await job.With(("dry-run", ""), ("payer", payer.Json)).RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["changed"].ShouldBe("true");
        run["buffer"].ShouldBe(planned["buffer"]);
        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token) + (who == "payer" ? 1 : 2)}", run.ToString());
        var buffer = (await Net.BuffersAsync(authority)).ShouldHaveSingleItem();
        run["buffer"].ShouldBe($"{buffer}");
        var account = (await Net.AccountAsync(buffer))!;
        account.Data.AsSpan(LoaderProgram.BufferHeader).SequenceEqual(TestPrograms.Token).ShouldBeTrue();
        var after = await Books.OpenAsync(Net, payer.Address);
        ((long)before.Payer - (long)after.Payer).ShouldBe(run.Planned("net-lamports"));
        run["fee-lamports"].ShouldBe($"{after.Fees - before.Fees}");
        (withProgram ? run["record"].Length : 26).ShouldBe(26);

        var again = await job.RunAsync();
        again.Exit.ShouldBe(0, again.ToString());
        again["changed"].ShouldBe("false", again.ToString());
        again["transactions"].ShouldBe("0");
        (await Books.OpenAsync(Net, payer.Address)).ShouldBe(after);
        again["record"].ShouldBe(run["record"], again.ToString());
    }

    [Fact]
    public async Task Another_authority_means_another_buffer()
    {
        var (payer, first, second) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("mode", "buffer"), ("buffer-authority", $"{first}"));
        var one = await job.RunAsync();

        var other = await job.With(("buffer-authority", $"{second}")).RunAsync();

        other.Exit.ShouldBe(0, other.ToString());
        other["buffer"].ShouldNotBe(one["buffer"]);
        (await Net.BuffersAsync(first.Address)).ShouldHaveSingleItem();
        (await Net.BuffersAsync(second.Address)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_buffer_that_was_handed_over_half_written_is_left_alone()
    {
        var (payer, authority) = (await Net.PayerAsync(), TestKey.New());
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("mode", "buffer"), ("buffer-authority", $"{authority}"));
        await job.KillMidWriteAsync();
        var buffer = (await Net.BuffersAsync(payer.Address)).ShouldHaveSingleItem();
        await Net.SendAsync([LoaderProgram.SetAuthority(buffer, payer.Address, authority.Address), LoaderProgram.SetAuthority(buffer, authority.Address, authority.Address)], payer, authority);
        var before = await Books.OpenAsync(Net, payer.Address);

        var run = await job.RunAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["buffer-foreign"], run.ToString());
        (await Books.OpenAsync(Net, payer.Address)).ShouldBe(before);
    }

    [Fact]
    public async Task The_finished_buffer_becomes_the_program_by_its_authoritys_own_upgrade()
    {
        var (payer, authority, program) = (await Net.PayerAsync(), await Net.PayerAsync(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        (await deploy.RunAsync()).Exit.ShouldBe(0);
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("mode", "buffer"), ("program-id", $"{program}"), ("buffer-authority", $"{authority}"));
        var run = await job.RunAsync();
        run.Exit.ShouldBe(0, run.ToString());

        await Net.SendAsync([LoaderProgram.Upgrade(program.Address, Actions.Core.Solana.Address.Parse(run["buffer"]), authority.Address, payer.Address)], authority);

        (await Net.ProgramAsync(program.Address))!.Data.Span[..TestPrograms.Token.Length].SequenceEqual(TestPrograms.Token).ShouldBeTrue();
    }
}
