using System.Security.Cryptography;
using Actions.Core.Faults;

namespace Actions.Core.Solana;

/// <summary>A key held by this process. The secret lives in OpenSSL alone and is zeroed when disposed.</summary>
public sealed class LocalSigner : ISigner, IDisposable
{
    /// <summary>A Solana key file: the 32 secret bytes, then the 32 of the address.</summary>
    public const int SecretSize = 64;

    private readonly Ed25519Key key;

    private LocalSigner(Ed25519Key key) => this.key = key;

    public Address Address => key.Address;

    /// <summary>A key from its 64 bytes; 32 bytes are never taken for a seed, because an address has 32 bytes too.</summary>
    /// <param name="secret64">The caller still owns, and zeroes, the span.</param>
    /// <param name="input">The input the key came in by.</param>
    public static Result<LocalSigner> Create(ReadOnlySpan<byte> secret64, string input)
    {
        if (secret64.Length != SecretSize)
        {
            return new Fault(
                FaultCodes.KeyLength,
                $"{input}: expected a key of {SecretSize} bytes (32 secret, 32 of its address)",
                $"found {secret64.Length} bytes",
                secret64.Length == Ed25519.SeedSize
                    ? "give the whole key file as `solana-keygen` wrote it; an address or a seed alone cannot be told apart"
                    : "give the whole key file as `solana-keygen` wrote it",
                input);
        }

        var key = new Ed25519Key(secret64[..Ed25519.SeedSize]);
        var named = new Address(secret64[Ed25519.SeedSize..]);
        if (key.Address == named)
        {
            return new LocalSigner(key);
        }

        key.Dispose();
        return new Fault(
            FaultCodes.KeyMismatch,
            $"{input}: expected the last 32 bytes of the key to be the address of the first 32",
            $"found the address {named}, but the secret half belongs to {key.Address}",
            "the key is damaged or put together from two keys: give the key file as `solana-keygen` wrote it",
            input);
    }

    /// <summary>A key that nobody keeps.</summary>
    public static LocalSigner Generate()
    {
        Span<byte> seed = stackalloc byte[Ed25519.SeedSize];
        RandomNumberGenerator.Fill(seed);
        var signer = new LocalSigner(new Ed25519Key(seed));
        CryptographicOperations.ZeroMemory(seed);
        return signer;
    }

    public ValueTask<Signature[]> SignAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellation)
    {
        var signatures = new Signature[messages.Count];
        for (var i = 0; i < signatures.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            signatures[i] = key.Sign(messages[i].Span);
        }

        return ValueTask.FromResult(signatures);
    }

    public void Dispose() => key.Dispose();

    public override string ToString() => $"key of {Address}";
}
