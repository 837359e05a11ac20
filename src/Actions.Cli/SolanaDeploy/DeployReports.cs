using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Registry;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The reports of all programs of a run, made into one: outputs, plan, summary and faults.</summary>
internal sealed class DeployReports(ActionContext context)
{
    private readonly List<Fault> faults = [];
    private readonly List<IProgramReport> all = [];

    /// <summary>The program that is worked on; the last one when the run is over.</summary>
    public DeployReport? Current { get; private set; }

    /// <summary>What the summary says besides, at its end.</summary>
    public Markdown? More { get; set; }

    public void Add(IEnumerable<Fault> found) => faults.AddRange(found);

    public void Add(Fault fault) => faults.Add(fault);

    public DeployReport Add(DeploySite site, DeployTarget target)
    {
        var report = new DeployReport(site, target, Publish);
        all.Add(report);
        Current ??= report;
        return report;
    }

    /// <summary>What runs now, when all programs came to their end.</summary>
    public IReadOnlyList<RegistryEntry> Running(DateTimeOffset now) => [.. Main.Select(report => report.Registered(now)).OfType<RegistryEntry>()];

    /// <summary>A program that this run leaves as it is.</summary>
    public void Add(IProgramReport report)
    {
        all.Add(report);
        Publish();
    }

    public void Now(DeployReport report) => Current = report;

    /// <summary>What the run leaves behind, or others left, belongs to no program: the one that was worked on last says it.</summary>
    public void Stale((IReadOnlyList<StaleBuffer> Buffers, Fault? Warning) found)
    {
        Current!.Stale(found.Buffers);
        if (found.Warning is { } warning)
        {
            faults.Add(warning);
        }
    }

    public ActionOutcome Outcome()
    {
        Publish();
        return new ActionOutcome { Faults = [.. faults, .. all.SelectMany(report => report.Faults)] };
    }

    /// <summary>Says what is known by now.</summary>
    public void Publish()
    {
        var outputs = context.Partial.Outputs;
        if (Main is [var only])
        {
            foreach (var (name, value) in only.Outputs())
            {
                outputs.Set(name, value);
            }
        }

        if (all.FindAll(report => report.IsResult) is { Count: > 0 } programs)
        {
            outputs.Set("results", ResultsJson.Of([.. programs.Select(report => (report.Name, report.Outputs()))]));
        }

        context.Partial.Plan = Plan();
        context.Partial.Summary = all.Exists(report => report.HasLooked) ? More is null ? Summary() : Summary().Append(More) : null;
    }

    private List<IProgramReport> Main => all.FindAll(report => !report.IsAside);

    private Markdown Summary()
    {
        var summary = MainSummary();
        foreach (var aside in all.Where(report => report is { IsAside: true, HasLooked: true }))
        {
            summary.Heading(3, $"Standby for {aside.Name}").Paragraph(aside.Headline(faults)).Details("The way back", aside.Summary([]));
        }

        return summary;
    }

    private Markdown MainSummary()
    {
        var looked = Main.FindAll(report => report.HasLooked);
        if (Main is [var only])
        {
            return only.Summary(faults);
        }

        var summary = new Markdown().Bullets(looked.Select(report => (Inline[])[Inline.Strong(report.Name), ": ", .. report.Headline(faults)]));
        foreach (var report in looked)
        {
            // What a run stopped at is what its reader has to see.
            if (report == Current && faults.Exists(fault => fault.Severity == Severity.Error))
            {
                summary.Heading(2, report.Name).Append(report.Summary(faults));
            }
            else
            {
                summary.Details(report.Name, report.Summary([]));
            }
        }

        return summary;
    }

    /// <summary>All programs' plans as one. Its peak is the most that is out of pocket at any moment of the whole run.</summary>
    private ReportPlan? Plan()
    {
        var planned = all.FindAll(report => report.Costs is not null);
        if (planned.Count == 0)
        {
            return null;
        }

        var plan = new ReportPlan { Steps = [.. planned.SelectMany(report => report.Steps.Select(step => all.Count == 1 ? step : $"{report.Name}{(report.IsAside ? ", standby" : "")}: {step}"))] };
        foreach (var costs in planned.Select(report => report.Costs!))
        {
            var before = plan.NetLamports + (long)(plan.FeeLamportsHighest - plan.FeeLamports);
            plan = plan with
            {
                RentLamports = plan.RentLamports + costs.Rent,
                ExtendLamports = plan.ExtendLamports + costs.Extend,
                FeeLamports = plan.FeeLamports + costs.Fee,
                FeeLamportsHighest = plan.FeeLamportsHighest + costs.FeeHighest,
                PeakLamports = (ulong)Math.Max((long)plan.PeakLamports, before + (long)costs.Peak),
                NetLamports = plan.NetLamports + costs.Net,
                RefundLamports = plan.RefundLamports + costs.Refund,
            };
        }

        return plan;
    }
}
