using Actions.Cli.VerifyProgram;

namespace Actions.Cli.Tests.Fleet;

/// <summary>One thing goes wrong in a fleet of which nothing is: it is found, and nothing else is.</summary>
public sealed class FleetMutationTests
{
    private const int Cases = 200;

    [Fact]
    public async Task A_fleet_of_which_nothing_is_wrong_has_no_findings()
    {
        using var world = new FleetWorld();

        var run = await world.Job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Faults.ShouldBeEmpty(run.ToString());
        run.Output("programs-read").ShouldBe("6");
    }

    public static TheoryData<string> Names => [.. FleetMutation.All.Select(mutation => mutation.What)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_is_found_and_nothing_else_is(string what) => Find(FleetMutation.All.Single(mutation => mutation.What == what), new Random(7));

    [Fact]
    public async Task Of_two_hundred_random_ones_each_is_found_and_nothing_else_is()
    {
        var random = new Random(20_261_121);
        for (var number = 0; number < Cases; number++)
        {
            await Find(FleetMutation.Any(FleetMutation.All, random), random);
        }
    }

    [Fact]
    public void Every_kind_of_finding_of_a_fleet_is_among_them()
    {
        // These are of a single program's inputs.
        string[] elsewhere = ["tail-not-zero", "trailing-zeros", "source-mismatch"];
        var made = FleetMutation.All.Select(mutation =>
        {
            using var fresh = new FleetWorld();
            return mutation.Apply(fresh, new Random(7)).Split('/')[0];
        });

        made.Distinct().Concat(elsewhere).ShouldBe(FindingKinds.All.Select(kind => kind.Id), ignoreOrder: true);
    }

    private static async Task Find(FleetMutation mutation, Random random)
    {
        using var world = new FleetWorld();
        var isSecondRun = random.Next(2) == 0;
        if (isSecondRun)
        {
            (await world.Job.RunAsync()).Faults.ShouldBeEmpty();
        }

        var expected = mutation.Apply(world, random).Split(' ');
        var run = await world.Job.With("fail-on", "warning").RunAsync();

        run.Exit.ShouldBe(4, $"{mutation.What}: {run}");
        world.Job.FindingIds().Order().ShouldBe(expected.Order(), $"{mutation.What}, {(isSecondRun ? "second" : "first")} run: {run}");
        run.Findings.Count.ShouldBe(expected.Length, run.ToString());
        run.Output("new-findings").ShouldBe($"{expected.Length}");

        // The next night says the same, and has nothing to write down.
        var written = await File.ReadAllBytesAsync(world.Job.SnapshotPath);
        var again = await world.Job.RunAsync();
        (again.Output("new-findings"), again.Output("resolved-findings")).ShouldBe(("0", "0"), mutation.What);
        (await File.ReadAllBytesAsync(world.Job.SnapshotPath)).ShouldBe(written);
    }
}
