using Actions.Core.Runner;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Runner;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("a\u001b[31mb\u001b[0m", "ab")]
    [InlineData("a\u009b31mb", "ab")]
    [InlineData("a\u001b]8;;https://x.example\u0007b\u001b]8;;\u001b\\c", "abc")]
    [InlineData("a\u001bPq#0\u001b\\b", "ab")]
    [InlineData("a\0b\u0007c\u007fd", "abcd")]
    [InlineData("a\r\nb\rc\u0085d\u2028e", "a\nb\nc\nd\ne")]
    [InlineData("a\u202eb\u200bc", "abc")]
    [InlineData("tab\tstays", "tab\tstays")]
    [InlineData("ü€😀", "ü€😀")]
    public void Only_what_can_be_seen_stays(string text, string clean) => PlainText.Clean(text).ShouldBe(clean);

    [Fact]
    public void Cleaning_twice_changes_nothing_more() =>
        Prop.ForAll<NonNull<string>>(text => PlainText.Clean(PlainText.Clean(text.Get)) == PlainText.Clean(text.Get)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_cut_says_how_long_the_text_was() => PlainText.Bound("abcdef", 3).ShouldBe("abc… (6 characters)");

    [Fact]
    public void A_cut_keeps_pairs_of_surrogates_together() => PlainText.Bound("ab😀d", 3).ShouldBe("ab… (5 characters)");

    [Theory]
    [InlineData("[1,2,3")]
    [InlineData(" [ 12, 13")]
    [InlineData("5vYqGbZ8z3vYqGbZ8z3vYqGbZ8z3vYqGbZ8z3vYqGbZ8z3vYqGbZ8z3vYqGbZ8z3vYqGbZ8z3vYqGbZ8z3vY")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    public void What_looks_like_a_key_is_not_quoted(string text) => PlainText.Quote(text).ShouldNotContain(text.Trim()[..6]);

    [Theory]
    [InlineData("devnet")]
    [InlineData("BPFLoaderUpgradeab1e11111111111111111111111")]
    [InlineData("target/deploy/program.so")]
    public void Anything_else_is_quoted(string text) => PlainText.Quote(text).ShouldBe($"'{text}'");
}
