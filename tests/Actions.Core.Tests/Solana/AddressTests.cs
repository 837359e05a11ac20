using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Solana;

public sealed class AddressTests
{
    [Fact]
    public void The_default_address_is_the_system_program()
    {
        default(Address).ShouldBe(SystemProgram.Id);
        default(Address).ToString().ShouldBe("11111111111111111111111111111111");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1111111111111111111111111111111")]
    [InlineData("111111111111111111111111111111111")]
    [InlineData("JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFH")]
    [InlineData("BPFLoaderUpgradeab1e1111111111111111111111l")]
    [InlineData(" BPFLoaderUpgradeab1e11111111111111111111111")]
    public void Text_that_is_not_exactly_32_bytes_is_no_address(string? text)
    {
        Address.TryParse(text, out var parsed).ShouldBeFalse();
        parsed.ShouldBe(default);
    }

    [Fact]
    public void Parsing_what_was_written_gives_the_same_value()
    {
        for (var i = 0; i < 500; i++)
        {
            var address = Some.Address(i);
            var signature = new Signature(Some.Bytes(i, 64));
            var blockhash = Some.Blockhash(i);

            Address.Parse(address.ToString()).ShouldBe(address);
            Signature.Parse(signature.ToString()).ShouldBe(signature);
            Blockhash.Parse(blockhash.ToString()).ShouldBe(blockhash);
        }
    }

    [Fact]
    public void Addresses_compare_by_their_bytes_from_the_left()
    {
        var low = new Address([0, .. Enumerable.Repeat((byte)0xff, 31)]);
        var high = new Address([1, .. new byte[31]]);

        (low < high && high > low && low <= high && high >= low && low != high).ShouldBeTrue();
        (low == new Address(low.ToArray())).ShouldBeTrue();
        low.GetHashCode().ShouldBe(new Address(low.ToArray()).GetHashCode());
        low.Equals((object)high).ShouldBeFalse();
    }

    [Fact]
    public void A_wrong_number_of_bytes_is_a_bug_of_the_caller()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new Address(new byte[31]));
        Should.Throw<ArgumentOutOfRangeException>(() => new Signature(new byte[65]));
        Should.Throw<FormatException>(() => Address.Parse("not an address"));
    }

    [Fact]
    public void The_bytes_given_are_copied()
    {
        var bytes = Some.Bytes(1, 32);
        var address = new Address(bytes);
        var before = address.ToString();

        bytes[0]++;
        address.ToArray()[0]++;

        address.ToString().ShouldBe(before);
    }
}
