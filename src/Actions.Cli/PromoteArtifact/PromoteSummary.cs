using System.Globalization;
using Actions.Core.Gates;
using Actions.Core.Runner;

namespace Actions.Cli.PromoteArtifact;

/// <summary>The page of a promotion: the verdict, when to come back, the checklist, the bytes.</summary>
internal static class PromoteSummary
{
    public static Markdown Of(PromoteArtifactInputs inputs, PromotePlan plan, IReadOnlyList<string> written)
    {
        var sighting = plan.Sighting;
        var page = new Markdown().Paragraph(
            Inline.Strong(plan.IsEligible ? "Eligible:" : "Not eligible:"), $" {sighting.Manifest.Name} {sighting.Version} from {inputs.Scope.From ?? "the build"} to {inputs.Scope.To}.");
        if (plan.Checklist is { IsOpen: false, Earliest: { } earliest } checklist)
        {
            page.Paragraph(checklist.NeedsOnlyTime && sighting.Problems.Count == 0
                ? $"It only needs time: promote again at {SoakTime.Show(earliest)} or later."
                : $"What only needs time is there at {SoakTime.Show(earliest)}; the rest needs somebody.");
        }

        page.Heading(3, "Gates").Table(["Gate", "", "Expected", "Found", "Earliest"], plan.Checklist.Results.Select(Row));
        page.Heading(3, "Bytes").Table(["Program", "Variant", "Size", "sha256", "Executable hash", "Id"], sighting.Programs.Select(Row));
        page.Table(["", ""], Facts(inputs, plan));
        if (written.Count > 0)
        {
            page.Heading(3, "Written").Bullets(written.Select(path => new[] { Inline.Code(path) }));
        }

        return page;
    }

    private static Inline[] Row(GateResult result) =>
    [
        result.Gate,
        result.State switch
        {
            GateState.Met => "met",
            GateState.Warned => "met, see the warning",
            GateState.Unmet => Inline.Strong("not met"),
            _ => Inline.Strong("cannot be known"),
        },
        result.Expected,
        result.Found,
        result.Earliest is { } earliest ? SoakTime.Show(earliest) : "",
    ];

    private static Inline[] Row(SeenProgram program) => program.Artifact is { } artifact
        ?
        [
            program.Name, artifact.Variant, artifact.Size.ToString("N0", CultureInfo.InvariantCulture), Inline.Code(artifact.Sha256), Inline.Code(artifact.ExecutableHash),
            program.Program.Id is { } id ? Inline.Code(id.ToString()) : "",
        ]
        : [program.Name, "none", "", "", "", ""];

    private static IEnumerable<Inline[]> Facts(PromoteArtifactInputs inputs, PromotePlan plan)
    {
        var manifest = plan.Sighting.Manifest;
        if (manifest.Commit is { } commit)
        {
            yield return ["Commit", Inline.Code(commit)];
        }

        if (manifest.Builder?.RunUrl is { } run)
        {
            yield return ["Built by", Inline.Link(run, run)];
        }

        if (plan.Sighting.Source is { } source)
        {
            yield return ["Soak", SoakTime.Of(source) is { } soaked ? $"{SoakTime.Show(soaked)} in {source.Environment}, of {SoakTime.Show(inputs.Rules.MinSoak)} asked for" : "nobody knows"];
        }

        foreach (var (environment, cluster, genesis) in plan.Sighting.Clusters)
        {
            yield return [environment, $"{cluster} (genesis {genesis})"];
        }
    }
}
