namespace Actions.Cli.Tests.Fleet;

/// <summary>What goes wrong in a fleet in memory goes wrong on nodes, too, and is found there over the real protocol.</summary>
public sealed class FleetKindsOnLocalnetTests(FleetNodes nodes) : IClassFixture<FleetNodes>
{
    [Fact]
    public async Task A_fleet_of_which_nothing_is_wrong_has_no_findings()
    {
        using var world = new FleetWorld();
        await using var served = await nodes.ServeAsync(world);

        var run = await world.Job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Faults.ShouldBeEmpty(run.ToString());
    }

    public static TheoryData<string> Names => [.. FleetMutation.All.Where(mutation => !mutation.IsOfHistory).Select(mutation => mutation.What)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_is_found_and_nothing_else_is(string what)
    {
        using var world = new FleetWorld();
        var expected = FleetMutation.All.Single(mutation => mutation.What == what).Apply(world, new Random(7)).Split(' ');
        await using var served = await nodes.ServeAsync(world);

        var run = await world.Job.With("fail-on", "warning").RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        world.Job.FindingIds().Order().ShouldBe(expected.Order(), run.ToString());
        run.Findings.Count.ShouldBe(expected.Length, run.ToString());
    }
}
