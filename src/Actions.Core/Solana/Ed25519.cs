using System.Security.Cryptography;
using static Actions.Core.Solana.LibCrypto;

namespace Actions.Core.Solana;

/// <summary>The signature scheme of Solana (RFC 8032), by OpenSSL.</summary>
public static unsafe class Ed25519
{
    public const int SeedSize = 32;

    public static Address PublicKey(ReadOnlySpan<byte> seed)
    {
        using var key = new Ed25519Key(seed);
        return key.Address;
    }

    /// <summary>As strict as the cluster: points of small order, which let one signature fit many messages, are refused.</summary>
    public static bool Verify(Address publicKey, ReadOnlySpan<byte> message, Signature signature)
    {
        if (IsSmallOrder(publicKey.Bytes) || IsSmallOrder(signature.Bytes[..32]))
        {
            return false;
        }

        fixed (byte* keyBytes = publicKey.Bytes, signatureBytes = signature.Bytes, data = message)
        {
            using var key = EVP_PKEY_new_raw_public_key(LibCrypto.Ed25519, 0, keyBytes, Address.Size);
            using var context = EVP_MD_CTX_new();
            var verified = !key.IsInvalid
                && EVP_DigestVerifyInit(context, 0, 0, 0, key) == 1
                && EVP_DigestVerify(context, signatureBytes, Signature.Size, data, (nuint)message.Length) == 1;
            if (!verified)
            {
                ERR_clear_error();
            }

            return verified;
        }
    }

    /// <summary>The y of every point of order 1, 2, 4 or 8, also not reduced (p, p + 1); the sign bit does not matter.</summary>
    private static bool IsSmallOrder(ReadOnlySpan<byte> point)
    {
        Span<byte> y = stackalloc byte[32];
        point.CopyTo(y);
        y[31] &= 0x7f;
        return Convert.ToHexStringLower(y) is
            "0000000000000000000000000000000000000000000000000000000000000000"
            or "0100000000000000000000000000000000000000000000000000000000000000"
            or "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
            or "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
            or "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            or "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            or "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    }
}

/// <summary>A secret key held by OpenSSL: made once, used from any thread, zeroed when disposed.</summary>
public sealed unsafe class Ed25519Key : IDisposable
{
    private readonly KeyHandle key;

    /// <summary>Takes the 32 secret bytes of a key; the caller still owns, and zeroes, the span.</summary>
    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, Ed25519.SeedSize);
        fixed (byte* bytes = seed)
        {
            key = EVP_PKEY_new_raw_private_key(LibCrypto.Ed25519, 0, bytes, Ed25519.SeedSize);
        }

        Span<byte> address = stackalloc byte[Solana.Address.Size];
        nuint length = Solana.Address.Size;
        fixed (byte* bytes = address)
        {
            Require(!key.IsInvalid && EVP_PKEY_get_raw_public_key(key, bytes, ref length) == 1);
        }

        Address = new Address(address);
    }

    public Address Address { get; }

    public Signature Sign(ReadOnlySpan<byte> message)
    {
        Span<byte> signature = stackalloc byte[Signature.Size];
        nuint length = Signature.Size;
        using var context = EVP_MD_CTX_new();
        fixed (byte* data = message, output = signature)
        {
            Require(EVP_DigestSignInit(context, 0, 0, 0, key) == 1
                && EVP_DigestSign(context, output, ref length, data, (nuint)message.Length) == 1);
        }

        return new Signature(signature);
    }

    public void Dispose() => key.Dispose();

    private static void Require(bool done)
    {
        if (!done)
        {
            ERR_clear_error();
            throw new CryptographicException("OpenSSL refuses Ed25519.");
        }
    }
}
