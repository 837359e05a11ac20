using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.Reports;
using Actions.Core.Runner;
using Actions.Core.Store;

namespace Actions.Cli.PromoteArtifact;

/// <summary>Whether the release may go to the target, and what is written then. Pure.</summary>
/// <param name="Sighting">What it was judged by.</param>
/// <param name="Checklist">Every gate.</param>
/// <param name="Stores">Whether the build is put into the store first.</param>
/// <param name="Files">What goes into the output directory; empty when the release may not go.</param>
public sealed record PromotePlan(PromoteSighting Sighting, GateChecklist Checklist, bool Stores, IReadOnlyList<PlannedFile> Files)
{
    /// <summary>What contradicts itself, and every gate that is not open or worth a look.</summary>
    public IReadOnlyList<Fault> Faults { get; } = [.. Sighting.Problems, .. Checklist.Results.Select(result => result.ToFault()).OfType<Fault>()];

    public bool IsEligible => Faults.All(fault => fault.Severity == Severity.Warning);

    public static PromotePlan Of(PromoteArtifactInputs inputs, PromoteSighting sighting, GitHubEvidence github, RunnerEnvironment environment, DateTimeOffset now)
    {
        var checklist = GateChecklist.Evaluate(inputs.Rules, Evidence(inputs, sighting, github, environment, now));
        var plan = new PromotePlan(sighting, checklist, inputs.Build is not null && sighting.Problems.All(problem => problem.Severity == Severity.Warning), []);
        return plan.IsEligible ? plan with { Files = FilesOf(sighting) } : plan;
    }

    public ReportPlan ToReport(string store, string directory) => new()
    {
        Steps =
        [
            .. Stores ? (string[])[$"keep {Sighting.Manifest.Name} {Sighting.Version} in {store}"] : [],
            .. Files.Select(file => $"write {directory}/{file.Name}"),
        ],
    };

    private static GateEvidence Evidence(PromoteArtifactInputs inputs, PromoteSighting sighting, GitHubEvidence github, RunnerEnvironment environment, DateTimeOffset now) => new()
    {
        Now = now,
        Version = sighting.Version,
        To = inputs.Scope.To,
        ToVariant = inputs.Scope.ToVariant,
        Programs =
        [
            .. sighting.Programs.Select(program => new ProgramEvidence(program.Name)
            {
                Artifact = program.Artifact,
                Bytes = program.Bytes,
                Id = program.Program.Id,
                OtherIds = program.Program.OtherIds,
                TargetRecords = program.TargetRecords,
                Target = program.Target,
                SourceRecords = program.SourceRecords,
                Source = program.Source,
            }),
        ],
        Source = sighting.Source,
        HasPredecessor = inputs.Scope.Target?.After is not null,
        HasLedger = inputs.Records.HasLedger,
        Phrase = inputs.Phrase,
        Actors = [.. new[] { environment.Actor, environment.TriggeringActor }.OfType<string>()],
        GitHub = github,
    };

    /// <summary>The manifest comes last: where it lies, everything it lists for this environment lies too.</summary>
    private static List<PlannedFile> FilesOf(PromoteSighting sighting)
    {
        List<PlannedFile> files = [];
        foreach (var program in sighting.Programs)
        {
            files.Add(new PlannedFile(program.Artifact!.File, program.Bytes));
            if (program.Artifact.Idl is { } idl)
            {
                files.Add(new PlannedFile(idl.File, program.Idl));
            }
        }

        return [.. files, new PlannedFile(Manifest.FileName, sighting.Json)];
    }
}

/// <summary>A file of the output directory, named as the asset.</summary>
public sealed record PlannedFile(string Name, ReadOnlyMemory<byte> Bytes);
