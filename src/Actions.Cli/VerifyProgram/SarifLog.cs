using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Security.Reports;

namespace Actions.Cli.VerifyProgram;

/// <summary>The parts of a SARIF 2.1.0 file that are the same whatever was verified.</summary>
internal static class SarifLog
{
    public const int LongestText = 2_000;

    private static readonly SarifTool Ours = new("solana-actions verify-program", FindingKinds.All, "docs/findings.md");

    public static byte[] Write(Action<Utf8JsonWriter> runs)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            runs(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <param name="json">Where to.</param>
    /// <param name="id">Names the analysis: what one of the same name found before, and this one does not, is closed.</param>
    /// <param name="results">Writes them.</param>
    /// <param name="tool">Whose they are; verify-program's by default.</param>
    public static void WriteRun(Utf8JsonWriter json, string id, Action results, SarifTool? tool = null)
    {
        json.WriteStartObject();
        WriteTool(json, tool ?? Ours);
        json.WriteStartObject("automationDetails");
        json.WriteString("id", id);
        json.WriteEndObject();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        results();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteResult(Utf8JsonWriter json, SarifResult result, SarifTool? tool = null)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", result.Kind.Id);
        json.WriteNumber("ruleIndex", (tool ?? Ours).IndexOf(result.Kind));
        json.WriteString("level", Level(result.Severity));
        WriteText(json, "message", result.Message);
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", Uri.EscapeDataString(result.File).Replace("%2F", "/", StringComparison.Ordinal));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", result.Line);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        json.WriteString("name", result.Subject);
        json.WriteString("kind", "resource");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        foreach (var (name, value) in result.Fingerprints)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        if (result.Remedy is { } remedy)
        {
            // The message ends with it; here it stands alone, for those that show it apart.
            json.WriteStartObject("properties");
            json.WriteString("remedy", remedy);
            json.WriteEndObject();
        }

        if (result.Waived is { } reason)
        {
            SarifCopy.Suppress(json, reason);
        }

        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, SarifTool tool)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", tool.Name);
        json.WriteString("semanticVersion", typeof(SarifLog).Assembly.GetName().Version?.ToString(3));
        json.WriteStartArray("rules");
        foreach (var kind in tool.Kinds)
        {
            json.WriteStartObject();
            json.WriteString("id", kind.Id);
            WriteText(json, "shortDescription", kind.Meaning);
            WriteText(json, "fullDescription", kind.Meaning);
            WriteText(json, "help", $"{kind.Meaning} See {tool.Document}.");
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

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static string Level(Severity severity) => severity == Severity.Error ? "error" : "warning";
}

/// <summary>A finding as an alert.</summary>
/// <param name="Message">Fit to be written.</param>
/// <param name="File">The file of the repository that it is shown at.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Fingerprints">What makes it the same alert in the next run.</param>
internal sealed record SarifResult(
    FindingKind Kind, Severity Severity, string Message, string File, int Line, string Subject, IReadOnlyList<(string Name, string Value)> Fingerprints)
{
    /// <summary>What to do; null where only the message says it.</summary>
    public string? Remedy { get; init; }

    /// <summary>Why it does not count; null for one that does.</summary>
    public string? Waived { get; init; }
}

/// <summary>Whose findings they are.</summary>
/// <param name="Kinds">Every rule it has, in the order they are listed.</param>
/// <param name="Document">Where they are explained.</param>
internal sealed record SarifTool(string Name, IReadOnlyList<FindingKind> Kinds, string Document)
{
    private readonly Dictionary<string, int> indices = Kinds.Select((kind, index) => (kind.Id, index)).ToDictionary(kind => kind.Id, kind => kind.index, StringComparer.Ordinal);

    public int IndexOf(FindingKind kind) => indices[kind.Id];
}
