using System.Text.Json;
using System.Text.RegularExpressions;
using Actions.Core.Security.Reports;

namespace Actions.Core.Notify;

/// <summary>Reads the findings of a SARIF 2.1.0 file, whoever wrote it.</summary>
public static partial class SarifFindings
{
    public const int LongestFile = 16 * 1024 * 1024;

    private const int MostFindings = 25_000;
    private const int LongestId = 200;
    private const int LongestText = 1_000;
    private const int LongestPath = 300;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 32 };

    /// <summary>The worst first, and by their ids; null for what is no SARIF file.</summary>
    /// <param name="safe">Makes a text fit to leave the job: without secrets and control characters, of so many characters at most.</param>
    public static IReadOnlyList<KeptFinding>? Read(ReadOnlyMemory<byte> file, Func<string, int, string> safe)
    {
        try
        {
            using var document = JsonDocument.Parse(file, Reading);
            var root = document.RootElement;
            return Text(root, "version") != "2.1.0" ? null : [.. root.GetProperty("runs").EnumerateArray().SelectMany<JsonElement, JsonElement>(run => Results(run))
                .Where(ForeignResult.IsFinding).Take(MostFindings).Select(result => Of(result, safe))
                .OrderBy(finding => finding.Level).ThenBy(finding => finding.Id, StringComparer.Ordinal)];
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static JsonElement.ArrayEnumerator Results(JsonElement run) => run.TryGetProperty("results", out var results) ? results.EnumerateArray() : default;

    private static KeptFinding Of(JsonElement result, Func<string, int, string> safe)
    {
        var rule = safe(Text(result, "ruleId") ?? "finding", LongestId);
        var (file, line) = Place(result);
        var text = safe(Text(result.GetProperty("message"), "text") ?? "", LongestText);
        var remedy = result.TryGetProperty("properties", out var more) && Text(more, "remedy") is { } said ? safe(said, LongestText) : null;
        var id = result.TryGetProperty("partialFingerprints", out var prints) ? Text(prints, "findingId/v1") : null;
        return new KeptFinding(
            safe(id ?? $"{rule}/{file}:{line}", LongestId), rule,
            Text(result, "level") switch { "error" => FindingLevel.Error, "note" or "none" => FindingLevel.Note, _ => FindingLevel.Warning },
            remedy is { Length: > 0 } && text.EndsWith($"; {remedy}", StringComparison.Ordinal) ? text[..^(remedy.Length + 2)] : text, remedy, file, line);
    }

    private static (string? File, int Line) Place(JsonElement result)
    {
        if (!result.TryGetProperty("locations", out var locations) || locations.GetArrayLength() == 0 || !locations[0].TryGetProperty("physicalLocation", out var place))
        {
            return (null, 0);
        }

        var uri = place.TryGetProperty("artifactLocation", out var artifact) ? Text(artifact, "uri") : null;
        var line = place.TryGetProperty("region", out var region) && region.TryGetProperty("startLine", out var start) ? start.GetInt32() : 1;
        return uri is { Length: <= LongestPath } && Path().IsMatch(uri) && !uri.Split('/').Any(part => part is ".." or "." or "") ? (uri, Math.Max(line, 1)) : (null, 0);
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Inside the repository, so that a link to it leads nowhere else.</summary>
    [GeneratedRegex(@"\A(?:[A-Za-z0-9._~+@,=/-]|%[0-9A-Fa-f]{2})+\z")]
    private static partial Regex Path();
}
