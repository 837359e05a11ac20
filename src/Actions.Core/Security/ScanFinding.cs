using System.Security.Cryptography;
using System.Text;
using Actions.Core.Faults;

namespace Actions.Core.Security;

/// <summary>One thing that is wrong at one place of the repository, found by us or by another tool.</summary>
/// <param name="Rule">The tool's name of what is wrong.</param>
/// <param name="Path">Relative to the repository.</param>
/// <param name="Line">From 1.</param>
/// <param name="Subject">What makes it the same finding in the next run: never a line number, never a secret.</param>
public sealed record ScanFinding(
    string Tool, string Rule, Severity Severity, ScanArea Area, string Path, int Line, string Expected, string Found, string Remedy, string Subject)
{
    public const string OwnTool = "security-scan";

    /// <summary>Which of several that are otherwise the same.</summary>
    public int Occurrence { get; init; }

    /// <summary>What waivers and reports call the rule: another tool's name stands before its own.</summary>
    public string FullRule => Tool == OwnTool ? Rule : $"{Tool}/{Rule}";

    /// <summary>16 hex characters that stay the same while lines move.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Tool}\n{Rule}\n{Path}\n{Subject}\n{Occurrence}")))[..16];

    /// <summary>Tells apart what is otherwise the same, in order.</summary>
    public static IReadOnlyList<ScanFinding> Numbered(IEnumerable<ScanFinding> findings)
    {
        var seen = new Dictionary<(string, string, string, string), int>();
        return [.. findings.Select(finding =>
        {
            var key = (finding.Tool, finding.Rule, finding.Path, finding.Subject);
            seen[key] = seen.GetValueOrDefault(key, -1) + 1;
            return finding with { Occurrence = seen[key] };
        })];
    }
}
