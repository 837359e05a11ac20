using System.Text;
using System.Text.Json;
using Actions.Core.Notify;
using Actions.Core.Runner;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Notify;

public sealed class NoticeTemplateTests
{
    [Fact]
    public void Whatever_the_values_are_a_shipped_template_keeps_its_shape() => Prop.ForAll<NonNull<string>, NonNull<string>>((one, other) =>
    {
        // The letter comes first: after an escape character it would be part of the sequence, which is taken out, and nothing would be left.
        var notice = Make("failed").Set("message", "x" + one.Get).Set("found", "x" + other.Get).Set("version", "x" + one.Get + other.Get);
        var plain = Make("failed").Set("message", "x").Set("found", "x").Set("version", "x");
        return NoticeTemplate.Shipped.All(name => Shape(NoticeTemplate.Of(name).Render(notice)) == Shape(NoticeTemplate.Of(name).Render(plain)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_value_arrives_as_it_was() => Prop.ForAll<NonNull<string>>(text =>
    {
        var notice = Make("failed").Set("message", text.Get);
        using var body = JsonDocument.Parse(NoticeTemplate.Parse("""{"m":"{{ message }}"}"""u8.ToArray(), "t").Value.Render(notice));
        return notice["message"].Length == 0 ? !body.RootElement.TryGetProperty("m", out _) : body.RootElement.GetProperty("m").GetString() == notice["message"];
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("{{ message | slack }}", "<!here> & <b>", "&lt;!here&gt; &amp; &lt;b&gt;")]
    [InlineData("{{ message | markdown }}", "[a](b) *c* @d", "\\[a\\]\\(b\\) \\*c\\* \\@d")]
    [InlineData("{{message}}", "{{ title }}", "{{ title }}")]
    [InlineData("a {{ message }} b {{ slot }}", "x", "a x b ")]
    public void Markup_is_escaped_where_a_template_asks_for_it(string template, string value, string expected)
    {
        var file = Encoding.UTF8.GetBytes($$"""{"m":"{{template}}"}""");
        using var body = JsonDocument.Parse(NoticeTemplate.Parse(file, "t").Value.Render(Make("test").Set("message", value)));
        body.RootElement.GetProperty("m").GetString().ShouldBe(expected);
    }

    [Fact]
    public void What_is_made_of_nothing_is_left_out()
    {
        var template = NoticeTemplate.Parse("""{"a":"{{ slot }}","b":{"c":"{{ slot }}","d":1},"e":["x","{{ slot }}"],"f":"kept","g":{}}"""u8.ToArray(), "t").Value;
        Encoding.UTF8.GetString(template.Render(Make("test"))).ShouldBe("""{"e":["x"],"f":"kept","g":{}}""");
    }

    [Theory]
    [InlineData("LF:8\nLH:6\nend_of_record\n", 6, 8)]
    [InlineData("SF:x\nLF:1\nLH:1\nend_of_record\nLF:1\nLH:0\nend_of_record", 1, 2)]
    [InlineData("<?xml version=\"1.0\"?><!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\"><coverage lines-covered=\"3\" lines-valid=\"4\"/>", 3, 4)]
    public void Coverage_is_read_in_both_forms(string file, long covered, long lines) =>
        CoverageResult.Read(Encoding.UTF8.GetBytes(file)).ShouldBe(new CoverageResult(covered, lines));

    [Theory]
    [InlineData("")]
    [InlineData("LF:8\nLH:6\n")]
    [InlineData("LF:8\nLH:9\nend_of_record")]
    [InlineData("LF:-8\nLH:-9\nend_of_record")]
    [InlineData("<coverage lines-covered=\"5\" lines-valid=\"4\"/>")]
    [InlineData("<coverage")]
    [InlineData("<html/>")]
    public void What_is_no_coverage_is_none(string file) => CoverageResult.Read(Encoding.UTF8.GetBytes(file)).ShouldBeNull();

    private static Notice Make(string happened) => new(NoticeKind.All.First(kind => kind.Word == happened), (text, most) => PlainText.Bound(PlainText.Clean(text), most));

    private static string Shape(ReadOnlySpan<byte> json)
    {
        var shape = new StringBuilder();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            shape.Append(reader.TokenType).Append(reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : "").Append(' ');
        }

        return shape.ToString();
    }
}
