using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

public sealed class UlidTests
{
    private static string At(DateTimeOffset now, byte random) => Ulid.New(new Fixed(now), bytes => bytes.Fill(random));

    [Theory]
    [InlineData(0, 0x00, "00000000000000000000000000")]
    [InlineData(1469918176385, 0xFF, "01ARYZ6S41ZZZZZZZZZZZZZZZZ")]
    [InlineData(1469918176385, 0x00, "01ARYZ6S410000000000000000")]
    public void It_is_the_time_and_80_random_bits_in_crockfords_base_32(long milliseconds, byte random, string expected) =>
        At(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), random).ShouldBe(expected);

    [Fact]
    public void It_sorts_by_time() =>
        string.CompareOrdinal(At(Make.Noon, 0xFF), At(Make.Noon.AddMilliseconds(1), 0)).ShouldBeLessThan(0);

    [Theory]
    [InlineData("01ARYZ6S41ZZZZZZZZZZZZZZZZ", true)]
    [InlineData("81ARYZ6S41ZZZZZZZZZZZZZZZZ", false)]
    [InlineData("01ARYZ6S41ZZZZZZZZZZZZZZZ", false)]
    [InlineData("01ARYZ6S41ZZZZZZZZZZZZZZZU", false)]
    [InlineData("01aryz6s41zzzzzzzzzzzzzzzz", false)]
    public void What_is_one_is_told_from_what_is_not(string text, bool expected) => Ulid.IsUlid(text).ShouldBe(expected);

    private sealed class Fixed(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
