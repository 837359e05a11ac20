using System.Globalization;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Reports;

/// <summary>Everything a finished run says, however it ended.</summary>
public sealed record RunResult(string Action, bool DryRun, IReadOnlyList<Fault> Faults, Markdown Summary, ReportPlan? Plan, OutputSet Outputs)
{
    private const int LongestText = 2000;

    public ExitCode Exit { get; } = Verdict.Of(Faults);

    /// <summary>What the action's own summary says already, so that it is not said twice.</summary>
    public IReadOnlyCollection<Fault> Told { get; init; } = [];

    /// <summary>The report, with every text scrubbed.</summary>
    public RunReport ToReport(Masker masker) => new(
        RunReport.CurrentSchema, Action, DryRun, (int)Exit,
        [.. Faults.Select(fault => ReportFault.From(fault, text => masker.Safe(text, LongestText)))],
        Plan is null ? null : Plan with { Steps = [.. Plan.Steps.Select(step => masker.Safe(step, LongestText))] },
        Outputs.ToDictionary(pair => pair.Key, pair => masker.Safe(pair.Value, int.MaxValue)));

    /// <summary>The summary: how it ended and what is wrong first, then what the action has to say.</summary>
    public Markdown ToSummary()
    {
        var summary = new Markdown().Heading(2, $"{Action}: {Ending()}");
        AddFaults(summary, "What is wrong", Severity.Error);
        summary.Append(Summary);
        // After what happened: a warning must not stand between the reader and how the run ended.
        AddFaults(summary, "Warnings", Severity.Warning);
        return summary;
    }

    private void AddFaults(Markdown summary, string title, Severity severity)
    {
        var listed = Faults.Where(fault => fault.Severity == severity && !Told.Contains(fault)).ToList();
        if (listed.Count > 0)
        {
            summary.Heading(3, title).Table(
                ["Code", "Input", "Expected", "Found", "What to do"],
                listed.Select(fault => new Inline[]
                {
                    Inline.Code(fault.Code.Name), fault.Input is { } input ? Inline.Code(input) : "", PlainText.Bound(fault.Expected, LongestText),
                    PlainText.Bound(fault.Found, LongestText), PlainText.Bound(fault.Remedy, LongestText),
                }));
        }
    }

    private string Ending() => Exit switch
    {
        ExitCode.Done => DryRun ? "the dry run found nothing in the way" : "done",
        ExitCode.Input => "the inputs are at fault",
        ExitCode.Refused => "refused",
        ExitCode.Verdict => "the verdict is negative",
        ExitCode.Unavailable => "a service failed",
        ExitCode.Secret => "a secrets provider failed",
        ExitCode.Cancelled => "cancelled",
        _ => "stopped by a bug of ours",
    } + (Exit == ExitCode.Done ? "" : string.Create(CultureInfo.InvariantCulture, $" (exit {(int)Exit})"));
}
