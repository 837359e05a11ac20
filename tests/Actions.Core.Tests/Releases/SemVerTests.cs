using Actions.Core.Releases;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Releases;

public sealed class SemVerTests
{
    /// <summary>In the order of https://semver.org/spec/v2.0.0.html#spec-item-11, and more.</summary>
    private static readonly string[] Ascending =
    [
        "0.0.0-chain.h0123456789abcdef", "0.0.0", "0.9.10", "1.0.0-0", "1.0.0-9", "1.0.0-10", "1.0.0-18446744073709551616", "1.0.0--", "1.0.0-A", "1.0.0-alpha", "1.0.0-alpha.1",
        "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0", "18446744073709551616.0.0",
    ];

    private static readonly Gen<string> Identifier = Gen.Elements("0", "1", "9", "10", "123", "a", "A", "-", "0a", "rc", "x-y", "99999999999999999999");

    private static readonly Gen<string> Version =
        from numbers in Gen.Elements("0", "1", "2", "10", "99999999999999999999").ArrayOf(3)
        from length in Gen.Choose(0, 3)
        from pre in Identifier.ArrayOf(length)
        from build in Gen.Elements("", "+b", "+1.2")
        select string.Join('.', numbers) + (pre.Length > 0 ? "-" + string.Join('.', pre) : "") + build;

    [Fact]
    public void Precedence_is_that_of_the_specification()
    {
        for (var i = 0; i < Ascending.Length; i++)
        {
            for (var j = 0; j < Ascending.Length; j++)
            {
                Math.Sign(Parse(Ascending[i]).Precedence(Parse(Ascending[j]))).ShouldBe(i.CompareTo(j), $"{Ascending[i]} and {Ascending[j]}");
            }
        }
    }

    [Theory]
    [InlineData("v1.2.3", "1.2.3")]
    [InlineData("1.2.3+build.7", "1.2.3")]
    [InlineData("1.2.3-rc.1+a", "v1.2.3-rc.1+b")]
    public void A_leading_v_and_the_build_do_not_count(string one, string two) => Parse(one).Precedence(Parse(two)).ShouldBe(0);

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("01.2.3")]
    [InlineData("1.2.3-01")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-a..b")]
    [InlineData("1.2.3+")]
    [InlineData("1.2.3-ä")]
    [InlineData("vv1.2.3")]
    [InlineData("V1.2.3")]
    [InlineData(" 1.2.3")]
    [InlineData("1.2.3\n")]
    [InlineData("1.2.3/../../x")]
    [InlineData(null)]
    public void What_is_no_version_is_refused(string? text) => SemVer.TryParse(text).ShouldBeNull();

    [Fact]
    public void A_version_too_long_for_a_file_name_is_refused() => SemVer.TryParse("1.2.3-" + new string('a', 200)).ShouldBeNull();

    [Fact]
    public void Precedence_is_a_total_order() => Prop.ForAll(Arb.From(Version.Three()), three =>
    {
        var (a, b, c) = (Parse(three.Item1), Parse(three.Item2), Parse(three.Item3));
        var isAntisymmetric = Math.Sign(a.Precedence(b)) == -Math.Sign(b.Precedence(a));
        var isTransitive = a.Precedence(b) > 0 || b.Precedence(c) > 0 || a.Precedence(c) <= 0;
        return isAntisymmetric && isTransitive && a.Precedence(a) == 0;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static SemVer Parse(string text) => SemVer.TryParse(text) ?? throw new FormatException(text);
}
