using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Solana;

public sealed class Ed25519Tests
{
    /// <summary>RFC 8032, section 7.1; the message of TEST 1024 is left out for its length, TEST SHA(abc) is the last.</summary>
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [InlineData(
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void The_vectors_of_RFC_8032_hold(string seed, string publicKey, string message, string signature)
    {
        using var key = new Ed25519Key(Convert.FromHexString(seed));
        var data = Convert.FromHexString(message);

        key.Address.ShouldBe(new Address(Convert.FromHexString(publicKey)));
        Ed25519.PublicKey(Convert.FromHexString(seed)).ShouldBe(key.Address);
        key.Sign(data).ShouldBe(new Signature(Convert.FromHexString(signature)));
        Ed25519.Verify(key.Address, data, key.Sign(data)).ShouldBeTrue();
    }

    [Fact]
    public void A_signature_over_other_bytes_by_another_key_or_with_another_bit_is_refused()
    {
        using var key = new Ed25519Key(Some.Bytes(1, 32));
        var message = Some.Bytes(2, 300);
        var signature = key.Sign(message);
        var flipped = signature.ToArray();
        flipped[5] ^= 1;

        Ed25519.Verify(key.Address, message.AsSpan(1), signature).ShouldBeFalse();
        Ed25519.Verify(Some.Address(3), message, signature).ShouldBeFalse();
        Ed25519.Verify(key.Address, message, new Signature(flipped)).ShouldBeFalse();
    }

    /// <summary>With such a key one signature fits any message; the cluster (verify_strict) refuses it.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    public void A_key_or_a_commitment_of_small_order_is_refused(string hex)
    {
        var point = Convert.FromHexString(hex);
        var signature = new Signature([.. point, .. new byte[32]]);

        for (var i = 0; i < 16; i++)
        {
            Ed25519.Verify(new Address(point), Some.Bytes(i, 10), signature).ShouldBeFalse();
        }
    }

    [Fact]
    public void One_key_signs_on_many_threads_at_once()
    {
        using var key = new Ed25519Key(Some.Bytes(7, 32));
        var messages = Enumerable.Range(0, 64).Select(i => Some.Bytes(i, 200)).ToArray();
        var expected = messages.Select(message => key.Sign(message)).ToArray();

        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var place = i % messages.Length;
            key.Sign(messages[place]).ShouldBe(expected[place]);
            Ed25519.Verify(key.Address, messages[place], expected[place]).ShouldBeTrue();
        });
    }

    [Fact]
    public void A_disposed_key_does_not_sign()
    {
        var key = new Ed25519Key(Some.Bytes(7, 32));
        key.Dispose();

        Should.Throw<ObjectDisposedException>(() => key.Sign([1]));
    }

    [Fact]
    public void A_seed_of_another_length_is_a_bug_of_the_caller() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new Ed25519Key(new byte[64]));
}
