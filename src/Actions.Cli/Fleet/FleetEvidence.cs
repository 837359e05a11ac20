using Actions.Core.Fleet;
using Actions.Core.GitHub;
using Actions.Core.Keys;
using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Solana;
using Actions.Core.Store;

namespace Actions.Cli.Fleet;

/// <summary>Everything that a judgement about a fleet rests on.</summary>
/// <param name="Clusters">Every cluster of the fleet.</param>
/// <param name="Known">What the last run saw; null for the first one.</param>
/// <param name="Now">When it is judged.</param>
internal sealed record FleetEvidence(IReadOnlyDictionary<Cluster, ClusterSight> Clusters, FleetSnapshot? Known, DateTimeOffset Now)
{
    /// <summary>By environment and program id; null where no ledger is kept.</summary>
    public ILookup<(string Environment, Address Program), LedgerRecord>? Records { get; init; }

    /// <summary>Manifests by name and version; null for one that the store does not have.</summary>
    public IReadOnlyDictionary<(string Name, string Version), Manifest?> Manifests { get; init; } = new Dictionary<(string, string), Manifest?>();

    /// <summary>The keys that the file names, as their providers know them.</summary>
    public IReadOnlyList<(FleetKey Declared, KeySource Source)> Keys { get; init; } = [];

    /// <summary>Environments as GitHub has them; null for one that is not there or not shown.</summary>
    public IReadOnlyDictionary<string, GitHubEnvironment?> Environments { get; init; } = new Dictionary<string, GitHubEnvironment?>();

    /// <summary>The approvals that the release files ask for, by environment.</summary>
    public ILookup<string, ApprovalGate?> Approvals { get; init; } = Array.Empty<(string, ApprovalGate?)>().ToLookup(pair => pair.Item1, pair => pair.Item2);

    /// <summary>Where repositories are that manifests name by owner and name.</summary>
    public string ServerUrl { get; init; } = "";

    public ProgramSight SightOf(FleetProgram program) => Clusters[program.Cluster].Programs[program.Id];

    /// <summary>The build that should run, or that records say runs, as the store has it; null where it does not.</summary>
    public FleetBuild? BuildOf(FleetProgram program)
    {
        if (program.Release is { } release)
        {
            return Manifests.GetValueOrDefault((release.Name, release.Version.Text)) is { } expected && expected.Artifact(release.Program, release.Variant) is { } named ? new FleetBuild(expected, named) : null;
        }

        return LedgerRules.Current(RecordsOf(program), SightOf(program).Facts?.ExecutableHash) is { } current
            && FleetEvidenceReader.BuildOf(current) is { } build && Manifests.GetValueOrDefault(build) is { } manifest && ArtifactOf(manifest, current) is { } artifact
                ? new FleetBuild(manifest, artifact)
                : null;
    }

    /// <summary>The file that a record says runs; of variants with the same bytes its own.</summary>
    public static ManifestArtifact? ArtifactOf(Manifest manifest, LedgerRecord record) => manifest.Artifacts
        .Where(artifact => artifact.ExecutableHash == record.ExecutableHash && (record.Facts.Sha256 is not { } sha256 || artifact.Sha256 == sha256))
        .MaxBy(artifact => artifact.Variant == record.Facts.Variant);

    /// <summary>The records of a program, without checks.</summary>
    public IReadOnlyList<LedgerRecord> RecordsOf(FleetProgram program) =>
        [.. (Records?[(program.Environment, program.Id)] ?? []).Where(record => record.Kind != RecordKind.Check)];
}

/// <summary>What the store has of a program's build.</summary>
internal sealed record FleetBuild(Manifest Manifest, ManifestArtifact Artifact);
