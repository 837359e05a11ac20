using System.Globalization;
using System.Numerics;
using Actions.Core.Smoke;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Smoke;

public sealed class SmokeValueTests
{
    [Theory]
    [InlineData("0", "-0", 0)]
    [InlineData("1", "1.0", 0)]
    [InlineData("1e3", "1000", 0)]
    [InlineData("1.5E-1", "0.15", 0)]
    [InlineData("340282366920938463463374607431768211455", "340282366920938463463374607431768211454", 1)]
    [InlineData("9007199254740993", "9007199254740992", 1)]
    [InlineData("0.1", "0.10000000000000001", -1)]
    [InlineData("-2", "1", -1)]
    [InlineData("1e999999999", "1", 1)]
    [InlineData("1e-999999999", "1", -1)]
    public void Numbers_are_compared_exactly(string left, string right, int order) => SmokeNumber.Parse(left)!.CompareTo(SmokeNumber.Parse(right)!).ShouldBe(order);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("1 ")]
    [InlineData("٣")]
    public void Only_what_json_calls_a_number_is_one(string text) => SmokeNumber.Parse(text).ShouldBeNull();

    [Fact]
    public void A_number_survives_being_written() => Prop.ForAll<long, int>((digits, exponent) =>
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent % 50}");
        return SmokeNumber.Parse(SmokeNumber.Parse(text)!.ToString())!.CompareTo(SmokeNumber.Parse(text)!) == 0
            && SmokeNumber.Of((BigInteger)digits).CompareTo(SmokeNumber.Parse(digits.ToString(CultureInfo.InvariantCulture))!) == 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_no_number_is_in_no_order()
    {
        SmokeNumber.Of(double.NaN).CompareTo(SmokeNumber.Of(1.0)).ShouldBeNull();
        SmokeNumber.Of(1.0).CompareTo(SmokeNumber.Of(double.NaN)).ShouldBeNull();
        SmokeNumber.Of(double.PositiveInfinity).CompareTo(SmokeNumber.Parse("1e400")!)!.Value.ShouldBeGreaterThanOrEqualTo(0);
    }

    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("\"1\"", "1", true)]
    [InlineData("18446744073709551615", "\"18446744073709551615\"", true)]
    [InlineData("18446744073709551615", "\"18446744073709551614\"", false)]
    [InlineData("true", "\"true\"", true)]
    [InlineData("true", "1", false)]
    [InlineData("null", "\"null\"", false)]
    [InlineData("null", "null", true)]
    [InlineData("\"a\"", "\"A\"", false)]
    [InlineData("[1,[2]]", "[1,[2.0]]", true)]
    [InlineData("[1,2]", "[2,1]", false)]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", true)]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", false)]
    [InlineData("""{"a":1}""", "[1]", false)]
    public void Values_are_the_same_when_they_say_the_same(string left, string right, bool same)
    {
        SmokeValue.Same(Spec.Value(left), Spec.Value(right)).ShouldBe(same);
        SmokeValue.Same(Spec.Value(right), Spec.Value(left)).ShouldBe(same);
    }

    [Fact]
    public void What_is_shown_is_bounded_and_harmless()
    {
        new SmokeValue.Text("a\u001b[31m\u202eb\n::error::x").Shown.ShouldBe("'ab ::error::x'");
        new SmokeValue.Text(new string('x', 10_000)).Shown.Length.ShouldBeLessThan(300);
        new SmokeValue.Text(Convert.ToBase64String(new byte[64])).Shown.ShouldContain("not shown");
        Spec.Value($"[{string.Join(",", Enumerable.Range(0, 1000))}]").Shown.ShouldBe("[0, 1, 2, 3, 4, … 1000 items]");
        Spec.Value("""{"a":"\ud800"}""").Shown.Length.ShouldBeLessThan(100);
    }
}
