using Actions.Core.Faults;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Runner;

public sealed class JobLogTests
{
    public static TheoryData<string> HostileLines => new(
        "::set-output name=x::y", "  ::error::x", "\t::add-mask::x", "\u00a0::error::x", "text\r::error::x", "text\n::error::x", "text\r\n::error::x",
        "##[error]x", "text ##[set-env name=PATH]x", "\u200b::error::x", "\ufeff::error::x", "\0::error::x", ":\0:error::x", ":\u200b:error::x",
        "\u001b[31m::error::x", "\u001b]0;t\u0007::error::x", "#\u001b[0m#[error]x", "\u2028::error::x", "\u0085::error::x", "::stop-commands::x",
        "\ufe0f::error::x", "\u034f::error::x", ":\u034f:error::x", "\u3164::error::x", "\u00a0\u3000::error::x");

    [Theory]
    [MemberData(nameof(HostileLines))]
    public void No_line_is_taken_for_a_command(string text)
    {
        using var world = new World();

        world.Log.Value.Line(text);

        RunnersSide.Commands(world.Output.ToString()).ShouldBeEmpty();
    }

    [Fact]
    public void No_mixture_of_such_pieces_is_taken_for_a_command()
    {
        string[] pieces = ["::", ":", "error", "::error::", "##[", "#", "[", "]", "set-env", " ", "\t", "\r", "\n", "\0", "\u200b", "\u001b[0m", "\u001b", "%0A", "=", "x"];

        Prop.ForAll(Gen.ListOf(Gen.Elements(pieces)).Select(string.Concat).ToArbitrary(), text =>
        {
            using var world = new World();
            world.Log.Value.Line(text);
            world.Log.Value.Untrusted(text);
            world.Log.Value.Group(text).Dispose();
            world.Log.Value.Notice(text, text);
            return RunnersSide.Commands(world.Output.ToString()).Select(command => command.Name).SequenceEqual(["group", "endgroup", "notice"]);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(HostileLines))]
    public void Untrusted_text_is_shown_and_never_obeyed(string text)
    {
        using var world = new World();

        world.Log.Value.Untrusted(text);
        world.Log.Value.Notice("after", "commands work again");

        RunnersSide.Commands(world.Output.ToString()).ShouldHaveSingleItem().Name.ShouldBe("notice");
    }

    [Theory]
    [MemberData(nameof(HostileLines))]
    public void Hostile_text_in_an_annotation_stays_inside_it(string text)
    {
        using var world = new World();

        world.Log.Value.Error("code", $"found {text}");

        var command = RunnersSide.Commands(world.Output.ToString()).ShouldHaveSingleItem();
        command.Name.ShouldBe("error");
        command.Properties["title"].ShouldBe("code");
    }

    [Fact]
    public void Properties_escape_colons_and_commas_and_data_does_not()
    {
        using var world = new World();

        world.Log.Value.Warning("a:b,c%d", "e:f,g%h");

        world.Output.ToString().ShouldBe("::warning title=a%3Ab%2Cc%25d::e:f,g%25h\n");
    }

    [Fact]
    public void A_fault_becomes_an_annotation_titled_by_its_code()
    {
        using var world = new World();

        world.Log.Value.Fault(new Fault(FaultCodes.Balance, "Expected 2 SOL", "found 1 SOL", "top up"));

        world.Output.ToString().ShouldBe("::error title=balance::Expected 2 SOL; found 1 SOL; top up\n");
    }

    [Fact]
    public void Outside_github_a_fault_is_a_line_on_standard_error()
    {
        using var world = new World(inGitHub: false);

        world.Log.Value.Fault(new Fault(FaultCodes.Balance, "Expected 2 SOL", "found 1 SOL", "top up"));

        world.Error.ToString().ShouldBe("error[balance]: Expected 2 SOL; found 1 SOL; top up\n");
        world.Output.ToString().ShouldBeEmpty();
    }

    [Fact]
    public void Ten_annotations_of_a_kind_are_kept_and_the_tenth_counts_the_rest()
    {
        using var world = new World();

        for (var i = 0; i < 23; i++)
        {
            world.Log.Value.Error("code", $"number {i}");
        }

        world.Log.Value.Finish();

        var commands = RunnersSide.Commands(world.Output.ToString());
        commands.Count.ShouldBe(10);
        commands[9].Data.ShouldStartWith("and 14 more");
        world.Error.ToString().Split('\n').Length.ShouldBe(15, "those without an annotation are plain lines");
    }

    [Fact]
    public void Kinds_of_annotations_are_counted_apart()
    {
        using var world = new World();

        for (var i = 0; i < 9; i++)
        {
            world.Log.Value.Error("code", "e");
            world.Log.Value.Warning("code", "w");
        }

        world.Log.Value.Finish();

        RunnersSide.Commands(world.Output.ToString()).Count.ShouldBe(18);
    }

    [Fact]
    public void A_group_is_folded_on_the_runner_and_a_heading_in_a_shell()
    {
        using var runner = new World();
        using var shell = new World(inGitHub: false);

        foreach (var world in new[] { runner, shell })
        {
            using (world.Log.Value.Group("Plan\n::error::x"))
            {
                world.Log.Value.Line("inside");
            }
        }

        runner.Output.ToString().ShouldBe("::group::Plan ::error::x\ninside\n::endgroup::\n");
        shell.Output.ToString().ShouldBe("Plan ::error::x\ninside\n");
    }

    [Fact]
    public void Debug_text_of_many_lines_is_one_command()
    {
        using var world = new World();

        world.Log.Value.Debug("first\n::error::second");

        RunnersSide.Commands(world.Output.ToString()).ShouldHaveSingleItem().Data.ShouldBe("first\n::error::second");
    }

    [Fact]
    public void Debug_text_is_silent_in_a_shell_unless_asked_for()
    {
        using var silent = new World(inGitHub: false);
        using var asked = new World(inGitHub: false).With("RUNNER_DEBUG", "1");

        silent.Log.Value.Debug("details");
        asked.Log.Value.Debug("details");

        silent.Output.ToString().ShouldBeEmpty();
        asked.Output.ToString().ShouldBe("details\n");
    }

    [Fact]
    public void Untrusted_text_of_five_megabytes_is_bounded()
    {
        using var world = new World();

        world.Log.Value.Untrusted(new string('x', 5_000_000));

        world.Output.ToString().Length.ShouldBeLessThan(70_000);
        world.Output.ToString().ShouldContain("(5000000 characters)");
    }

    [Fact]
    public void Every_use_of_stop_commands_has_a_token_of_its_own()
    {
        using var world = new World();

        world.Log.Value.Untrusted("a");
        world.Log.Value.Untrusted("a");

        world.Output.ToString().Split('\n').Where(line => line.StartsWith("::stop", StringComparison.Ordinal)).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Lines_written_at_once_do_not_mix()
    {
        using var world = new World();
        var line = new string('x', 500);

        await Parallel.ForEachAsync(Enumerable.Range(0, 200), (_, _) =>
        {
            world.Log.Value.Line(line);
            return ValueTask.CompletedTask;
        });

        world.Output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(written => written == line);
    }
}
