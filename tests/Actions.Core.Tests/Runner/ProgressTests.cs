namespace Actions.Core.Tests.Runner;

public sealed class ProgressTests
{
    [Fact]
    public void A_log_gets_one_line_per_tenth()
    {
        using var world = new World();
        var progress = world.Log.Value.Progress("Writing", 1000);

        for (var landed = 0; landed <= 1000; landed++)
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(10));
            progress.Report(landed);
        }

        var lines = world.Output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(11);
        lines[0].ShouldBe("Writing: 0/1000");
        lines[5].ShouldBe("Writing: 500/1000, 99.8/s, 5.0s left");
        lines[10].ShouldBe("Writing: 1000/1000, 99.9/s, took 10.0s");
    }

    [Fact]
    public void A_terminal_gets_a_bar_that_is_redrawn()
    {
        using var world = new World(inGitHub: false) { Terminal = true };
        var progress = world.Log.Value.Progress("Writing", 2);

        for (var landed = 0; landed <= 2; landed++)
        {
            progress.Report(landed);
            world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        world.Output.ToString().ShouldBe(
            $"\r[{new string('.', 30)}] Writing: 0/2\u001b[K"
            + $"\r[{new string('#', 15)}{new string('.', 15)}] Writing: 1/2, 1.0/s, 1.0s left\u001b[K"
            + $"\r[{new string('#', 30)}] Writing: 2/2, 1.0/s, took 2.0s\u001b[K\n");
    }

    [Fact]
    public void What_was_there_before_does_not_count_as_speed()
    {
        using var world = new World();
        var progress = world.Log.Value.Progress("Writing", 100);

        progress.Report(50);
        world.Time.Advance(TimeSpan.FromSeconds(10));
        progress.Report(60);

        world.Output.ToString().ShouldEndWith("Writing: 60/100, 1.0/s, 40.0s left\n");
    }

    [Fact]
    public void Nothing_to_do_is_done()
    {
        using var world = new World();

        world.Log.Value.Progress("Writing", 0).Report(0);

        world.Output.ToString().ShouldBe("Writing: 0/0\n");
    }

    [Fact]
    public void A_runner_is_never_a_terminal()
    {
        using var world = new World { Terminal = true };

        world.Log.Value.Progress("Writing", 1).Report(1);

        world.Output.ToString().ShouldNotContain('\r');
    }
}
