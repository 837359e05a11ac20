using Actions.Core.Inputs;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Inputs;

public sealed class InputGrammarTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("10m", 600_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("0s", 0)]
    [InlineData("0010m", 600_000)]
    public void A_duration_is_a_number_and_a_unit(string text, long milliseconds) =>
        InputGrammar.Duration(text).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("10 m")]
    [InlineData("10M")]
    [InlineData("-10m")]
    [InlineData("+10m")]
    [InlineData("1.5h")]
    [InlineData("1h30m")]
    [InlineData("10min")]
    [InlineData("1w")]
    [InlineData("00:10:00")]
    [InlineData("10m\n")]
    [InlineData("٣s")]
    [InlineData("3651d")]
    [InlineData("999999999999999999d")]
    [InlineData("99999999999999999999999s")]
    public void Anything_else_is_no_duration(string text) => InputGrammar.Duration(text).ShouldBeNull();

    [Theory]
    [InlineData("0", 0ul)]
    [InlineData("1", 1_000_000_000ul)]
    [InlineData("1.5", 1_500_000_000ul)]
    [InlineData("0.000000001", 1ul)]
    [InlineData("18446744073.709551615", ulong.MaxValue)]
    public void Sol_has_nine_decimal_places(string text, ulong lamports) => InputGrammar.Lamports(text).ShouldBe(lamports);

    [Theory]
    [InlineData("")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("1_000")]
    [InlineData("5 SOL")]
    [InlineData("0.0000000001")]
    [InlineData("18446744073.709551616")]
    [InlineData("99999999999999999999")]
    [InlineData("١")]
    [InlineData("1\n")]
    [InlineData("NaN")]
    public void Anything_else_is_no_amount(string text) => InputGrammar.Lamports(text).ShouldBeNull();

    [Fact]
    public void Any_amount_reads_back() =>
        Prop.ForAll<ulong>(lamports => InputGrammar.Lamports($"{lamports / 1_000_000_000}.{lamports % 1_000_000_000:D9}") == lamports).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("True", null)]
    [InlineData("yes", null)]
    [InlineData("1", null)]
    [InlineData("on", null)]
    [InlineData("", null)]
    public void A_flag_is_true_or_false(string text, bool? flag) => InputGrammar.Flag(text).ShouldBe(flag);

    [Theory]
    [InlineData("0", 0ul)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("18446744073709551616", null)]
    [InlineData("-1", null)]
    [InlineData("+1", null)]
    [InlineData(" 1", null)]
    [InlineData("1.0", null)]
    [InlineData("0x1", null)]
    [InlineData("1e3", null)]
    public void A_number_is_whole(string text, ulong? number) => InputGrammar.Number(text).ShouldBe(number);
}
