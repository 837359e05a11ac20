using System.Globalization;

namespace Actions.Core.Smoke;

public enum SmokeResult
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>What all rounds of a check say together.</summary>
public sealed record CheckVerdict(SmokeCheck Check, SmokeResult Result)
{
    /// <summary>What was wrong, or why it was skipped; null when it passed.</summary>
    public string? Why { get; init; }

    /// <summary>Rounds in which it was not skipped.</summary>
    public int Rounds { get; init; }

    public int PassedRounds { get; init; }

    public int Attempts { get; init; }

    /// <summary>Null when it never ran.</summary>
    public Percentiles? Latency { get; init; }

    public double? Availability => Rounds == 0 ? null : (double)PassedRounds / Rounds;
}

/// <summary>The verdict on a release. Pure.</summary>
public sealed record SmokeVerdict(IReadOnlyList<CheckVerdict> Checks)
{
    private const int MostComplaints = 5;

    /// <summary>Nothing failed, and something passed: a spec whose checks were all skipped has shown nothing.</summary>
    public bool IsPositive => Count(SmokeResult.Failed) == 0 && Count(SmokeResult.Passed) > 0;

    /// <param name="spec">What was to be checked.</param>
    /// <param name="rounds">What happened, by check.</param>
    public static SmokeVerdict Of(SmokeSpec spec, IReadOnlyDictionary<string, IReadOnlyList<CheckRound>> rounds) =>
        new([.. spec.Checks.Select(check => Judge(check, spec.Limits, rounds.GetValueOrDefault(check.Name) ?? []))]);

    public int Count(SmokeResult result) => Checks.Count(check => check.Result == result);

    private static CheckVerdict Judge(SmokeCheck check, SmokeLimits limits, IReadOnlyList<CheckRound> rounds)
    {
        var passed = rounds.OfType<CheckRound.Passed>().ToList();
        var failed = rounds.OfType<CheckRound.Failed>().ToList();
        var verdict = new CheckVerdict(check, SmokeResult.Passed)
        {
            Rounds = passed.Count + failed.Count,
            PassedRounds = passed.Count,
            Attempts = passed.Sum(round => round.Attempts) + failed.Sum(round => round.Attempts),
            Latency = Percentiles.Of(passed.Select(round => round.Latency).Concat(failed.Select(round => round.Latency))),
        };
        if (verdict.Rounds == 0)
        {
            return verdict with { Result = SmokeResult.Skipped, Why = rounds.OfType<CheckRound.Skipped>().LastOrDefault()?.Why ?? "it was not its turn before the run ended" };
        }

        return (TooOften(verdict, limits, failed) ?? TooSlow(verdict, limits)) is { } why ? verdict with { Result = SmokeResult.Failed, Why = why } : verdict;
    }

    private static string? TooOften(CheckVerdict verdict, SmokeLimits limits, List<CheckRound.Failed> failed)
    {
        if (failed.Count == 0 || (limits.Availability is { } least && verdict.Availability >= least))
        {
            return null;
        }

        var last = failed[^1].Complaints;
        var why = string.Join("; ", last.Take(MostComplaints)) + (last.Count > MostComplaints ? $"; and {last.Count - MostComplaints} more" : "");
        return verdict.Rounds == 1 ? why : string.Create(
            CultureInfo.InvariantCulture,
            $"{failed.Count} of {verdict.Rounds} rounds failed{(limits.Availability is { } limit ? $", availability {verdict.Availability:0.####} instead of {limit:0.####}" : "")}; the last time {why}");
    }

    private static string? TooSlow(CheckVerdict verdict, SmokeLimits limits) =>
        limits.P95 is { } limit && verdict is { Check.Kind: SmokeKind.Http, Latency: { } latency } && latency.P95 > limit
            ? $"expected 95 of 100 answers within {SmokeTime.Shown(limit)}, found {SmokeTime.Shown(latency.P95)}"
            : null;
}
