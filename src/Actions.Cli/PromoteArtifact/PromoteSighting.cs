using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Store;

namespace Actions.Cli.PromoteArtifact;

/// <summary>Everything a plan depends on, as one look at store, ledger and chains showed it.</summary>
public sealed record PromoteSighting
{
    public required SemVer Version { get; init; }

    public required Manifest Manifest { get; init; }

    /// <summary>The manifest's very bytes.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    public required IReadOnlyList<SeenProgram> Programs { get; init; }

    /// <summary>Null for the build.</summary>
    public SourceEvidence? Source { get; init; }

    /// <summary>The release that runs in the target; null where nobody knows, or it is this one.</summary>
    public ReplacedRelease? Replaces { get; init; }

    /// <summary>What contradicts itself: it is reported together with the gates.</summary>
    public IReadOnlyList<Fault> Problems { get; init; } = [];

    /// <summary>As the clusters say it; for the summary.</summary>
    public IReadOnlyList<(string Environment, string Cluster, string GenesisHash)> Clusters { get; init; } = [];
}

/// <summary>What a promotion replaces.</summary>
/// <param name="Commit">Null when its manifest is not in the store, or names none.</param>
public sealed record ReplacedRelease(string Version, string? Commit);

/// <summary>One program, with its bytes for the target.</summary>
public sealed record SeenProgram(PromoteProgram Program, string Name)
{
    public ManifestArtifact? Artifact { get; init; }

    public ReadOnlyMemory<byte> Bytes { get; init; }

    public ReadOnlyMemory<byte> Idl { get; init; }

    public IReadOnlyList<LedgerRecord> SourceRecords { get; init; } = [];

    public IReadOnlyList<LedgerRecord> TargetRecords { get; init; } = [];

    public ChainState? Source { get; init; }

    /// <summary>Null where the chain was not asked.</summary>
    public ChainState? Target { get; init; }
}
