using System.Globalization;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Reports;
using Actions.Core.Runner;
using Actions.Core.Smoke;

namespace Actions.Cli.SmokeTest;

/// <summary>Says how the checks went: outputs, annotations, summary, JUnit. Always current, for a run can end at any moment.</summary>
internal sealed class SmokeReport(ActionContext context, SmokeTestInputs inputs)
{
    private const int LongestWhy = 1000;

    private readonly List<Fault> faults = [];
    private string record = "";

    public void Add(IEnumerable<Fault> found) => faults.AddRange(found);

    public void Add(Fault fault) => faults.Add(fault);

    /// <summary>What a dry run says instead of a verdict.</summary>
    public void Planned()
    {
        var steps = inputs.Spec.Checks.Select(check =>
            $"{check.Name} ({check.Kind.Name}{(check.Stage is { } stage ? $", from {stage} after the release" : "")}{(check.Needs.Count > 0 ? $", after {string.Join(", ", check.Needs)}" : "")})").ToList();
        context.Partial.Plan = new ReportPlan { Steps = steps };
        context.Partial.Summary = new Markdown().Paragraph($"{inputs.Spec.Path} is a good spec. A run would check:").Bullets(steps.Select(step => new Inline[] { step }));
        Outputs(0, 0, 0);
    }

    /// <summary>What is known so far.</summary>
    public void Publish(SmokeVerdict verdict)
    {
        Outputs(verdict.Count(SmokeResult.Passed), verdict.Count(SmokeResult.Failed), verdict.Count(SmokeResult.Skipped));
        context.Partial.Summary = Summary(verdict);
    }

    /// <summary>The end: one fault for each check that failed.</summary>
    public void Judged(SmokeVerdict verdict)
    {
        faults.AddRange(verdict.Checks.Where(check => check.Result == SmokeResult.Failed).Select(check => new Fault(
            FaultCodes.SmokeFailed, $"Expected the check {PlainText.Quote(check.Check.Name)} ({check.Check.Kind.Name}, {inputs.Spec.Path}:{check.Check.Line}) to pass",
            $"found that it failed: {PlainText.Bound(check.Why!, LongestWhy)}", "find out whether the release or the check is wrong; if it is the release, roll back", "spec")));
        if (verdict.Count(SmokeResult.Passed) == 0 && verdict.Count(SmokeResult.Failed) == 0)
        {
            faults.Add(new Fault(FaultCodes.SmokeFailed, "Expected at least one check to pass", $"found that all {verdict.Checks.Count} were skipped", "give a check without a stage, or run again when the first stage has come", "spec"));
        }

        Publish(verdict);
    }

    public void Recorded(string id, SmokeVerdict verdict)
    {
        record = id;
        Publish(verdict);
    }

    /// <summary>Also a failed run leaves its results to whoever shows them.</summary>
    public void WriteJunit(SmokeVerdict verdict)
    {
        if (inputs.Junit is not { } path)
        {
            return;
        }

        try
        {
            context.Files.Write(path, JunitReport.Write(verdict, $"smoke-test {inputs.Environment}", text => context.Masker.Safe(text, LongestWhy)));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            faults.Add(new Fault(FaultCodes.ReportFailed, $"Expected to write {path.Relative}", $"found {problem.GetType().Name}", "make its folder writable", "junit-file"));
        }
    }

    public ActionOutcome Outcome() => new() { Faults = faults };

    private void Outputs(int passed, int failed, int skipped) => context.Partial.Outputs
        .Set("passed", (ulong)passed).Set("failed", (ulong)failed).Set("skipped", (ulong)skipped).Set("record", record);

    private Markdown Summary(SmokeVerdict verdict)
    {
        var (passed, failed, skipped) = (verdict.Count(SmokeResult.Passed), verdict.Count(SmokeResult.Failed), verdict.Count(SmokeResult.Skipped));
        var isLong = inputs.Duration is not null;
        var summary = new Markdown().Paragraph(Inline.Strong(verdict.IsPositive ? "It works:" : "Not shown to work:"), $" {passed} passed, {failed} failed, {skipped} skipped, in {inputs.Environment} ({inputs.Cluster.Cluster}).");
        summary.Table(
            isLong ? ["Check", "Kind", "Result", "Rounds", "Availability", "p50", "p95", "p99", "Why"] : ["Check", "Kind", "Result", "Latency", "Attempts", "Why"],
            verdict.Checks.OrderByDescending(check => check.Result == SmokeResult.Failed).Select(check => Row(check, isLong)));
        if (inputs.Spec.Limits is { Availability: not null } or { P95: not null })
        {
            var limits = inputs.Spec.Limits;
            summary.Paragraph(string.Create(CultureInfo.InvariantCulture, $"Limits of every check: {(limits.Availability is { } share ? $"availability {share * 100:0.###} %" : "")}{(limits is { Availability: not null, P95: not null } ? ", " : "")}{(limits.P95 is { } p95 ? $"p95 of http {Milliseconds(p95)}" : "")}."));
        }

        return summary.Table(["", ""], [["Spec", $"{inputs.Spec.Path} (sha256 {inputs.Spec.Sha256})"], ["Record", record.Length > 0 ? Inline.Code(record) : "none"]]);
    }

    private static Inline[] Row(CheckVerdict check, bool isLong)
    {
        Inline result = check.Result switch { SmokeResult.Passed => "passed", SmokeResult.Failed => Inline.Strong("failed"), _ => "skipped" };
        Inline why = PlainText.Bound(check.Why ?? "", LongestWhy);
        var latency = check.Latency;
        return isLong
            ?
            [
                check.Check.Name, check.Check.Kind.Name, result, Number(check.Rounds), check.Availability is { } share ? (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %" : "",
                Milliseconds(latency?.P50), Milliseconds(latency?.P95), Milliseconds(latency?.P99), why,
            ]
            : [check.Check.Name, check.Check.Kind.Name, result, Milliseconds(latency?.P50), check.Attempts > 0 ? Number(check.Attempts) : "", why];
    }

    private static string Milliseconds(TimeSpan? span) => span is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0} ms") : "";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
