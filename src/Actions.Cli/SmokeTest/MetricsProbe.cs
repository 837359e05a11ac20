using System.Text;
using Actions.Core.Http;
using Actions.Core.Runner;
using Actions.Core.Smoke;

namespace Actions.Cli.SmokeTest;

/// <summary>`metrics`: scrapes once, or several times over a while.</summary>
/// <param name="turn">Runs one scrape when it is its turn; the time between scrapes keeps nobody waiting.</param>
internal sealed class MetricsProbe(ServiceClient client, TimeProvider time, Func<Func<Task<PrometheusText?>>, Task<PrometheusText?>> turn)
{
    public const int LongestScrape = 16 * 1024 * 1024;

    /// <summary>How often a value is looked at over its time, the start included.</summary>
    public const int Looks = 5;

    /// <returns>How long the last scrape took.</returns>
    public async Task<TimeSpan> LookAsync(SmokeKind.Metrics kind, AssertionCheck check, CancellationToken cancellation)
    {
        var about = $"{(kind.Rate is null ? "" : "the rate of ")}{PlainText.Bound(kind.Metric, 200)}";
        var looks = kind.Over is null ? 1 : kind.Rate is null ? Looks : 2;
        (IReadOnlyList<MetricSample> Samples, long At) first = ([], 0);
        var latency = TimeSpan.Zero;
        for (var look = 0; look < looks; look++)
        {
            if (look > 0)
            {
                await Task.Delay(kind.Over!.Value / (looks - 1), time, cancellation);
            }

            var started = time.GetTimestamp();
            if (await turn(() => ScrapeAsync(kind, check, cancellation)) is not { } scrape)
            {
                return time.GetElapsedTime(started);
            }

            latency = time.GetElapsedTime(started);
            var samples = scrape.Select(kind.Metric, kind.Labels);
            if (kind.Value is { } value)
            {
                check.Hold(about, value, new Selection([.. samples.Select(sample => new SmokeValue.Number(SmokeNumber.Of(sample.Value)))], IsMany: true));
            }
            else if (look == 0)
            {
                first = (samples, started);
            }
            else
            {
                var rate = MetricRate.PerSecond(first.Samples, samples, scrape.IsCounter(kind.Metric), time.GetElapsedTime(first.At, started));
                check.Hold(about, kind.Rate!, rate is { } known ? Selection.Of(new SmokeValue.Number(SmokeNumber.Of(known))) : Selection.Nothing);
            }

            if (check.Complaints.Count > 0)
            {
                break;
            }
        }

        return latency;
    }

    private async Task<PrometheusText?> ScrapeAsync(SmokeKind.Metrics kind, AssertionCheck check, CancellationToken cancellation)
    {
        using var response = await client.SendAsync(new SmokeKind.Http(kind.Url), check, cancellation);
        if (response is null)
        {
            return null;
        }

        if (!response.IsSuccessStatusCode)
        {
            check.Complain("a status of 2xx", $"{(int)response.StatusCode}");
            return null;
        }

        if (await BoundedBody.ReadAsync(response.Content, LongestScrape, cancellation) is not { } body)
        {
            check.Complain($"a scrape of at most {LongestScrape:N0} bytes", "more");
            return null;
        }

        var scrape = PrometheusText.Parse(Encoding.UTF8.GetString(body.Span), out var wrong);
        if (scrape is null)
        {
            check.Complain("metrics in Prometheus' text format", $"something else in line {wrong}");
        }

        return scrape;
    }
}
