using System.Security.Cryptography;
using Actions.Core.Reports;
using Actions.Core.Tests.Runner;

namespace Actions.Core.Tests.Reports;

public sealed class UlidSourceTests
{
    [Fact]
    public void Time_and_chance_make_the_known_text()
    {
        var time = new ManualTime();
        time.Advance(DateTimeOffset.FromUnixTimeMilliseconds(1469918176385) - time.GetUtcNow());

        new UlidSource(time, bytes => bytes.Clear()).Next().ShouldBe("01ARYZ6S410000000000000000");
        new UlidSource(time, bytes => bytes.Fill(0xFF)).Next().ShouldBe("01ARYZ6S41ZZZZZZZZZZZZZZZZ");
    }

    [Fact]
    public void They_sort_in_the_order_they_were_made()
    {
        var time = new ManualTime();
        var source = new UlidSource(time, RandomNumberGenerator.Fill);
        var made = new List<string>();

        for (var i = 0; i < 1000; i++)
        {
            made.Add(source.Next());
            time.Advance(TimeSpan.FromMilliseconds(i % 7 == 0 ? 1 : 0));
        }

        made.ShouldBe(made.Order(StringComparer.Ordinal));
        made.ShouldBeUnique();
        made.ShouldAllBe(text => UlidSource.IsUlid(text));
    }

    [Fact]
    public void A_clock_that_goes_back_does_not_disorder_them()
    {
        var time = new ManualTime();
        var source = new UlidSource(time, RandomNumberGenerator.Fill);

        var first = source.Next();
        time.Advance(TimeSpan.FromSeconds(-10));

        string.CompareOrdinal(source.Next(), first).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../../etc/passwd0000")]
    [InlineData("01ARYZ6S41000000000000000")]
    [InlineData("81ARYZ6S410000000000000000")]
    [InlineData("01aryz6s410000000000000000")]
    public void Anything_else_is_none(string text) => UlidSource.IsUlid(text).ShouldBeFalse();
}
