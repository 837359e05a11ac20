using System.Globalization;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.Fleet;

/// <summary>What a run over a fleet found: snapshot, outputs, annotations and summary. Pure.</summary>
internal sealed class FleetReport(FleetInputs inputs, FleetEvidence evidence, FleetJudge judge)
{
    /// <summary>A job's page is limited; the report lists all of them.</summary>
    private const int MostRows = 200;

    private readonly HashSet<FleetSnapshotFinding> before = [.. evidence.Known?.All ?? []];

    public IReadOnlyList<FleetFinding> Findings { get; } = judge.Judge();

    public IEnumerable<Fault> Faults => Findings.Select(finding => finding.ToFault(inputs.FailOn));

    private bool IsPositive => !Findings.Any(finding => inputs.FailOn.Refutes(finding.Severity));

    private int New => Findings.Count(IsNew);

    private int Resolved => before.Except(Findings.Select(Entry)).Count();

    public FleetSnapshot Snapshot()
    {
        var ofPrograms = Findings.Where(finding => finding.IsOfProgram).ToLookup(finding => finding.Subject, finding => finding.Kind.Id, StringComparer.Ordinal);
        return new FleetSnapshot(
            inputs.Programs.OrderBy(program => program.Name, StringComparer.Ordinal).ToDictionary(program => program.Name, program => Entry(program, [.. ofPrograms[program.Name].Order(StringComparer.Ordinal)])),
            [.. Findings.Where(finding => !finding.IsOfProgram).Select(Entry).Distinct().OrderBy(entry => entry.Subject, StringComparer.Ordinal).ThenBy(entry => entry.Finding, StringComparer.Ordinal)],
            judge.BufferSlots());
    }

    public OutputSet Outputs() => new OutputSet()
        .Set("verified", IsPositive)
        .Set("findings", Number(Findings.Count))
        .Set("new-findings", Number(New))
        .Set("resolved-findings", Number(Resolved))
        .Set("stale-lamports", judge.StaleLamports())
        .Set("programs-read", Number(evidence.Clusters.Values.Sum(cluster => cluster.BytesRead)))
        .Set("results", ResultsJson.Of([.. inputs.Programs.Select(program => (program.Name, OutputsOf(program)))]));

    public Markdown Summary()
    {
        var summary = new Markdown().Paragraph(Headline());
        summary.Table(
            ["Cluster", "Programs", "Bytes read", "Seen at", "Genesis hash"],
            evidence.Clusters.Values.Select(cluster => new Inline[]
            {
                cluster.Cluster.ToString(), Number(cluster.Programs.Count), Number(cluster.BytesRead), $"slot {cluster.Slot.ToString(CultureInfo.InvariantCulture)}", Inline.Code(cluster.GenesisHash),
            }));
        if (Findings.Count > 0)
        {
            summary.Heading(3, "Findings").Table(["Finding", "Severity", "Since", "Declared at", "What was found"], Findings.OrderBy(finding => finding.Severity).Take(MostRows).Select(Row));
        }

        return Findings.Count > MostRows ? summary.Paragraph($"And {Number(Findings.Count - MostRows)} more: the report lists all of them.") : summary;
    }

    private Inline[] Headline() =>
    [
        Inline.Strong(IsPositive ? Findings.Count == 0 ? "Verified:" : "Verified, with warnings:" : "Not verified:"),
        $" {Number(inputs.Programs.Count)} programs of the fleet {inputs.Name}, {Number(Findings.Count)} findings",
        evidence.Known is null ? " in the first run." : $": {Number(New)} new, {Number(Resolved)} gone since the last run.",
    ];

    private Inline[] Row(FleetFinding finding) =>
    [
        Inline.Code(finding.Kind.Id), finding.Severity == Severity.Error ? "error" : "warning", IsNew(finding) ? Inline.Strong("new") : "before", $"{finding.Place.File}:{Number(finding.Place.Line)}",
        $"{finding.Subject}: {finding.Found}",
    ];

    private bool IsNew(FleetFinding finding) => !before.Contains(Entry(finding));

    private static FleetSnapshotFinding Entry(FleetFinding finding) => new(finding.Kind.Id, finding.Subject);

    private FleetSnapshotProgram Entry(FleetProgram program, IReadOnlyList<string> findings)
    {
        var sight = evidence.SightOf(program);
        var entry = new FleetSnapshotProgram(evidence.Clusters[program.Cluster].GenesisHash, program.Id.ToString(), findings);
        return sight is not { Facts: { } facts, IsSettled: true } ? entry : entry with
        {
            Slot = sight.Slot,
            ExecutableHash = facts.ExecutableHash,
            SbpfVersion = facts.SbpfVersion,
            SecurityTxt = facts.SecurityTxt,
            Claim = Claim(program, sight),
        };
    }

    /// <summary>Only what history said: that a claim was made for the program's last change, the claim says itself.</summary>
    private FleetSnapshotClaim? Claim(FleetProgram program, ProgramSight sight) =>
        evidence.Clusters[program.Cluster].Claims.GetValueOrDefault(program.Id) is { IsHistoryKnown: true, Claim: { } claim } known && claim.DeploySlot < sight.Slot
            ? new FleetSnapshotClaim(sight.Authority!.Value.ToString(), known.UpgradedAfter)
            : null;

    private IEnumerable<KeyValuePair<string, string>> OutputsOf(FleetProgram program)
    {
        var (sight, own) = (evidence.SightOf(program), Findings.Where(finding => finding.IsOfProgram && finding.Subject == program.Name).ToList());
        yield return new("verified", own.Exists(finding => inputs.FailOn.Refutes(finding.Severity)) ? "false" : "true");
        yield return new("executable-hash", sight.Facts?.ExecutableHash ?? "");
        yield return new("upgrade-authority", sight.Ended is null ? sight.Authority?.ToString() ?? "none" : "");
        yield return new("slot", sight.Ended is null ? sight.Slot.ToString(CultureInfo.InvariantCulture) : "");
        yield return new("findings", Number(own.Count));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
