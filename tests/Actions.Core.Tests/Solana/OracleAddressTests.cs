using Actions.Core.Solana;

namespace Actions.Core.Tests.Solana;

public sealed class OracleAddressTests
{
    [Fact]
    public void Program_addresses_and_their_bumps_are_those_of_kit()
    {
        foreach (var one in OracleCases.Of("pda"))
        {
            var texts = one.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetString()!);
            ReadOnlyMemory<byte>[] seeds = [.. texts.Select(text => (ReadOnlyMemory<byte>)Convert.FromHexString(text))];

            ProgramAddress.Find(seeds, one.Address("program")).ShouldBe((one.Address("address"), (byte)one.Number("bump")));
        }
    }

    [Fact]
    public void Addresses_with_a_seed_are_those_of_kit()
    {
        foreach (var one in OracleCases.Of("seeded"))
        {
            ProgramAddress.CreateWithSeed(one.Address("base"), one.Text("seed"), one.Address("owner")).ShouldBe(one.Address("address"));
        }
    }

    [Fact]
    public void A_point_is_on_the_curve_when_kit_says_so()
    {
        var cases = OracleCases.Of("curve").ToList();

        cases.Count(one => one.GetProperty("on").GetBoolean()).ShouldBeInRange(cases.Count / 4, cases.Count * 3 / 4);
        foreach (var one in cases)
        {
            ProgramAddress.IsOnCurve(one.Address("address")).ShouldBe(one.GetProperty("on").GetBoolean(), one.Text("address"));
        }
    }

    [Fact]
    public void Base_58_is_that_of_kit_both_ways()
    {
        foreach (var one in OracleCases.Of("base58"))
        {
            var bytes = one.Hex("bytes");
            var decoded = new byte[bytes.Length];

            Base58.Encode(bytes).ShouldBe(one.Text("text"));
            Base58.TryDecodeExactly(one.Text("text"), decoded).ShouldBeTrue(one.Text("text"));
            decoded.ShouldBe(bytes);
        }
    }

    [Fact]
    public void Keys_and_signatures_are_those_of_WebCrypto()
    {
        foreach (var one in OracleCases.Of("signature"))
        {
            using var key = new Ed25519Key(one.Hex("secret"));
            var signature = key.Sign(one.Hex("message"));

            key.Address.ShouldBe(one.Address("address"));
            signature.ShouldBe(Signature.Parse(one.Text("signature")));
            Ed25519.Verify(key.Address, one.Hex("message"), signature).ShouldBeTrue();
        }
    }
}
