using System.Numerics;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Solana;

public sealed class ProgramAddressTests
{
    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;

    [Fact]
    public void Public_keys_are_on_the_curve_and_program_addresses_are_not()
    {
        for (var i = 0; i < 50; i++)
        {
            ProgramAddress.IsOnCurve(Ed25519.PublicKey(Some.Bytes(i, 32))).ShouldBeTrue();
            ProgramAddress.IsOnCurve(ProgramAddress.Find([Some.Bytes(i, 20)], Some.Address(i)).Address).ShouldBeFalse();
        }
    }

    /// <summary>curve25519-dalek takes y modulo p and never looks at the sign; stricter decoders refuse these.</summary>
    [Fact]
    public void Unusual_encodings_are_judged_as_the_cluster_judges_them()
    {
        ProgramAddress.IsOnCurve(Encode(1)).ShouldBeTrue();
        ProgramAddress.IsOnCurve(Encode(1, sign: 0x80)).ShouldBeTrue("x = 0 with a sign");
        ProgramAddress.IsOnCurve(Encode(Prime + 1)).ShouldBeTrue("y = 1, not reduced");
        ProgramAddress.IsOnCurve(Encode(Prime)).ShouldBeTrue("y = 0, not reduced");
        ProgramAddress.IsOnCurve(Encode(0)).ShouldBeTrue();
        ProgramAddress.IsOnCurve(Encode(2)).ShouldBeFalse();
        ProgramAddress.IsOnCurve(Encode(Prime + 2)).ShouldBeFalse();
    }

    [Fact]
    public void Seeds_beyond_the_clusters_limits_are_bugs_of_the_caller()
    {
        ReadOnlyMemory<byte> seed = new byte[33];

        Should.Throw<ArgumentException>(() => ProgramAddress.Find([seed], Some.Address(1)));
        Should.Throw<ArgumentException>(() => ProgramAddress.Find([.. Enumerable.Repeat(seed[..1], 16)], Some.Address(1)));
        Should.Throw<ArgumentException>(() => ProgramAddress.CreateWithSeed(default, new string('é', 17), default));
        ProgramAddress.CreateWithSeed(default, new string('é', 16), default);
    }

    [Fact]
    public void An_owner_that_could_forge_program_addresses_is_refused()
    {
        var owner = new Address([.. new byte[11], .. "ProgramDerivedAddress"u8]);

        Should.Throw<ArgumentException>(() => ProgramAddress.CreateWithSeed(default, "seed", owner));
    }

    private static Address Encode(BigInteger y, byte sign = 0)
    {
        var bytes = new byte[32];
        y.TryWriteBytes(bytes, out _, isUnsigned: true).ShouldBeTrue();
        bytes[31] |= sign;
        return new Address(bytes);
    }
}
