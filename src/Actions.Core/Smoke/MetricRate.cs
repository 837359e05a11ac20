namespace Actions.Core.Smoke;

/// <summary>How fast a metric changes between two scrapes.</summary>
public static class MetricRate
{
    /// <summary>
    /// The change of all series together per second; null when none is in both scrapes. A counter that fell was started again
    /// and has counted from zero since; anything else may fall.
    /// </summary>
    public static double? PerSecond(IReadOnlyList<MetricSample> before, IReadOnlyList<MetricSample> after, bool isCounter, TimeSpan between)
    {
        var earlier = before.GroupBy(sample => sample.Series).ToDictionary(same => same.Key, same => same.First().Value);
        var changes = after.Where(sample => earlier.ContainsKey(sample.Series) || (isCounter && before.Count > 0))
            .Select(sample => Change(earlier.GetValueOrDefault(sample.Series), sample.Value, isCounter)).ToList();
        return changes.Count > 0 && between > TimeSpan.Zero ? changes.Sum() / between.TotalSeconds : null;
    }

    private static double Change(double before, double after, bool isCounter) => isCounter && after < before ? after : after - before;
}
