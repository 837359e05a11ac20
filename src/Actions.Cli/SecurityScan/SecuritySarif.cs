using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Security;
using Actions.Core.Security.Reports;

namespace Actions.Cli.SecurityScan;

/// <summary>One SARIF file of the scan's own findings and of the runs of other tools, each under its own name. What is waived is there as suppressed.</summary>
internal static class SecuritySarif
{
    private static readonly SarifTool Tool = new("solana-actions security-scan", [.. SecurityRules.All.Select(Kind)], "docs/security-scan.md");

    /// <param name="safe">Makes text fit to be written: no secret, no control characters, bounded.</param>
    public static byte[] Write(ScanEvidence evidence, ScanVerdict verdict, Func<string, int, string> safe)
    {
        var waived = verdict.Waived.ToDictionary(pair => pair.Finding, pair => safe(pair.Waiver.Reason, SarifLog.LongestText));
        var kinds = Tool.Kinds.ToDictionary(kind => kind.Id, StringComparer.Ordinal);
        // The numbers of those that are otherwise the same were given over all of them, in this order.
        var numbered = new Queue<ScanFinding>(ScanFinding.Numbered(evidence.Reports.SelectMany(report => report.Runs).SelectMany(run => run.Results).OfType<ScanFinding>()));
        return SarifLog.Write(json =>
        {
            SarifLog.WriteRun(json, "security-scan/", () =>
            {
                foreach (var finding in verdict.Open.Concat(waived.Keys).Where(finding => finding.Tool == ScanFinding.OwnTool))
                {
                    SarifLog.WriteResult(json, new SarifResult(
                        kinds[finding.Rule], finding.Severity, safe($"{finding.Expected}; {finding.Found}; {finding.Remedy}", SarifLog.LongestText), finding.Path, finding.Line, finding.Area.ToString(),
                        [("primaryLocationLineHash", finding.Id), ("findingId/v1", finding.Id)]) { Waived = waived.GetValueOrDefault(finding) }, Tool);
                }
            }, Tool);
            foreach (var run in evidence.Reports.SelectMany(report => report.Runs))
            {
                SarifCopy.Write(json, run, _ => waived.GetValueOrDefault(numbered.Dequeue()));
            }
        });
    }

    private static FindingKind Kind(SecurityRule rule) => new(rule.Id, rule.Severity, rule.Meaning, FaultCodes.FindingsOpen);
}
