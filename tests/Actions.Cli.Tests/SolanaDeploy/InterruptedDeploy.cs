using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>A deploy with an authority of its own, ended at one of the moments at which a run can end.</summary>
public abstract class InterruptedDeploy(LocalnetFixture fixture)
{
    private protected static readonly byte[] Program = TestPrograms.Token;

    private protected Localnet Net => fixture.Net;

    /// <summary>Chunks of the file, its creation, its hand-over and its deploy.</summary>
    private protected static int Whole => Deploy.Chunks(Program) + 3;

    private protected async Task<Job> JobAsync(ulong sol = 100)
    {
        var (payer, program, authority) = (await Net.PayerAsync(sol), TestKey.New(), TestKey.New());
        return new Job(
            new Deploy(Net, payer, Program, ("program-keypair", program.Json), ("upgrade-authority", authority.Json)), program, authority);
    }

    private protected async Task<string> KillAsync(Job job, int seed)
    {
        using var process = job.Deploy.Start();
        var moment = await AtMomentAsync(process, job.Deploy.Payer.Address, seed);
        await process.KillAsync();
        return moment;
    }

    /// <summary>Waits for one of the moments at which a run can end: what it says and what has landed, never a time.</summary>
    private protected async Task<string> AtMomentAsync(ActionProcess process, Address payer, int seed)
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

    private protected async Task IsDoneAsync(Job job, string what)
    {
        var data = await Net.ProgramAsync(job.Program.Address);
        data.ShouldNotBeNull(what);
        data.Authority.ShouldBe(job.Authority.Address, what);
        data.Data.Span.SequenceEqual(Program).ShouldBeTrue(what);
        (await Net.BuffersAsync(job.Deploy.Payer.Address)).ShouldBeEmpty(what);
        (await Net.BuffersAsync(job.Authority.Address)).ShouldBeEmpty(what);
    }

    private protected sealed record Job(Deploy Deploy, TestKey Program, TestKey Authority) : IDisposable
    {
        public void Dispose() => Deploy.Dispose();
    }
}
