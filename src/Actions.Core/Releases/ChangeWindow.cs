using System.Globalization;
using System.Text.RegularExpressions;

namespace Actions.Core.Releases;

/// <summary>The only time in which a release may start; its end does not belong to it.</summary>
public sealed partial record ChangeWindow(DateTimeOffset From, DateTimeOffset To)
{
    public const string InstantForm = "an instant such as 2026-12-01T08:00:00Z";

    public bool IsOpen(DateTimeOffset at) => at >= From && at < To;

    /// <summary>Only with its offset: a time without one means something else on every machine.</summary>
    public static DateTimeOffset? Instant(string text) =>
        InstantPattern().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,7})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex InstantPattern();
}
