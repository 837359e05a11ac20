using System.Text;
using Actions.Core.Runner;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Runner;

public sealed class FileCommandsTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("two\nlines")]
    [InlineData("name=value")]
    [InlineData("a<<EOF\nb\nEOF\nevil=1")]
    [InlineData("%0Aevil=1")]
    [InlineData("ghadelimiter_\nevil=1")]
    public async Task A_value_arrives_as_it_is(string value)
    {
        using var world = new World();

        await world.Files.PublishAsync(new Markdown(), [new("buffer", value), new("after", "1")], CancellationToken.None);

        RunnersSide.Outputs(world.OutputFile).ShouldBe(new Dictionary<string, string> { ["buffer"] = value, ["after"] = "1" });
    }

    [Fact]
    public void Any_printable_value_arrives_as_it_is() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            using var world = new World();
            var value = new string([.. PlainText.Clean(text.Get).Where(character => character is >= ' ' and not '\u007f' or '\n')]);

            world.Files.PublishAsync(new Markdown(), [new("buffer", value)], CancellationToken.None).GetAwaiter().GetResult();

            return RunnersSide.Outputs(world.OutputFile)["buffer"] == value;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_value_that_holds_its_delimiter_is_refused()
    {
        using var world = new World();
        var files = new FileCommands(world.Environment, world.Masker, world.Output, world.Time, () => "guessed");

        Should.Throw<InvalidOperationException>(() => files.Format("buffer", "x\nghadelimiter_guessed\nevil=1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a=b")]
    [InlineData("a\nb")]
    [InlineData("a<<b")]
    public void A_name_that_is_none_is_refused(string name)
    {
        using var world = new World();

        Should.Throw<ArgumentException>(() => world.Files.Format(name, "value"));
    }

    [Fact]
    public async Task Outputs_are_appended_without_a_byte_order_mark()
    {
        using var world = new World();
        var path = world.Environment.OutputFile!;
        await File.WriteAllTextAsync(path, "earlier=1");

        await world.Files.PublishAsync(new Markdown(), [new("later", "2")], CancellationToken.None);

        RunnersSide.Outputs(world.OutputFile).ShouldBe(new Dictionary<string, string> { ["earlier"] = "1", ["later"] = "2" });
        (await File.ReadAllBytesAsync(path)).ShouldNotContain((byte)0xEF);
    }

    [Fact]
    public async Task Writers_at_once_do_not_tear_each_others_lines()
    {
        using var world = new World();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => new FileCommands(world.Environment, world.Masker, world.Output, TimeProvider.System)
            .PublishAsync(new Markdown(), [new($"output-{number}", new string('x', 50_000))], CancellationToken.None)));

        RunnersSide.Outputs(world.OutputFile).Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_summary_beyond_the_limit_of_the_runner_is_cut_and_says_so()
    {
        using var world = new World();
        var summary = new Markdown().Details("all", new Markdown().CodeBlock(string.Join('\n', Enumerable.Repeat(new string('ü', 100), 10_000))));

        await world.Files.PublishAsync(summary, [], CancellationToken.None);

        Encoding.UTF8.GetByteCount(world.Summary).ShouldBeLessThan(1_048_576);
        world.Summary.ShouldEndWith("```\n\n</details>\n\n> The summary was cut here; the report holds everything.\n");
        world.Summary.ShouldNotContain('\uFFFD');
    }

    [Fact]
    public async Task Outside_github_the_summary_is_text_and_the_outputs_come_last()
    {
        using var world = new World(inGitHub: false);
        var summary = new Markdown().Heading(2, "Done").Paragraph("It ", Inline.Strong("works"), ".");

        await world.Files.PublishAsync(summary, [new("slot", "7"), new("note", "a\nb")], CancellationToken.None);

        world.Output.ToString().ShouldBe("Done\n====\n\nIt works.\n\nslot=7\nnote=a\\nb\n");
    }

    [Fact]
    public async Task No_secret_reaches_outputs_or_summary()
    {
        using var world = new World();
        world.Masker.Add("swordfish");

        await world.Files.PublishAsync(new Markdown().Paragraph("the swordfish"), [new("note", "a swordfish")], CancellationToken.None);

        (world.OutputFile + world.Summary).ShouldNotContain("swordfish");
        RunnersSide.Outputs(world.OutputFile)["note"].ShouldBe("a ***");
    }
}
