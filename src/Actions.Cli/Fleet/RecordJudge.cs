using System.Globalization;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.Ledger;
using Actions.Core.Runner;

namespace Actions.Cli.Fleet;

/// <summary>Compares what runs with what was recorded, and what was recorded with what is stored. Pure.</summary>
internal sealed class RecordJudge(FleetProgram program, ProgramSight sight, FleetEvidence evidence)
{
    private readonly IReadOnlyList<LedgerRecord> records = evidence.RecordsOf(program);

    private bool IsExpectedOtherwise => program.ExpectedHash is not null || program.Release is not null;

    /// <summary>How long a standby is kept when continue has not said until when: its own default.</summary>
    private static readonly TimeSpan Hypercare = TimeSpan.FromHours(24);

    public IEnumerable<FleetFinding> Judge() => [.. OfWhatRuns(), .. Standbys()];

    private IEnumerable<FleetFinding> Standbys() =>
        from standby in records
        where standby is { IsStandby: true, State: RecordState.Pending }
        let end = standby.Facts.Until ?? LedgerRules.EndOf(standby, records, Hypercare)
        where end < evidence.Now
        select Of(
            FindingKinds.StandbyOpen, Severity.Warning, $"Expected the standby {standby.Id} of {program.Id} in {program.Environment} to be taken away after hypercare", "found its record pending, and its time over",
            "run continue, and let the members sign what its summary says");

    private IEnumerable<FleetFinding> OfWhatRuns()
    {
        if (evidence.Records is null)
        {
            return [];
        }

        var newest = records.Where(record => record is { State: RecordState.Succeeded, WentLive: not null }).MaxBy(record => record.WentLive);
        if (newest is null)
        {
            return IsExpectedOtherwise && records.Count == 0 ? [] : [Of(
                FindingKinds.RecordMissing, Severity.Warning, $"Expected a record of how {program.Id} came to {program.Environment}", "found none that succeeded",
                "release it with solana-deploy, which adopts what already runs; or say expected-hash or release")];
        }

        var hash = HashOf(newest);
        if (hash is not null && hash != sight.Facts!.ExecutableHash)
        {
            return [Of(
                FindingKinds.RecordMismatch, Severity.Error, $"Expected what the newest record of {program.Id} in {program.Environment} says: {Version(newest)}, executable hash {hash}",
                $"found executable hash {sight.Facts.ExecutableHash}, deployed or extended in slot {sight.Slot.ToString(CultureInfo.InvariantCulture)}{Known()}",
                "find out who deployed and from what; then redeploy, or record it with solana-deploy")];
        }

        return LedgerRules.Current(records, sight.Facts!.ExecutableHash) is { } current && Artifact(current) is { } finding ? [finding] : [];
    }

    /// <summary>The build that a record speaks of must be in the store, for it is what a rollback would bring back.</summary>
    private FleetFinding? Artifact(LedgerRecord current)
    {
        if (FleetEvidenceReader.BuildOf(current) is not { } build)
        {
            return null;
        }

        var manifest = evidence.Manifests.GetValueOrDefault(build);
        var expected = $"Expected the build of {Version(current)}, which runs in {program.Environment}, in the store";
        return manifest is null ? Of(FindingKinds.ArtifactMissing, Severity.Error, expected, "found no such version", "store it again with promote-artifact: without it nobody can go back to it")
            : FleetEvidence.ArtifactOf(manifest, current) is not null ? null
            : Of(
                FindingKinds.ArtifactMismatch, Severity.Error, $"{expected}, executable hash {current.ExecutableHash}", "found a manifest of that version that lists other bytes",
                "find out who changed the store or the ledger, then restore it from a copy you trust");
    }

    private string Known() => LedgerRules.Current(records, sight.Facts!.ExecutableHash) is { } earlier ? $", the bytes of {Version(earlier)}" : ", which no record knows";

    private string? HashOf(LedgerRecord record) =>
        record.ExecutableHash ?? records.FirstOrDefault(release => release.Id == record.Facts.Restores)?.ExecutableHash;

    private static string Version(LedgerRecord record) => record.Facts is { Name: { } name, Version: { } version }
        ? $"{PlainText.Bound(PlainText.CleanLine(name), 100)} {PlainText.Bound(PlainText.CleanLine(version), 100)}" : $"the {(record.Kind == RecordKind.Rollback ? "rollback" : "release")} {record.Id}";

    private FleetFinding Of(FindingKind kind, Severity severity, string expected, string found, string remedy) =>
        new(kind, severity, program.Name, program.Place, expected, found, remedy, IsOfProgram: true);
}
