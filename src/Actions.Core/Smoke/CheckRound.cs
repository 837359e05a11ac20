namespace Actions.Core.Smoke;

/// <summary>How a check went once.</summary>
public abstract record CheckRound
{
    private CheckRound()
    {
    }

    /// <param name="Latency">Of the answer that was good.</param>
    /// <param name="Attempts">How often it was tried.</param>
    public sealed record Passed(TimeSpan Latency, int Attempts) : CheckRound;

    /// <param name="Latency">Of the last try.</param>
    /// <param name="Attempts">How often it was tried.</param>
    /// <param name="Complaints">What was wrong the last time; never empty.</param>
    public sealed record Failed(TimeSpan Latency, int Attempts, IReadOnlyList<Complaint> Complaints) : CheckRound;

    public sealed record Skipped(string Why) : CheckRound;
}
