using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.VerifyProgram;

/// <summary>The reports of all programs of a verification, made into one. Always current, for a run can end at any moment.</summary>
internal sealed class VerifyReports
{
    private readonly ActionContext context;
    private readonly List<Fault> faults = [];

    public VerifyReports(ActionContext context, VerifyProgramInputs inputs)
    {
        this.context = context;
        All = [.. inputs.Targets.Select(target => new VerifyReport(context, inputs, target, Publish))];
    }

    /// <summary>In the order of the targets.</summary>
    public IReadOnlyList<VerifyReport> All { get; }

    public void Add(IEnumerable<Fault> found) => faults.AddRange(found);

    public void Add(Fault fault) => faults.Add(fault);

    public ActionOutcome Outcome() => new() { Faults = [.. faults, .. All.SelectMany(report => report.Faults)] };

    private void Publish()
    {
        var judged = All.Where(report => report.Verdict is not null).ToList();
        var outputs = context.Partial.Outputs;
        if (All is [var only])
        {
            outputs.SetAll(only.Outputs());
        }

        outputs.Set("results", ResultsJson.Of([.. judged.Select(report => (report.Target.Name, report.Outputs()))]));
        context.Partial.Summary = All.Count == 1 ? judged[0].Summary() : Summary(judged);
    }

    private static Markdown Summary(List<VerifyReport> judged)
    {
        var summary = new Markdown().Bullets(judged.Select(report => (Inline[])[Inline.Strong(report.Target.Name), ": ", .. report.Headline()]));
        foreach (var report in judged)
        {
            if (report.Verdict!.Findings.Count > 0)
            {
                summary.Heading(2, report.Target.Name).Append(report.Summary());
            }
            else
            {
                summary.Details(report.Target.Name, report.Summary());
            }
        }

        return summary;
    }
}
