using System.Globalization;

namespace Actions.Cli.SmokeTest;

/// <summary>When the release under test went live, as far as anybody knows.</summary>
/// <param name="At">Null when neither the ledger nor the cluster says.</param>
/// <param name="Source">Who says so, or why nobody does.</param>
internal sealed record ReleaseTime(DateTimeOffset? At, string Source)
{
    /// <summary>Why a check must wait; null when its stage has come.</summary>
    public string? WhyNotYet(TimeSpan? stage, DateTimeOffset now) =>
        stage is not { } after ? null
        : At is not { } live ? $"its stage cannot be measured: {Source}"
        : now - live >= after ? null
        : string.Create(CultureInfo.InvariantCulture, $"its stage comes at {live + after:yyyy-MM-dd HH:mm:ss} UTC, {after} after the release ({Source})");
}
