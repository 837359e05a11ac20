using System.Security.Cryptography;
using System.Text;
using Actions.Cli.VerifyProgram;

namespace Actions.Cli.Fleet;

/// <summary>A fleet's findings as SARIF: one analysis, each result at the line that declares what it is about.</summary>
internal static class FleetSarif
{
    /// <summary>Of GitHub's; ours says it in words.</summary>
    private const string GitHubs = "primaryLocationLineHash";

    private const string Ours = "findingId/v1";

    /// <param name="name">Of the fleet.</param>
    /// <param name="safe">Makes text fit to be written: no secret, no control characters, bounded.</param>
    public static byte[] Write(string name, IReadOnlyList<FleetFinding> findings, Func<string, int, string> safe) => SarifLog.Write(json => SarifLog.WriteRun(json, $"verify-program/fleet/{name}/", () =>
    {
        foreach (var finding in findings)
        {
            SarifLog.WriteResult(json, new SarifResult(
                finding.Kind, finding.Severity, safe($"{finding.Expected}; {finding.Found}; {finding.Remedy}", SarifLog.LongestText), finding.Place.File, finding.Place.Line,
                safe(finding.Subject, SarifLog.LongestText), [(GitHubs, Fingerprint(name, finding)), (Ours, safe(finding.Id, SarifLog.LongestText))])
            {
                Remedy = safe(finding.Remedy, SarifLog.LongestText),
            });
        }
    }));

    /// <summary>Of what is wrong and with what, not of the line: a fleet file that is sorted anew has the same alerts.</summary>
    private static string Fingerprint(string name, FleetFinding finding) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"fleet\n{name}\n{finding.Id}")))[..32];
}
