using System.Text.Json;
using Actions.Core.Smoke;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Smoke;

public sealed class JsonPathTests
{
    private const string Health = """{"status":"HEALTHY","checks":[{"service":"API","healthy":true},{"service":"DB","healthy":false}],"a.b":{"it's":7},"n":{"x":1,"y":2}}""";

    [Theory]
    [InlineData("$.status", "[\"HEALTHY\"]")]
    [InlineData("$.checks[*].healthy", "[true,false]")]
    [InlineData("$.checks[1].service", "[\"DB\"]")]
    [InlineData("$['a.b']['it\\'s']", "[7]")]
    [InlineData("$[\"a.b\"][\"it's\"]", "[7]")]
    [InlineData("$.n[*]", "[1,2]")]
    [InlineData("$.checks[2]", "[]")]
    [InlineData("$.status.length", "[]")]
    [InlineData("$.nothing[*].at.all", "[]")]
    [InlineData("$.status[*]", "[]")]
    [InlineData("$.checks[99999999999]", null)]
    [InlineData("$.n[0]", "[]")]
    public void A_path_selects(string path, string? expected)
    {
        if (expected is null)
        {
            JsonPath.Parse(path).ShouldBeNull();
            return;
        }

        SmokeValue.Same(new SmokeValue.List(Spec.Select(path, Health).Values), Spec.Value(expected)).ShouldBeTrue();
    }

    [Fact]
    public void The_root_is_the_document_itself() => Spec.Select("$", "[1]").Values.ShouldHaveSingleItem().ShouldBeOfType<SmokeValue.List>();

    [Theory]
    [InlineData("")]
    [InlineData("status")]
    [InlineData("$status")]
    [InlineData("$.")]
    [InlineData("$..a")]
    [InlineData("$.a[")]
    [InlineData("$.a[]")]
    [InlineData("$.a[-1]")]
    [InlineData("$.a[1:2]")]
    [InlineData("$.a[?(@.b)]")]
    [InlineData("$['a")]
    [InlineData("$['a'")]
    [InlineData("$['a\\")]
    [InlineData("$.*")]
    [InlineData("$.a b")]
    public void What_is_no_path_of_the_subset_is_refused(string path) => JsonPath.Parse(path).ShouldBeNull();

    [Fact]
    public void Any_text_is_either_a_path_or_none_and_never_a_bug() => Prop.ForAll(
        Gen.ListOf(Gen.Elements("$", ".", "a", "[", "]", "*", "'", "\"", "\\", "0", "-", " ")).Select(pieces => "$" + string.Concat(pieces)).ToArbitrary(),
        text => JsonPath.Parse(text) is not { } path || path.ToString() == text).QuickCheckThrowOnFailure();

    [Fact]
    public void A_member_of_any_name_is_found_by_its_quoted_name() => Prop.ForAll<NonNull<string>>(name =>
    {
        using var document = JsonDocument.Parse($$"""{"{{JsonEncodedText.Encode(Whole(name.Get))}}":1}""");
        var quoted = Whole(name.Get).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
        return JsonPath.Parse($"$['{quoted}']")!.Select(document.RootElement).Values.Count == 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_path_has_an_end() => JsonPath.Parse("$" + string.Concat(Enumerable.Repeat("[*]", 1000))).ShouldBeNull();

    private static string Whole(string text) => new([.. text.Where(character => !char.IsSurrogate(character))]);
}
