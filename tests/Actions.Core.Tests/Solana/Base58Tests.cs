using Actions.Core.Solana;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Solana;

public sealed class Base58Tests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("00", "1")]
    [InlineData("000000", "111")]
    [InlineData("61", "2g")]
    [InlineData("626262", "a3gV")]
    [InlineData("00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG")]
    public void Known_bytes_have_their_known_text(string hex, string text)
    {
        var bytes = Convert.FromHexString(hex);
        var decoded = new byte[bytes.Length];

        Base58.Encode(bytes).ShouldBe(text);
        Base58.TryDecodeExactly(text, decoded).ShouldBeTrue();
        decoded.ShouldBe(bytes);
    }

    [Fact]
    public void Any_bytes_come_back() => Prop.ForAll<byte[]>(bytes =>
    {
        var decoded = new byte[Base58.MaxBytes];
        return bytes.Length > Base58.MaxBytes
            || (Base58.TryDecode(Base58.Encode(bytes), decoded, out var written) && decoded.AsSpan(0, written).SequenceEqual(bytes));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_answered_without_an_exception() => Prop.ForAll<string>(text =>
    {
        var decoded = new byte[32];
        return text is null || !Base58.TryDecode(text, decoded, out var written) || Base58.Encode(decoded.AsSpan(0, written)) == text;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0")]
    [InlineData("O")]
    [InlineData("I")]
    [InlineData("l")]
    [InlineData(" 2g")]
    [InlineData("2g\n")]
    [InlineData("２")]
    public void A_foreign_character_is_refused(string text) => Base58.TryDecode(text, new byte[32], out _).ShouldBeFalse();

    [Fact]
    public void Text_of_any_length_is_refused_at_once()
    {
        Base58.TryDecode(new string('z', 50_000_000), new byte[64], out _).ShouldBeFalse();
        Base58.TryDecode(new string('1', 65), new byte[64], out _).ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => Base58.Encode(new byte[Base58.MaxEncodedBytes + 1]));
    }
}
