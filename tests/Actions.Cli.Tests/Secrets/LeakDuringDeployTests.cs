using System.Runtime.InteropServices;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Secrets;

/// <summary>The same for what goes wrong when a deploy is half done.</summary>
public sealed class LeakDuringDeployTests(KeyHomes homes) : IClassFixture<KeyHomes>
{
    [Fact]
    public Task Tokens_that_expire_are_replaced_where_that_is_possible_and_never_shown() => EachAsync(homes.All, async home =>
    {
        using var job = new Job(homes, home, ("max-rps", "60"), ("registry", home.Registry));

        var run = await job.InterruptAsync(_ => homes.StandIns.ControlAsync(home.Service, home.Expire));

        await job.IsCleanAsync(run, home.Name);
        // Whose key is here deploys on; a token that somebody gave cannot be replaced for what is written at the end.
        run.Exit.ShouldBe(home.IsGivenToken ? 6 : 0, $"{home.Name}: {run}");
        run.Errors.ShouldBe(home.IsGivenToken ? ["secret-denied"] : [], $"{home.Name}: {run}");
        run["changed"].ShouldBe("true", home.Name);
        (await homes.Net.ProgramAsync(job.Program.Address)).ShouldNotBeNull(home.Name);
        await homes.StandIns.ControlAsync(home.Service, home.Expire.Replace("}", ",\"until\":9e15}", StringComparison.Ordinal)); // the other tests have the same token
    });

    [Fact]
    public Task A_deploy_that_is_cancelled_leaves_a_buffer_and_no_secret() => EachAsync(homes.All, async home =>
    {
        using var job = new Job(homes, home, ("max-rps", "30"));

        var run = await job.InterruptAsync(process => Task.Run(() => process.Signal(PosixSignal.SIGTERM)));

        await IsCancelledAsync(job, run);
    });

    [Fact]
    public async Task A_deploy_that_is_cancelled_while_its_signer_hangs_leaves_a_buffer_and_no_secret()
    {
        try
        {
            await EachAsync([.. homes.All.Where(home => home.Signs)], async home =>
            {
                using var job = new Job(homes, home, ("max-rps", "30"));

                var run = await job.InterruptAsync(async process =>
                {
                    await homes.StandIns.FaultAsync(home.Service, """{"mode":"slow-loris","path":"/sign/|TrentService.Sign"}""");
                    await Until.TrueAsync(async () => process.HasExited || await homes.StandIns.SeenAsync(home.Service) > 0);
                    process.Signal(PosixSignal.SIGTERM);
                });

                await IsCancelledAsync(job, run);
            });
        }
        finally
        {
            await homes.FaultAsync(null, null, null);
        }
    }

    private async Task IsCancelledAsync(Job job, ActionRun run)
    {
        await job.IsCleanAsync(run, job.Home.Name);
        run.Exit.ShouldBe(130, $"{job.Home.Name}: {run}");
        run.Errors.ShouldBe(["cancelled"], $"{job.Home.Name}: {run}");
        run["changed"].ShouldBe("false", job.Home.Name);
        run["buffer"].ShouldNotBeEmpty(job.Home.Name);
        (await homes.Net.ProgramAsync(job.Program.Address)).ShouldBeNull(job.Home.Name);
    }

    private static Task EachAsync(IReadOnlyList<KeyHome> homes, Func<KeyHome, Task> test) => Task.WhenAll(homes.Select(test));
}
