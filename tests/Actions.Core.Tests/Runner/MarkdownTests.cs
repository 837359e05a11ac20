using Actions.Core.Runner;

namespace Actions.Core.Tests.Runner;

public sealed class MarkdownTests
{
    [Theory]
    [InlineData("<script>", "&lt;script&gt;")]
    [InlineData("![x](y)", "!\\[x\\](y)")]
    [InlineData("a|b", "a\\|b")]
    [InlineData("*a* _b_ `c` ~d~", "\\*a\\* \\_b\\_ \\`c\\` \\~d\\~")]
    [InlineData("https://evil.example", "https&#58;//evil.example")]
    [InlineData("www.evil.example", "www&#46;evil.example")]
    [InlineData("@somebody #1 $x$", "\\@somebody \\#1 \\$x\\$")]
    [InlineData("- item", "\\- item")]
    [InlineData("1. item", "1\\. item")]
    [InlineData("---", "\\---")]
    [InlineData("a\n# b", "a \\# b")]
    [InlineData("&lt;", "&amp;lt;")]
    public void Text_has_no_markup(string text, string escaped) => new Markdown().Paragraph(text).ToString().ShouldBe(escaped + "\n");

    [Theory]
    [InlineData("a", "`a`")]
    [InlineData("a`b", "``a`b``")]
    [InlineData("`", "`` ` ``")]
    [InlineData("a\nb", "`a b`")]
    [InlineData("<b>", "`<b>`")]
    public void Code_cannot_be_left(string text, string rendered) => new Markdown().Paragraph(Inline.Code(text)).ToString().ShouldBe(rendered + "\n");

    [Fact]
    public void A_code_block_has_a_fence_longer_than_any_inside() =>
        new Markdown().CodeBlock("```\nx\n````").ToString().ShouldBe("`````\n```\nx\n````\n`````\n");

    [Fact]
    public void A_cell_cannot_end_its_row() =>
        new Markdown().Table(["a|b", "c"], [[Inline.Code("x|y"), "1\n2"]]).ToString()
            .ShouldBe("| a\\|b | c |\n| --- | --- |\n| `x\\|y` | 1 2 |\n");

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://plain.example")]
    [InlineData("x) [y](https://evil.example")]
    public void Only_https_is_a_link(string url) => new Markdown().Paragraph(Inline.Link("text", url)).ToString().ShouldBe("text\n");

    [Fact]
    public void A_link_cannot_be_left() =>
        new Markdown().Paragraph(Inline.Link("a]b", "https://x.example/(1)?q=<")).ToString().ShouldBe("[a\\]b](https://x.example/%281%29?q=%3C)\n");

    [Fact]
    public void Plain_text_is_readable() =>
        new Markdown().Heading(3, "Plan").Table(["What", "SOL"], [["rent", Inline.Code("1.5")], ["everything", "2"]]).Details("more", new Markdown().CodeBlock("x"))
            .ToPlainText().ShouldBe("Plan\n\nWhat        SOL\nrent        1.5\neverything  2\n\nmore\n\n    x\n");
}
