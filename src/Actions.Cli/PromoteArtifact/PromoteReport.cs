using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.Reports;
using Actions.Core.Store;

namespace Actions.Cli.PromoteArtifact;

/// <summary>Says what a promotion found: outputs, annotations and the checklist. Always current, for a run can end at any moment.</summary>
internal sealed class PromoteReport(ActionContext context, PromoteArtifactInputs inputs)
{
    private readonly List<Fault> faults = [];
    private IReadOnlyList<string> written = [];
    private PromotePlan? plan;

    public void Add(IEnumerable<Fault> found) => faults.AddRange(found);

    public void Add(Fault fault) => faults.Add(fault);

    public void Planned(PromotePlan made, string store, string directory)
    {
        plan = made;
        faults.AddRange(made.Faults);
        context.Partial.Plan = made.ToReport(store, directory);
        foreach (var (environment, cluster, genesis) in made.Sighting.Clusters)
        {
            context.Log.Line($"{environment} is on {cluster} (genesis {genesis}).");
        }

        context.Log.Line($"{made.Sighting.Manifest.Name} {made.Sighting.Version} {(made.IsEligible ? "may" : "may not")} go to {inputs.Scope.To}.");
        Publish();
    }

    public void Wrote(IReadOnlyList<string> paths)
    {
        written = paths;
        Publish();
    }

    public ActionOutcome Outcome() => new() { Faults = faults };

    private void Publish()
    {
        var programs = plan!.Sighting.Programs.Select(program => (program.Name, Outputs: Of(program).ToList())).ToList();
        var outputs = context.Partial.Outputs;
        foreach (var (name, value) in Common())
        {
            outputs.Set(name, value);
        }

        foreach (var name in new[] { "artifact", "sha256", "executable-hash" })
        {
            outputs.Set(name, programs is [var (_, only)] ? only.First(pair => pair.Key == name).Value : "");
        }

        outputs.Set("results", ResultsJson.Of([.. programs.Select(program => (program.Name, program.Outputs.AsEnumerable()))]));
        context.Partial.Summary = PromoteSummary.Of(inputs, plan, written);
    }

    private IEnumerable<KeyValuePair<string, string>> Of(SeenProgram program) =>
        [new("artifact", PathOf(program.Artifact?.File)), .. Common(), new("sha256", program.Artifact?.Sha256 ?? ""), new("executable-hash", program.Artifact?.ExecutableHash ?? "")];

    private IEnumerable<KeyValuePair<string, string>> Common() =>
    [
        new("manifest", PathOf(Manifest.FileName)),
        new("version", plan!.Sighting.Version.Text),
        new("soaked", plan.Sighting.Source is { } source && SoakTime.Of(source) >= inputs.Rules.MinSoak ? "true" : "false"),
        new("eligible", plan.IsEligible ? "true" : "false"),
        new("replaces", plan.Sighting.Replaces?.Version ?? ""),
        new("replaces-commit", plan.Sighting.Replaces?.Commit ?? ""),
    ];

    private string PathOf(string? file) => written.FirstOrDefault(path => Path.GetFileName(path) == file) ?? "";
}
