using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.VerifyProgram;

/// <summary>The findings as SARIF 2.1.0, for GitHub's code scanning.</summary>
/// <param name="Environment">Names the analysis: each environment and program has alerts of its own.</param>
/// <param name="GenesisHash">What the cluster really is.</param>
/// <param name="ProgramId">What the findings are about.</param>
/// <param name="File">The file of the repository that alerts are shown at: code scanning knows no other place.</param>
public sealed record VerifySarif(string Environment, string GenesisHash, Address ProgramId, string File)
{
    /// <summary>The workflow that asked, when there is one: it is in the repository, which what was built seldom is.</summary>
    public static string FileOf(RunnerEnvironment environment, VerifyRequest request) =>
        environment.WorkflowFile is { Length: > 0 } workflow ? workflow : request.Bytes is { Input: not "expected-hash" and not "", Source: [not '/', ..] source } ? source : "solana-release.yml";

    /// <param name="analyses">One each for every program: the findings become one result each, and none closes the alerts of earlier runs.</param>
    /// <param name="safe">Makes text fit to be written: no secret, no control characters, bounded.</param>
    public static byte[] Write(IEnumerable<(VerifySarif Analysis, IReadOnlyList<Finding> Findings)> analyses, Func<string, int, string> safe)
    {
        return SarifLog.Write(json =>
        {
            foreach (var (analysis, findings) in analyses)
            {
                analysis.WriteRun(json, findings, safe);
            }
        });
    }

    private void WriteRun(Utf8JsonWriter json, IReadOnlyList<Finding> findings, Func<string, int, string> safe) =>
        SarifLog.WriteRun(json, $"verify-program/{safe(Environment, SarifLog.LongestText)}/{ProgramId}/", () =>
        {
            foreach (var finding in findings)
            {
                SarifLog.WriteResult(json, new SarifResult(
                    finding.Kind, finding.Severity, safe($"{finding.Expected}; {finding.Found}; {finding.Remedy}", SarifLog.LongestText), File, 1, ProgramId.ToString(), [("primaryLocationLineHash", Fingerprint(finding))]));
            }
        });

    /// <summary>Of what is wrong and where, not of what was found: the same finding of the next run is the same alert.</summary>
    private string Fingerprint(Finding finding) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{finding.Kind.Id}\n{finding.Input}\n{Environment}\n{GenesisHash}\n{ProgramId}")))[..32];
}
