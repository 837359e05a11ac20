using System.Diagnostics;
using Actions.Container.Tests.Runner;
using Actions.Container.Tests.Tools;

namespace Actions.Container.Tests;

/// <summary>A run is cancelled from the runner's side: SIGINT to the docker client, which hands it to the first process of the container.</summary>
[Collection(ContainerTests.Name)]
public sealed class CancelTests(ContainerNet net)
{
    /// <summary>Below the 7.5 s after which the runner sends SIGTERM.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    /// <summary>A signal that arrives before the process listens is lost on the first process of a container; the next one ends it.</summary>
    private static readonly TimeSpan Unheard = TimeSpan.FromSeconds(10);

    /// <summary>From before the process has started to its last transaction; the writes of this program are 99.</summary>
    public static TheoryData<int> Moments => [-2, -1, 0, 1, 5, 20, 40, 60, 80, 95];

    [ContainerTheory]
    [MemberData(nameof(Moments))]
    public async Task A_cancelled_deploy_is_gone_in_time_and_the_same_job_continues_it(int landed)
    {
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        using var job = new Job(net.Network);
        job.Put("target/deploy/my_program.so", TestPrograms.Token);
        var before = await net.LandedAsync();

        // 33 calls a second stretch the upload over three seconds: long enough to be met in the middle.
        using var running = job.Start(Steps.Deploy(payer, program, ("max-rps", "33")));
        await running.WhenAsync(() => MomentAsync(running, landed, before));
        var clock = Stopwatch.StartNew();
        var cancelled = await running.CancelAsync();

        clock.Elapsed.ShouldBeLessThan(landed == -2 ? Unheard : Promised);
        (await Engine.ExistsAsync(cancelled.Container)).ShouldBeFalse();
        cancelled.Exit.ShouldBeOneOf([130, 0], cancelled.ToString());
        cancelled.Log.IsStopped.ShouldBeFalse();
        if (landed >= 1 && cancelled.Exit == 130)
        {
            cancelled.Errors.ShouldContain("cancelled");
            cancelled["buffer"].ShouldNotBeEmpty();
            cancelled["changed"].ShouldBe("false");
            cancelled.Summary.ShouldNotBeNull().ShouldContain("How to continue");
            cancelled.Summary.ShouldContain(cancelled["buffer"]);
        }

        var again = await job.RunAsync(Steps.Deploy(payer, program));
        again.Exit.ShouldBe(0, again.ToString());
        (await net.ProgramAsync(program.Address))!.ShouldBe(TestPrograms.Token);
        if (cancelled.Exit == 130 && landed >= 5)
        {
            again["buffer"].ShouldBe(cancelled["buffer"]);
            int.Parse(again["transactions"], System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThanOrEqualTo(101 - landed + 1);
        }
    }

    private async Task<bool> MomentAsync(RunningStep running, int landed, int before) => landed switch
    {
        -2 => (await Engine.TryAsync("container", "inspect", "--format", "{{.State.Running}}", running.Container)).Output.Trim() == "true",
        -1 => running.Log.Raw.Count > 0,
        0 => running.Log.Raw.Any(line => line.StartsWith("::group::", StringComparison.Ordinal)),
        _ => await net.LandedAsync() - before >= landed,
    };
}
