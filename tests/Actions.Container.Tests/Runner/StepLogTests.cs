namespace Actions.Container.Tests.Runner;

public sealed class StepLogTests
{
    [Theory]
    [InlineData("::set-output name=a::b", "set-output", "b")]
    [InlineData("  ::warning file=a,line=1::x%0Ay%25", "warning", "x\ny%")]
    [InlineData("text ##[error]bad", "error", "bad")]
    public void Commands_are_found_where_the_runner_finds_them(string line, string name, string data)
    {
        var log = Read(line);

        log.Obeyed.ShouldHaveSingleItem().Name.ShouldBe(name);
        log.Obeyed[0].Data.ShouldBe(data);
    }

    [Theory]
    [InlineData("text ::error::bad")]
    [InlineData(": :error::bad")]
    [InlineData("::unknown::bad")]
    [InlineData("::error bad")]
    public void Other_lines_are_only_shown(string line) => Read(line).Obeyed.ShouldBeEmpty();

    [Fact]
    public void Nothing_is_obeyed_until_the_token_comes_back()
    {
        var log = Read("::stop-commands::token", "::error::no", "::other::", "::token::", "::error::yes");

        log.Annotations.ShouldHaveSingleItem().Data.ShouldBe("yes");
        log.IsStopped.ShouldBeFalse();
        Read("::stop-commands::token", "::error::no").IsStopped.ShouldBeTrue();
    }

    [Fact]
    public void A_mask_hides_the_value_and_each_of_its_lines_from_then_on()
    {
        var log = Read("before secret", "::add-mask::secret%0Asecond", "after secret and second");

        log.Shown.ShouldBe(["before secret", "after *** and ***"]);
    }

    [Fact]
    public void Ten_annotations_of_a_kind_are_kept() =>
        Read([.. Enumerable.Range(1, 12).Select(number => $"::error::{number}"), "::warning::w"]).Annotations.Count.ShouldBe(11);

    private static StepLog Read(params string[] lines)
    {
        var log = new StepLog();
        lines.ToList().ForEach(log.Add);
        return log;
    }
}
