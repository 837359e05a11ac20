using System.Globalization;
using System.Text.RegularExpressions;

namespace Actions.Core.Inputs;

/// <summary>The forms that values can have, in inputs and in files alike. Null means: not of that form.</summary>
public static partial class InputGrammar
{
    public const string DurationForm = "a duration such as 500ms, 30s, 10m, 24h or 7d";
    public const string SolForm = "an amount of SOL with at most 9 decimal places, such as 1.5";

    private const ulong LamportsPerSol = 1_000_000_000;

    /// <summary>Longer than this is a mistake, and still far from what arithmetic with times can hold.</summary>
    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(3650);

    public static TimeSpan? Duration(string text)
    {
        var match = DurationPattern().Match(text);
        if (!match.Success || !long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        long unit = match.Groups[2].Value switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => TimeSpan.TicksPerDay,
        };
        return count <= LongestDuration.Ticks / unit ? TimeSpan.FromTicks(count * unit) : null;
    }

    public static ulong? Lamports(string sol)
    {
        var match = SolPattern().Match(sol);
        if (!match.Success || !ulong.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            return null;
        }

        var part = ulong.Parse(match.Groups[2].Value.PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
        return whole <= (ulong.MaxValue - part) / LamportsPerSol ? (whole * LamportsPerSol) + part : null;
    }

    public static bool? Flag(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };

    public static ulong? Number(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"\A([0-9]{1,18})(ms|s|m|h|d)\z")]
    private static partial Regex DurationPattern();

    [GeneratedRegex(@"\A([0-9]{1,20})(?:\.([0-9]{1,9}))?\z")]
    private static partial Regex SolPattern();
}
