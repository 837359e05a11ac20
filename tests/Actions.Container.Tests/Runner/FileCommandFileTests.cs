namespace Actions.Container.Tests.Runner;

/// <summary>The runner's own rules, which its stand-in must keep; they need no engine.</summary>
public sealed class FileCommandFileTests
{
    [Theory]
    [InlineData("a=b\n", "b")]
    [InlineData("a=b<<c\n", "b<<c")]
    [InlineData("a<<EOF\nb\nEOF\n", "b")]
    [InlineData("a<<EOF\nb\nc\r\nEOF\n", "b\nc\r")]
    [InlineData("\n\na<<EOF\nEOF\n", "")]
    [InlineData("a=1\nA=2\n", "2")]
    public void Values_are_read_as_the_runner_reads_them(string file, string value) => FileCommandFile.Parse(file)["a"].ShouldBe(value);

    [Theory]
    [InlineData("a\n")]
    [InlineData("<<EOF\nb\nEOF\n")]
    [InlineData("a<<\nb\n\n")]
    [InlineData("a<<EOF\nb\n")]
    [InlineData("a<<EOF\nb\nEOF")]
    public void What_the_runner_refuses_is_refused(string file) => Should.Throw<FormatException>(() => FileCommandFile.Parse(file));
}
