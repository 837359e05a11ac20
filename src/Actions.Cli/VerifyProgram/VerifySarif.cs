using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Actions.Core.Faults;
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
    private const int LongestText = 2_000;

    /// <summary>The workflow that asked, when there is one: it is in the repository, which what was built seldom is.</summary>
    public static string FileOf(RunnerEnvironment environment, VerifyRequest request)
    {
        // owner/repository/.github/workflows/verify.yml@refs/heads/main
        var workflow = environment.WorkflowRef is { } reference && environment.Repository is { } repository && reference.StartsWith($"{repository}/", StringComparison.Ordinal)
            ? reference[(repository.Length + 1)..].Split('@')[0]
            : "";
        return workflow.Length > 0 ? workflow : request.Bytes is { Input: not "expected-hash" and not "", Source: [not '/', ..] source } ? source : "solana-release.yml";
    }

    /// <param name="analyses">One each for every program: the findings become one result each, and none closes the alerts of earlier runs.</param>
    /// <param name="safe">Makes text fit to be written: no secret, no control characters, bounded.</param>
    public static byte[] Write(IEnumerable<(VerifySarif Analysis, IReadOnlyList<Finding> Findings)> analyses, Func<string, int, string> safe)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            foreach (var (analysis, findings) in analyses)
            {
                analysis.WriteRun(json, findings, safe);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private void WriteRun(Utf8JsonWriter json, IReadOnlyList<Finding> findings, Func<string, int, string> safe)
    {
        json.WriteStartObject();
        WriteTool(json);
        json.WriteStartObject("automationDetails");
        json.WriteString("id", $"verify-program/{safe(Environment, LongestText)}/{ProgramId}/");
        json.WriteEndObject();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        foreach (var finding in findings)
        {
            WriteResult(json, finding, safe);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "solana-actions verify-program");
        json.WriteString("semanticVersion", typeof(VerifySarif).Assembly.GetName().Version?.ToString(3));
        json.WriteStartArray("rules");
        foreach (var kind in FindingKinds.All)
        {
            json.WriteStartObject();
            json.WriteString("id", kind.Id);
            WriteText(json, "shortDescription", kind.Meaning);
            WriteText(json, "fullDescription", kind.Meaning);
            WriteText(json, "help", $"{kind.Meaning} See docs/findings.md.");
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", Level(kind.Severity ?? Severity.Warning));
            json.WriteEndObject();
            json.WriteStartObject("properties");
            json.WriteStartArray("tags");
            json.WriteStringValue("security");
            json.WriteStringValue("solana");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteResult(Utf8JsonWriter json, Finding finding, Func<string, int, string> safe)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Kind.Id);
        json.WriteNumber("ruleIndex", FindingKinds.All.ToList().IndexOf(finding.Kind));
        json.WriteString("level", Level(finding.Severity));
        WriteText(json, "message", safe($"{finding.Expected}; {finding.Found}; {finding.Remedy}", LongestText));
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", Uri.EscapeDataString(File).Replace("%2F", "/", StringComparison.Ordinal));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", 1);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        json.WriteString("name", ProgramId.ToString());
        json.WriteString("kind", "resource");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("primaryLocationLineHash", Fingerprint(finding));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Of what is wrong and where, not of what was found: the same finding of the next run is the same alert.</summary>
    private string Fingerprint(Finding finding) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{finding.Kind.Id}\n{finding.Input}\n{Environment}\n{GenesisHash}\n{ProgramId}")))[..32];

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static string Level(Severity severity) => severity == Severity.Error ? "error" : "warning";
}
