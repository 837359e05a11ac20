using System.Globalization;

namespace Actions.Core.Gates;

/// <summary>Gates that the clock decides: soak, freeze windows, the change window.</summary>
public static class TimeGates
{
    /// <summary>Longer than any freeze window and its pauses; what is not open by then never is.</summary>
    private static readonly TimeSpan LookAhead = TimeSpan.FromDays(15);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>How long the bytes have run in the source environment; null when nobody can tell.</summary>
    public static TimeSpan? Soaked(SourceEvidence source) =>
        source is { LiveSince: Knowable<DateTimeOffset>.Known { Value: var since }, ClusterTime: Knowable<DateTimeOffset>.Known { Value: var now } } ? now - since : null;

    public static GateResult Soak(SourceEvidence source, TimeSpan least, DateTimeOffset now)
    {
        const string Gate = "Soak";
        var expected = $"to have run in {source.Environment} for {Show(least)}";
        if (source.LiveSince is Knowable<DateTimeOffset>.Unknown unknown)
        {
            return GateResult.Unknowable(Gate, expected, unknown.Why, unknown.Remedy, "min-soak");
        }

        if (source.ClusterTime is Knowable<DateTimeOffset>.Unknown clock)
        {
            return GateResult.Unknowable(Gate, expected, clock.Why, clock.Remedy, "min-soak");
        }

        var soaked = Soaked(source)!.Value;
        return soaked >= least
            ? GateResult.Met(Gate, expected, Show(soaked))
            : GateResult.Unmet(Gate, expected, Show(soaked), $"wait for {Show(least - soaked)}, then promote again", "min-soak") with { Earliest = WholeSecond(now + (least - soaked)) };
    }

    /// <summary>Up: times are shown without fractions, and at the time that is shown the gate has to be met.</summary>
    private static DateTimeOffset WholeSecond(DateTimeOffset at) => at.AddTicks((TimeSpan.TicksPerSecond - (at.UtcTicks % TimeSpan.TicksPerSecond)) % TimeSpan.TicksPerSecond);

    public static IEnumerable<GateResult> FreezeAndWindow(GateRules rules, DateTimeOffset now)
    {
        foreach (var freeze in rules.Freeze)
        {
            var (gate, expected) = ("Freeze", $"a time outside {freeze}");
            yield return freeze.Holds(now)
                ? GateResult.Unmet(gate, expected, $"{Show(now)}, inside it", "wait until it ends") with { Earliest = Scan(now, at => !freeze.Holds(at)) }
                : GateResult.Met(gate, expected, Show(now));
        }

        if (rules.Window is { } window)
        {
            var (gate, expected) = ("Change window", $"a time from {Show(window.From)} until before {Show(window.To)}");
            yield return window.IsOpen(now) ? GateResult.Met(gate, expected, Show(now))
                : now < window.From ? GateResult.Unmet(gate, expected, $"{Show(now)}, before it", "wait until it opens") with { Earliest = window.From }
                : GateResult.Unmet(gate, expected, $"{Show(now)}, after it", "announce a new window in the release file");
        }
    }

    /// <summary>When everything that only needs time is there at once; null when that never comes, or when it is there now.</summary>
    public static DateTimeOffset? Earliest(GateRules rules, IReadOnlyCollection<GateResult> results, DateTimeOffset now)
    {
        var waits = results.Where(result => result.State == GateState.Unmet && result.Earliest is not null).Select(result => result.Earliest!.Value).ToList();
        return waits.Count == 0 ? null : Scan(waits.Max(), at => rules.Freeze.All(freeze => !freeze.Holds(at)) && rules.Window?.IsOpen(at) != false);
    }

    public static string Show(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Show(TimeSpan time)
    {
        var whole = TimeSpan.FromSeconds(Math.Ceiling(Math.Max(0, time.TotalSeconds)));
        (long Count, string Unit)[] parts = [((long)whole.TotalHours / 24, "d"), (whole.Hours, "h"), (whole.Minutes, "min"), (whole.Seconds, "s")];
        var said = parts.SkipWhile(part => part.Count == 0).Where(part => part.Count > 0).Take(2).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Unit}"));
        return string.Join(' ', said) is { Length: > 0 } text ? text : "0 s";
    }

    /// <summary>Windows begin and end at whole minutes in every zone, so whole minutes are all that need a look.</summary>
    private static DateTimeOffset? Scan(DateTimeOffset from, Predicate<DateTimeOffset> isOpen)
    {
        if (isOpen(from))
        {
            return from;
        }

        var at = new DateTimeOffset(from.UtcTicks - (from.UtcTicks % Minute.Ticks), TimeSpan.Zero) + Minute;
        for (var end = from + LookAhead; at <= end; at += Minute)
        {
            if (isOpen(at))
            {
                return at;
            }
        }

        return null;
    }
}
