using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Actions.Core.Solana;

/// <summary>Addresses that are computed, not generated.</summary>
public static class ProgramAddress
{
    public const int MaxSeedLength = 32;
    public const int MaxSeeds = 16;

    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger D =
        BigInteger.Parse("37095705934669439343138083508754565189542113879843219016388785533085940283555");

    private static ReadOnlySpan<byte> Marker => "ProgramDerivedAddress"u8;

    /// <summary>The address of a program for these seeds: the first off the curve, from bump 255 down.</summary>
    public static (Address Address, byte Bump) Find(IReadOnlyList<ReadOnlyMemory<byte>> seeds, Address program)
    {
        if (seeds.Count >= MaxSeeds || seeds.Any(seed => seed.Length > MaxSeedLength))
        {
            throw new ArgumentException($"A program address has at most {MaxSeeds - 1} seeds of {MaxSeedLength} bytes.", nameof(seeds));
        }

        for (var bump = byte.MaxValue; bump > 0; bump--)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var seed in seeds)
            {
                hash.AppendData(seed.Span);
            }

            hash.AppendData([bump]);
            hash.AppendData(program.Bytes);
            hash.AppendData(Marker);
            var candidate = new Address(hash.GetHashAndReset());
            if (!IsOnCurve(candidate))
            {
                return (candidate, bump);
            }
        }

        throw new ArgumentException("No bump gives an address off the curve.", nameof(seeds));
    }

    /// <summary>The system program's `WithSeed` addresses: they belong to the owner, and the base signs for them.</summary>
    public static Address CreateWithSeed(Address @base, string seed, Address owner)
    {
        var text = Encoding.UTF8.GetBytes(seed);
        if (text.Length > MaxSeedLength)
        {
            throw new ArgumentException($"A seed has at most {MaxSeedLength} bytes.", nameof(seed));
        }

        if (owner.Bytes.EndsWith(Marker))
        {
            throw new ArgumentException("This owner could forge program addresses; the cluster refuses it.", nameof(owner));
        }

        return new Address(SHA256.HashData([.. @base.Bytes, .. text, .. owner.Bytes]));
    }

    /// <summary>Whether curve25519-dalek decompresses these bytes, which is what the cluster asks.</summary>
    /// <remarks>It ignores the sign bit and reduces y without asking for the canonical form, so both are done here too:
    /// x² = (y² − 1) / (d·y² + 1) has a root exactly when the product of both terms is zero or a square.</remarks>
    public static bool IsOnCurve(Address address)
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        address.CopyTo(bytes);
        bytes[^1] &= 0x7f;
        var y = new BigInteger(bytes, isUnsigned: true) % Prime;
        var square = y * y % Prime;
        var product = (square - 1 + Prime) * ((D * square) + 1) % Prime;
        return product.IsZero || BigInteger.ModPow(product, (Prime - 1) / 2, Prime).IsOne;
    }
}
