using Actions.Core.Solana;

namespace Actions.Core.Tests.Tools;

/// <summary>Addresses and bytes that a seed decides.</summary>
internal static class Some
{
    public static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
#pragma warning disable CA5394 // reproducible on purpose
        new Random(seed).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }

    public static Address Address(int seed) => new(Bytes(seed, 32));

    public static Blockhash Blockhash(int seed) => new(Bytes(seed, 32));
}
