namespace Actions.Core.Smoke;

/// <summary>What another tool's result file says.</summary>
/// <param name="Tests">How many tests, thresholds and checks have a result; skipped ones have none.</param>
/// <param name="Failures">The names of those that failed.</param>
public sealed record ImportedResult(int Tests, IReadOnlyList<string> Failures)
{
    public const int LongestFile = 32 * 1024 * 1024;

    /// <summary>What is wrong with it; no evidence is a failure too.</summary>
    public Complaint? Judge(int minTests) => Failures.Count > 0
        ? new Complaint("every test to have passed", $"{Failures.Count} of {Math.Max(Tests, Failures.Count)} failed: {string.Join(", ", Failures.Take(5).Select(name => Runner.PlainText.Quote(name)))}{(Failures.Count > 5 ? ", …" : "")}")
        : Tests < Math.Max(1, minTests) ? new Complaint($"at least {Math.Max(1, minTests)} tests with a result", $"{Tests}")
        : null;
}
