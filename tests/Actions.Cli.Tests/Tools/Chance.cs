namespace Actions.Cli.Tests.Tools;

/// <summary>Chance that a seed decides, so that what failed once fails again.</summary>
internal sealed class Chance(int seed)
{
#pragma warning disable CA5394 // reproducible on purpose
    private readonly Random random = new(seed);

    public int Next(int from, int below) => random.Next(from, below);

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
#pragma warning restore CA5394
}
