namespace Actions.Core.Smoke;

/// <summary>How long answers took.</summary>
public sealed record Percentiles(TimeSpan P50, TimeSpan P95, TimeSpan P99)
{
    /// <summary>By nearest rank, so that each of them is a latency that was measured; null without any.</summary>
    public static Percentiles? Of(IEnumerable<TimeSpan> latencies)
    {
        TimeSpan[] sorted = [.. latencies.Order()];
        TimeSpan At(int percent) => sorted[((sorted.Length * percent) + 99) / 100 - 1];
        return sorted.Length == 0 ? null : new Percentiles(At(50), At(95), At(99));
    }
}
