using System.Globalization;
using Actions.Core.Smoke;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Smoke;

public sealed class PrometheusTextTests
{
    private static readonly Dictionary<string, string> NoLabels = [];

    private const string Scrape = """
        # HELP http_requests_total The total number of HTTP requests.
        # TYPE http_requests_total counter
        http_requests_total{method="post",code="200"} 1027 1395066363000
        http_requests_total{method="post",code="400"}    3 1395066363000

        # Escaping in label values:
        msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9
        metric_without_timestamp_and_labels 12.47
        something_weird{problem="division by zero"} +Inf -3982045
        nothing NaN
        spaced { a = "b" , } 7
        # TYPE queue_depth gauge
        queue_depth -3
        # TYPE trades counter
        trades_total 5 # {trace_id="a"} 1.0 1.5
        # EOF
        """;

    [Fact]
    public void The_format_is_read()
    {
        var scrape = PrometheusText.Parse(Scrape, out var wrong)!;

        wrong.ShouldBe(0);
        scrape.Samples.Count.ShouldBe(9);
        scrape.Select("http_requests_total", new Dictionary<string, string> { ["code"] = "200" }).ShouldHaveSingleItem().Value.ShouldBe(1027);
        scrape.Select("http_requests_total", NoLabels).Count.ShouldBe(2);
        scrape.Select("http_requests_total", new Dictionary<string, string> { ["code"] = "500" }).ShouldBeEmpty();
        scrape.Select("msdos_file_access_time_seconds", NoLabels)[0].Labels["error"].ShouldBe("Cannot find file:\n\"FILE.TXT\"");
        scrape.Select("msdos_file_access_time_seconds", NoLabels)[0].Labels["path"].ShouldBe("C:\\DIR\\FILE.TXT");
        scrape.Select("something_weird", NoLabels)[0].Value.ShouldBe(double.PositiveInfinity);
        double.IsNaN(scrape.Select("nothing", NoLabels)[0].Value).ShouldBeTrue();
        scrape.Select("spaced", NoLabels)[0].Labels["a"].ShouldBe("b");
        scrape.Select("trades_total", NoLabels)[0].Value.ShouldBe(5);
    }

    [Theory]
    [InlineData("http_requests_total", true)]
    [InlineData("trades_total", true)]
    [InlineData("queue_depth", false)]
    [InlineData("undeclared_total", true)]
    [InlineData("latency_bucket", true)]
    [InlineData("undeclared", false)]
    public void Counters_are_known_by_their_type_else_by_their_name(string name, bool isCounter) => PrometheusText.Parse(Scrape, out _)!.IsCounter(name).ShouldBe(isCounter);

    [Theory]
    [InlineData("ok 1\n<html>", 2)]
    [InlineData("name", 1)]
    [InlineData("name one", 1)]
    [InlineData("1name 1", 1)]
    [InlineData("name{a=\"b\" 1", 1)]
    [InlineData("name{a=b} 1", 1)]
    [InlineData("name{a=\"b\"}1", 1)]
    [InlineData("name{a=\"b", 1)]
    [InlineData("name{a=\"b\",a=\"c\"} 1", 1)]
    [InlineData("name{=\"b\"} 1", 1)]
    [InlineData("name{", 1)]
    [InlineData("name 1 2 3", 1)]
    [InlineData("name 0x10", 1)]
    [InlineData("{\"json\": true}", 1)]
    public void What_is_not_the_format_is_refused_with_its_line(string text, int line)
    {
        PrometheusText.Parse(text, out var wrong).ShouldBeNull();
        wrong.ShouldBe(line);
    }

    [Fact]
    public void Any_label_value_comes_through() => Prop.ForAll<NonNull<string>, NormalFloat>((text, number) =>
    {
        var escaped = text.Get.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        var isOneLine = !text.Get.AsSpan().ContainsAny("\r\f\u0085\u2028\u2029");
        var scrape = PrometheusText.Parse($"m{{l=\"{escaped}\"}} {number.Get.ToString("R", CultureInfo.InvariantCulture)}", out _);
        return !isOneLine || (scrape!.Samples[0].Labels["l"] == text.Get && scrape.Samples[0].Value.Equals(number.Get));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_read_or_refused_and_never_a_bug() => Prop.ForAll(
        Gen.ListOf(Gen.Elements("m", "{", "}", "=", "\"", "\\", ",", " ", "1", "#", "\n", "NaN", "# TYPE m counter\n")).Select(string.Concat).ToArbitrary(),
        text => PrometheusText.Parse(text, out var wrong) is null == wrong > 0).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("a_total 10", "a_total 40", 3.0)]
    [InlineData("a_total 10", "a_total 5", 0.5)] // started again
    [InlineData("# TYPE a_total gauge\na_total 10", "# TYPE a_total gauge\na_total 5", -0.5)]
    [InlineData("lag_total{p=\"1\"} 1\nlag_total{p=\"2\"} 1", "lag_total{p=\"1\"} 11\nlag_total{p=\"2\"} 21", null)]
    [InlineData("a_total{p=\"1\"} 1\na_total{p=\"2\"} 1", "a_total{p=\"1\"} 11\na_total{p=\"2\"} 21", 3.0)]
    [InlineData("a_total{p=\"1\"} 1", "a_total{p=\"1\"} 1\na_total{p=\"new\"} 20", 2.0)]
    [InlineData("b_total 1", "a_total 20", null)]
    [InlineData("a_total 1", "b_total 20", null)]
    public void A_rate_is_what_all_series_changed_by_per_second(string before, string after, double? rate)
    {
        var (first, second) = (PrometheusText.Parse(before, out _)!, PrometheusText.Parse(after, out _)!);

        MetricRate.PerSecond(first.Select("a_total", NoLabels), second.Select("a_total", NoLabels), second.IsCounter("a_total"), TimeSpan.FromSeconds(10)).ShouldBe(rate);
    }

    [Fact]
    public void A_rate_of_nan_satisfies_no_bound()
    {
        var (first, second) = (PrometheusText.Parse("a_total 1", out _)!, PrometheusText.Parse("a_total NaN", out _)!);
        var rate = MetricRate.PerSecond(first.Samples, second.Samples, true, TimeSpan.FromSeconds(1))!.Value;

        SmokeNumber.Of(rate).CompareTo(SmokeNumber.Of(0.0)).ShouldBeNull();
    }
}
