using Actions.Core.Smoke;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Smoke;

public sealed class PercentilesTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 1, 2, 2)]
    [InlineData(20, 10, 19, 20)]
    [InlineData(100, 50, 95, 99)]
    [InlineData(1000, 500, 950, 990)]
    public void They_are_taken_by_nearest_rank(int count, int p50, int p95, int p99) =>
        Percentiles.Of(Enumerable.Range(1, count).Reverse().Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds))).ShouldBe(
            new Percentiles(TimeSpan.FromMilliseconds(p50), TimeSpan.FromMilliseconds(p95), TimeSpan.FromMilliseconds(p99)));

    [Fact]
    public void Without_latencies_there_are_none() => Percentiles.Of([]).ShouldBeNull();

    [Fact]
    public void At_least_so_many_are_not_above_and_fewer_are_below() => Prop.ForAll<NonEmptyArray<ushort>>(values =>
    {
        var latencies = values.Get.Select(value => TimeSpan.FromMilliseconds(value)).ToList();
        var percentiles = Percentiles.Of(latencies)!;
        bool Is(TimeSpan value, double share) => latencies.Contains(value)
            && latencies.Count(latency => latency <= value) >= share * latencies.Count - 1e-9
            && latencies.Count(latency => latency < value) < share * latencies.Count;
        return Is(percentiles.P50, 0.5) && Is(percentiles.P95, 0.95) && Is(percentiles.P99, 0.99);
    }).QuickCheckThrowOnFailure();
}
