using System.Globalization;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Lamports as people read them.</summary>
public static class Money
{
    public const ulong LamportsPerSignature = 5_000;
    private const decimal LamportsPerSol = 1_000_000_000m;

    public static string Sol(ulong lamports) => $"{(lamports / LamportsPerSol).ToString("0.#########", CultureInfo.InvariantCulture)} SOL";

    public static string Sol(long lamports) => lamports < 0 ? $"-{Sol((ulong)-lamports)}" : Sol((ulong)lamports);

    /// <summary>What a transaction costs: signatures and, at a price (µlamports per unit), its compute-unit limit.</summary>
    public static ulong Fee(int signatures, ulong price, uint limit) =>
        (LamportsPerSignature * (ulong)signatures) + (ulong)((((UInt128)price * limit) + 999_999) / 1_000_000);
}
