using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Store;

namespace Actions.Cli.PromoteArtifact;

/// <summary>Finds the stored release that runs in the source environment: by the version given, by the ledger, else by its bytes.</summary>
internal sealed class RunningRelease(PromoteArtifactInputs inputs, IStore store)
{
    private string From => inputs.Scope.From!;

    /// <summary>The program of a manifest that this one is, when nobody said: the only one, or the one whose bytes run.</summary>
    public static string? OnlyProgram(Manifest manifest, ProgramOnChain running) =>
        manifest.Artifacts.Select(artifact => artifact.Program).Distinct().ToList() is [var only]
            ? only
            : manifest.Artifacts.FirstOrDefault(artifact => artifact.ExecutableHash == (running as ProgramOnChain.Running)?.ExecutableHash)?.Program;

    public async Task<StoredManifest> FindAsync(List<SeenProgram> programs, List<ProgramOnChain> running, CancellationToken cancellation)
    {
        var current = programs.Select(program => LedgerRules.Current(program.SourceRecords, program.Source?.ExecutableHash)).OfType<LedgerRecord>().ToList();
        var name = Name(current);
        var version = inputs.Version ?? Recorded(current) ?? await ByBytesAsync(name, programs, running, cancellation);
        return version is null
            ? throw new FaultException(Drifted(programs) ?? Unknown())
            : await store.FindAsync(name, version, cancellation) ?? throw new FaultException(NotStored(name, version));
    }

    private string Name(List<LedgerRecord> current)
    {
        var name = inputs.Scope.File?.Name ?? current.Select(record => record.Facts.Name).OfType<string>().FirstOrDefault();
        return name is not null && ReleaseName.IsUsable(name)
            ? name
            : throw new FaultException(new Fault(
                FaultCodes.GateUnknowable, $"Expected to know which release runs in {From}", "found no release file, and no record of the running bytes that names it",
                "give release-file, or deploy with the manifest so that the record has name and version", "release-file"));
    }

    /// <summary>The highest: programs that a release leaves unchanged may carry an older version.</summary>
    private static SemVer? Recorded(List<LedgerRecord> current) =>
        current.Select(record => SemVer.TryParse(record.Facts.Version)).OfType<SemVer>().Aggregate((SemVer?)null, (highest, version) => highest is null || version.Precedence(highest) > 0 ? version : highest);

    /// <summary>Where the ledger does not name a version, the highest stored one whose bytes run.</summary>
    private async Task<SemVer?> ByBytesAsync(string name, List<SeenProgram> programs, List<ProgramOnChain> running, CancellationToken cancellation)
    {
        foreach (var version in (await store.VersionsAsync(name, cancellation)).Reverse())
        {
            var manifest = (await store.FindAsync(name, version, cancellation))!.Manifest;
            if (programs.Zip(running).All(pair =>
                (pair.First.Program.Name ?? OnlyProgram(manifest, pair.Second)) is { } program
                && manifest.Artifact(program, inputs.Scope.FromVariant) is { } artifact
                && !SourceCheck.Chain(program, From, artifact, pair.Second).Any()))
            {
                return version;
            }
        }

        return null;
    }

    /// <summary>The ledger knows what should run there, and it does not.</summary>
    private Fault? Drifted(List<SeenProgram> programs) => programs
        .Select(program => (program, Newest: LedgerRules.Previous(program.SourceRecords, null)))
        .Where(pair => pair.Newest is { ExecutableHash: not null } newest && newest.ExecutableHash != pair.program.Source?.ExecutableHash)
        .Select(pair => new Fault(
            FaultCodes.HashMismatch, $"Expected {pair.Newest!.Facts.Version ?? "the release"} of record {pair.Newest.Id} to run as {pair.program.Program.FromId} in {From}, executable hash {pair.Newest.ExecutableHash}",
            pair.program.Source?.ExecutableHash is { } other ? $"found executable hash {other}, which no record knows" : "found no program",
            "find out who deployed it: the environment has drifted from its ledger", "from"))
        .FirstOrDefault();

    private Fault Unknown() => new(
        FaultCodes.GateUnknowable, $"Expected to know which version runs in {From}", "found no record of the running bytes with a version, and no stored version of these bytes",
        "deploy a stored version there with its manifest, or give 'version'", "version");

    private Fault NotStored(string name, SemVer version) => inputs.Version is not null
        ? new Fault(FaultCodes.InputUnknownValue, $"Expected a version of {name} that is in the store {store.Description}", $"found no {version} there", "correct 'version' or 'store', or promote it from the build first", "version")
        : new Fault(FaultCodes.StoreFailed, $"Expected {name} {version}, which runs in {From}, in the store {store.Description}", "found no such version there", "give the store that the build was promoted to", "store");
}
