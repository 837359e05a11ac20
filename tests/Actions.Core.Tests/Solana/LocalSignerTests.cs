using Actions.Core.Faults;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Solana;

public sealed class LocalSignerTests
{
    private static readonly byte[] Seed = Some.Bytes(1, 32);
    private static readonly byte[] Secret = [.. Seed, .. Ed25519.PublicKey(Seed).ToArray()];

    [Fact]
    public async Task A_key_of_64_bytes_signs_for_the_address_in_its_second_half()
    {
        using var signer = LocalSigner.Create(Secret, "payer").Value;
        ReadOnlyMemory<byte>[] messages = [new byte[] { 1, 2 }, new byte[] { 3 }, Array.Empty<byte>()];

        var signatures = await signer.SignAsync(messages, CancellationToken.None);

        signer.Address.ShouldBe(Ed25519.PublicKey(Seed));
        signatures.Length.ShouldBe(3);
        for (var i = 0; i < messages.Length; i++)
        {
            Ed25519.Verify(signer.Address, messages[i].Span, signatures[i]).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(128)]
    public void A_key_of_another_length_is_refused_and_32_bytes_are_never_a_seed(int length)
    {
        var fault = LocalSigner.Create(Some.Bytes(3, length), "payer").Faults.ShouldHaveSingleItem();

        fault.Code.ShouldBe(FaultCodes.KeyLength);
        fault.Input.ShouldBe("payer");
        fault.Message.ShouldContain($"found {length} bytes");
    }

    [Fact]
    public void A_key_whose_halves_do_not_match_is_refused_without_showing_the_secret()
    {
        byte[] mixed = [.. Seed, .. Some.Bytes(9, 32)];

        var fault = LocalSigner.Create(mixed, "upgrade-authority").Faults.ShouldHaveSingleItem();

        fault.Code.ShouldBe(FaultCodes.KeyMismatch);
        fault.Message.ShouldContain(Ed25519.PublicKey(Seed).ToString());
        fault.Message.ShouldContain(new Address(Some.Bytes(9, 32)).ToString());
        fault.Message.ShouldNotContain(Base58.Encode(Seed));
    }

    [Fact]
    public void The_callers_bytes_stay_the_callers_to_zero()
    {
        var copy = Secret.ToArray();
        using var signer = LocalSigner.Create(copy, "payer").Value;

        copy.ShouldBe(Secret);
        Array.Clear(copy);
        signer.Address.ShouldBe(Ed25519.PublicKey(Seed));
    }

    [Fact]
    public void Its_text_is_its_address()
    {
        using var signer = LocalSigner.Create(Secret, "payer").Value;

        signer.ToString().ShouldBe($"key of {signer.Address}");
    }

    [Fact]
    public void Generated_keys_differ()
    {
        using var one = LocalSigner.Generate();
        using var other = LocalSigner.Generate();

        one.Address.ShouldNotBe(other.Address);
    }

    [Fact]
    public async Task Nothing_is_signed_once_cancelled()
    {
        using var signer = LocalSigner.Generate();

        await Should.ThrowAsync<OperationCanceledException>(async () =>
            await signer.SignAsync([new byte[1]], new CancellationToken(canceled: true)));
    }
}
