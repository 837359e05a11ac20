using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>kill -9 at any moment, and the same command again.</summary>
public sealed class KilledDeployTests(LocalnetFixture fixture) : InterruptedDeploy(fixture), IClassFixture<LocalnetFixture>
{
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
}
