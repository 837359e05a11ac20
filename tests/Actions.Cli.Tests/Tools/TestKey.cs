using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.Tools;

/// <summary>A key of which the tests know the secret, in every form people keep it in.</summary>
internal sealed class TestKey
{
    private static int made;

    private readonly byte[] secret;

    private TestKey(byte[] seed)
    {
        Address = Ed25519.PublicKey(seed);
        secret = [.. seed, .. Address.ToArray()];
        Signer = LocalSigner.Create(secret, "test").Value;
    }

    public Address Address { get; }

    public LocalSigner Signer { get; }

    /// <summary>What `solana-keygen` writes.</summary>
    public string Json => $"[{string.Join(',', secret)}]";

    public string InBase58 => Base58.Encode(secret);

    /// <summary>Every text that would give the secret away.</summary>
    public IReadOnlyList<string> Leaks
    {
        get
        {
            var seed = secret.AsSpan(0, Ed25519.SeedSize).ToArray();
            return
            [
                Json, Json.Trim('[', ']'), string.Join(',', seed), string.Join(", ", seed), string.Join(", ", secret), InBase58, Base58.Encode(seed),
                Convert.ToBase64String(secret), Convert.ToBase64String(seed).TrimEnd('='), Convert.ToHexString(seed), Convert.ToHexStringLower(seed),
                string.Join(':', seed.Select(value => value.ToString("x2", CultureInfo.InvariantCulture))),
            ];
        }
    }

    /// <summary>A key that no other test uses; the same in every run.</summary>
    public static TestKey New() => From($"key {Interlocked.Increment(ref made)}");

    public static TestKey From(string seed) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"solana-actions tests {seed}")));

    /// <summary>An address nobody can sign for, as a vault's.</summary>
    public static Address Pda(string seed) => ProgramAddress.Find([SHA256.HashData(Encoding.UTF8.GetBytes(seed))], SystemProgram.Id).Address;

    public override string ToString() => Address.ToString();
}
