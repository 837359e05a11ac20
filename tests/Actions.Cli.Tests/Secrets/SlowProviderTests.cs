namespace Actions.Cli.Tests.Secrets;

/// <summary>Providers that send a byte now and then: the longest that a run waits for one.</summary>
public sealed class SlowProviderTests(KeyHomes homes) : IClassFixture<KeyHomes>
{
    [Fact]
    public async Task A_provider_that_never_comes_to_an_end_is_given_up_in_time()
    {
        const string Slow = """{"mode":"slow-loris"}""";
        await homes.FaultAsync(Slow, Slow, Slow);

        await Task.WhenAll(homes.All.Select(async home =>
        {
            using var job = new Job(homes, home);

            var run = await job.RunAsync();

            run.Exit.ShouldBe(6, $"{home.Name}: {run}");
            run.Errors.ShouldBe(["secret-unreachable"], home.Name);
            run.Took.ShouldBeInRange(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), home.Name);
            await job.IsCleanAsync(run, home.Name);
            (await homes.Net.LandedAsync(home.Payer)).ShouldBeEmpty(home.Name);
        }));
    }
}
