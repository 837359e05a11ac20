using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Store;

namespace Actions.Cli.Rollback;

/// <summary>One program as a look at ledger, chain and store showed it.</summary>
internal sealed record SeenProgram(RollbackProgram Program, RollbackSubject Subject, ProgramOnChain OnChain, RollbackStep Step)
{
    /// <summary>The bytes to bring back, where the step says so and they were found.</summary>
    public TargetBytes? Target { get; init; }

    /// <summary>Releases on the way back that say it is not safe to leave them.</summary>
    public IReadOnlyList<UnsafeRelease> Unsafe { get; init; } = [];

    /// <summary>What contradicts itself, or is missing.</summary>
    public IReadOnlyList<Fault> Problems { get; init; } = [];

    /// <summary>The release that runs; null when no record knows the bytes.</summary>
    public LedgerRecord? Current => LedgerRules.Current(Subject.Records, Subject.Chain.ExecutableHash);

    /// <summary>Bytes that nobody recorded, and that this run is about to replace.</summary>
    public ProgramOnChain.Running? Unrecorded => Target is not null && Current is null ? OnChain as ProgramOnChain.Running : null;
}

/// <summary>Stored bytes that a rollback brings back.</summary>
/// <param name="Record">The release that ran them here; null for bytes that were saved from this very program.</param>
internal sealed record TargetBytes(Manifest Manifest, ManifestArtifact Artifact, ProgramBinary Binary, LedgerRecord? Record);

/// <summary>A release whose manifest says that going back from it is not safe.</summary>
/// <param name="Why">As its manifest has it; empty when it does not say.</param>
internal sealed record UnsafeRelease(string Version, string Why);
