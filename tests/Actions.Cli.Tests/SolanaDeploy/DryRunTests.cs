using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>A dry run needs no key, sends nothing, and says what the real run will say.</summary>
public sealed class DryRunTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    public static TheoryData<string> Cases =>
        ["first", "first with another authority", "first for a vault", "upgrade", "upgrade with another authority", "nothing to do", "buffer",
         "missing", "foreign", "immutable", "mismatch", "poor", "cap", "closed"];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_ends_as_the_real_run_would_and_names_the_same_buffer(string name)
    {
        var (payer, authority, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        (byte[] First, byte[] Then) = (TestPrograms.Token, TestPrograms.LookupTable);
        using var setUp = new Deploy(Net, payer, First, ("program-keypair", program.Json));
        using var real = new Deploy(Net, payer, Then, ("program-keypair", program.Json));
        using var dry = new Deploy(Net, payer, Then, ("program-keypair", $"{program}"), ("payer", $"{payer}"), ("dry-run", "true"));
        void Both(string input, string value, string? dryValue = null)
        {
            real.With((input, value));
            dry.With((input, dryValue ?? value));
        }

        switch (name)
        {
            case "first with another authority":
                Both("upgrade-authority", authority.Json, $"{authority}");
                break;
            case "first for a vault":
                Both("upgrade-authority", $"{TestKey.Pda(name)}");
                break;
            case "upgrade":
                await setUp.RunAsync();
                break;
            case "upgrade with another authority":
                await setUp.With(("upgrade-authority", authority.Json)).RunAsync();
                Both("upgrade-authority", authority.Json, $"{authority}");
                break;
            case "nothing to do":
                await setUp.WithProgram(Then).RunAsync();
                break;
            case "buffer":
                Both("mode", "buffer");
                Both("buffer-authority", $"{authority}");
                break;
            case "missing":
                Both("program-keypair", "");
                Both("program-id", $"{program}");
                break;
            case "foreign":
                Both("program-keypair", "");
                Both("program-id", $"{(await Net.PayerAsync()).Address}");
                break;
            case "immutable":
                await setUp.With(("confirm-final", $"{program}")).RunAsync();
                break;
            case "mismatch":
                await setUp.RunAsync();
                Both("upgrade-authority", authority.Json, $"{authority}");
                break;
            case "poor":
                await Net.SendAsync([SystemProgram.Transfer(payer.Address, authority.Address, await Net.BalanceAsync(payer.Address) - 10_000_000)], payer);
                break;
            case "cap":
                Both("max-spend", "0.5");
                break;
            case "closed":
                await setUp.RunAsync();
                await Net.SendAsync([Actions.Core.Loader.LoaderProgram.Close(
                    Actions.Core.Loader.LoaderProgram.ProgramDataAddress(program.Address), payer.Address, payer.Address, program.Address)], payer);
                break;
            default:
                break;
        }

        var before = await Books.OpenAsync(Net, payer.Address);
        var planned = await dry.RunAsync();
        (await Books.OpenAsync(Net, payer.Address)).ShouldBe(before);
        planned["record"].ShouldBeEmpty();
        Directory.Exists(dry.Workspace.At(".solana-actions/ledger")).ShouldBeFalse();
        planned.Report!.Value.GetProperty("dry-run").GetBoolean().ShouldBeTrue();
        var done = await real.RunAsync();

        planned.Exit.ShouldBe(done.Exit, $"{planned}\n{done}");
        planned.Errors.ShouldBe(done.Errors, $"{planned}\n{done}");
        planned["buffer"].ShouldBe(done["buffer"], $"{planned}\n{done}");
        planned["transactions"].ShouldBe("0");
        planned["changed"].ShouldBe("false");
        if (done.Exit == 0)
        {
            planned.Planned("peak-lamports").ShouldBe(done.Planned("peak-lamports"));
            planned.Planned("net-lamports").ShouldBe(done.Planned("net-lamports"));
        }
        else
        {
            (await Books.OpenAsync(Net, payer.Address)).ShouldBe(before);
        }
    }
}
