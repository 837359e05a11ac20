using Actions.Core.Security;
using Actions.Core.Security.Reports;

namespace Actions.Cli.SecurityScan;

/// <summary>What a scan looked at, and what it found there.</summary>
internal sealed class ScanEvidence : IDisposable
{
    private readonly List<ScanFinding> findings = [];
    private readonly List<(string Source, ScanArea Area, string? Tool, string LookedAt)> sources = [];

    /// <summary>Ours, each once; those of other tools are in their reports.</summary>
    public IReadOnlyList<ScanFinding> Own => ScanFinding.Numbered(findings);

    public List<ForeignSarif> Reports { get; } = [];

    /// <summary>What a person should know of how far the scan saw.</summary>
    public List<string> Notes { get; } = [];

    public IReadOnlyList<(string Source, ScanArea Area, string? Tool, string LookedAt)> Sources => sources;

    public void Add(IEnumerable<ScanFinding> found) => findings.AddRange(found);

    /// <param name="lookedAt">How much, for people.</param>
    public void LookedAt(ScanArea area, string lookedAt) => sources.Add((area.ToString(), area, null, lookedAt));

    public void Add(ForeignSarif report)
    {
        Reports.Add(report);
        sources.AddRange(report.Runs.Select(run => (run.Tool, ScanArea.Reports, (string?)run.Tool, report.Path)));
    }

    public void Dispose() => Reports.ForEach(report => report.Dispose());
}
