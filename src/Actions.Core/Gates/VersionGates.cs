using Actions.Core.Ledger;
using Actions.Core.Releases;

namespace Actions.Core.Gates;

/// <summary>Gates that compare with what runs, or ran, in the target environment: versions only go up, and what was rolled back stays away.</summary>
public static class VersionGates
{
    internal static GateResult Order(GateEvidence evidence, bool isDowngradeAllowed)
    {
        const string Gate = "Version order";
        var expected = $"no version above {evidence.Version} in {evidence.To}";
        List<string> higher = [];
        List<string> equal = [];
        List<string> unknown = [];
        List<string> running = [];
        foreach (var program in evidence.Programs)
        {
            if (program.Target is { ExecutableHash: null } || program.Artifact is null || program.Target?.Holds(program.Artifact.ExecutableHash) == true)
            {
                continue; // nothing to replace
            }

            var current = Current(program);
            if (program.Target is null && (current is null || current.ExecutableHash == program.Artifact.ExecutableHash))
            {
                continue; // the chain was not asked, and the ledger knows nothing that would be replaced
            }

            if (SemVer.TryParse(current?.Facts.Version) is not { } version)
            {
                unknown.Add(current is null ? $"that no record knows what runs as {program.Name}" : $"that record {current.Id} of {program.Name} has no version");
                continue;
            }

            var order = version.Precedence(evidence.Version);
            (order > 0 ? higher : order == 0 ? equal : running).Add($"{version} of {program.Name}");
        }

        if (equal.Count > 0)
        {
            return GateResult.Unmet(Gate, $"the bytes of {evidence.Version} that run in {evidence.To}", $"other bytes under the same version: {string.Join(", ", equal)}", "give the new bytes a new version: a version never changes", "version");
        }

        if (isDowngradeAllowed)
        {
            return GateResult.Met(Gate, "any version, because of allow-downgrade", higher.Count > 0 ? string.Join(", ", higher) : $"none above {evidence.Version}");
        }

        return higher.Count > 0
            ? GateResult.Unmet(Gate, expected, string.Join(", ", higher), "promote a newer version, or say allow-downgrade: true", "allow-downgrade")
            : unknown.Count > 0
                ? GateResult.Unknowable(Gate, expected, string.Join("; ", unknown), "say allow-downgrade: true this once: the deploy that follows writes the record", "allow-downgrade")
                : GateResult.Met(Gate, expected, running.Count > 0 ? string.Join(", ", running) : "none");
    }

    internal static GateResult Undone(GateEvidence evidence, bool isUndoneAllowed)
    {
        const string Gate = "Rolled back";
        var expected = $"a release that was never rolled back in {evidence.To}";
        if (!evidence.HasLedger && !isUndoneAllowed && evidence.Programs.Any(program => program.Target is { ExecutableHash: not null } && !Runs(program)))
        {
            return GateResult.Unknowable(Gate, expected, "no ledger", "give the ledger of this environment, or say allow-undone: true", "allow-undone");
        }

        var undone = evidence.Programs.Where(program => !Runs(program)).SelectMany(program => program.TargetRecords
            .Where(record => record is { Kind: RecordKind.Release, State: RecordState.Undone } && IsSame(record, program, evidence.Version))
            .Select(record => $"record {record.Id} of {program.Name}, rolled back by {record.Facts.UndoneBy ?? "somebody"}")).ToList();
        return undone.Count == 0 ? GateResult.Met(Gate, expected, "none")
            : isUndoneAllowed ? GateResult.Met(Gate, "any release, because of allow-undone", string.Join("; ", undone))
            : GateResult.Unmet(Gate, expected, string.Join("; ", undone), "release a version that mends it, or say allow-undone: true", "allow-undone");
    }

    private static bool Runs(ProgramEvidence program) => program.Artifact is { } artifact && program.Target?.Holds(artifact.ExecutableHash) == true;

    private static bool IsSame(LedgerRecord record, ProgramEvidence program, SemVer version) =>
        (program.Artifact is { } artifact && (record.Facts.Sha256 == artifact.Sha256 || record.ExecutableHash == artifact.ExecutableHash))
        || SemVer.TryParse(record.Facts.Version)?.Precedence(version) == 0;

    /// <summary>The release that runs in the target. Where the chain was not asked, what the ledger says last; null when nobody knows.</summary>
    public static LedgerRecord? Running(IReadOnlyList<LedgerRecord> records, ChainState? chain) => chain is not null
        ? LedgerRules.Current(records, chain.ExecutableHash)
        : LedgerRules.Previous(records, null);

    private static LedgerRecord? Current(ProgramEvidence program) => Running(program.TargetRecords, program.Target);
}
