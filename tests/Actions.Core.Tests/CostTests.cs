using System.Diagnostics;
using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests;

/// <summary>Time and memory of the hot spots; bounds leave room for a busy machine, measured values stand beside them.</summary>
[Collection(nameof(Alone))]
public sealed class CostTests
{
    [Fact]
    public async Task Token_2022s_writes_are_compiled_signed_and_written_in_a_blink()
    {
        using var signer = LocalSigner.Generate();
        var chunk = new byte[1012];
        async Task RoundAsync()
        {
            var messages = Enumerable.Range(0, 610).Select(i => Message.Compile(
                signer.Address, [LoaderProgram.Write(Some.Address(1), signer.Address, (uint)(i * 1012), chunk)], Some.Blockhash(2)));
            var transactions = await Transaction.SignAllAsync([.. messages], [signer], CancellationToken.None);
            transactions.Sum(transaction => transaction.Serialize().Length).ShouldBe(610 * Transaction.MaxSize);
        }

        // 30 ms.
        (await BestOfAsync(RoundAsync)).ShouldBeLessThan(TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public async Task A_large_binary_is_searched_for_an_id_in_a_blink_also_when_it_tries_to_be_slow()
    {
        var zeros = new byte[LoaderProgram.MaxProgramLength];
        var almost = new Address([.. new byte[7], 1, .. new byte[24]]);
        var program = TestPrograms.Read("spl_token_2022");

        // 10 MB at its worst; then Token-2022: 0.2 ms.
        (await BestOfAsync(() => DeclaredId.IsIn(zeros, almost).ShouldBeFalse())).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        var real = await BestOfAsync(() => DeclaredId.IsIn(program, Some.Address(1)).ShouldBeFalse());
        real.ShouldBeLessThan(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public void Signing_and_verifying_keep_no_memory()
    {
        using var key = new Ed25519Key(Some.Bytes(7, 32));
        var message = Some.Bytes(8, 1000);
        long Growth()
        {
            var before = ResidentKilobytes();
            for (var i = 0; i < 2000; i++)
            {
                Ed25519.Verify(key.Address, message, key.Sign(message)).ShouldBeTrue();
                Ed25519.Verify(Some.Address(1), message, key.Sign(message)).ShouldBeFalse();
            }

            return ResidentKilobytes() - before;
        }

        // What is not freed grows every time, by more than a kilobyte per round.
        Enumerable.Range(0, 4).Min(_ => Growth()).ShouldBeLessThan(1000);
    }

    private static Task<TimeSpan> BestOfAsync(Action round) => BestOfAsync(() =>
    {
        round();
        return Task.CompletedTask;
    });

    private static async Task<TimeSpan> BestOfAsync(Func<Task> round)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 4; i++)
        {
            var watch = Stopwatch.StartNew();
            await round();
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        return best;
    }

    private static long ResidentKilobytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(new string([.. line.Where(char.IsAsciiDigit)]));
    }
}

/// <summary>Tests that measure the process run while no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
