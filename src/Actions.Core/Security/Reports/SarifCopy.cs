using System.Text.Json;

namespace Actions.Core.Security.Reports;

/// <summary>Writes the run of another tool again: its name, its rules, its results, and none of the source that it quotes.</summary>
public static class SarifCopy
{
    /// <summary>What a reader of alerts needs. What is left out may hold the environment of a run, or whole files.</summary>
    private static readonly string[] Kept = ["tool", "language", "columnKind", "originalUriBaseIds", "artifacts", "taxonomies", "logicalLocations", "threadFlowLocations", "defaultSourceLanguage"];

    /// <summary>Source as it stands there; in the results of a search for secrets it is the secret.</summary>
    private static readonly string[] Quoted = ["snippet", "contextRegion", "contents"];

    /// <param name="json">Where to.</param>
    /// <param name="waived">Why a finding does not count; null for one that does.</param>
    public static void Write(Utf8JsonWriter json, ForeignRun run, Func<ScanFinding, string?> waived)
    {
        json.WriteStartObject();
        foreach (var property in run.Run.EnumerateObject().Where(property => Kept.Contains(property.Name)))
        {
            json.WritePropertyName(property.Name);
            Copy(json, property.Value);
        }

        json.WriteStartObject("automationDetails");
        json.WriteString("id", run.Category);
        json.WriteEndObject();
        json.WriteStartArray("results");
        var index = 0;
        foreach (var result in run.Run.TryGetProperty("results", out var results) && results.ValueKind == JsonValueKind.Array ? results.EnumerateArray() : [])
        {
            Result(json, result, run.Results[index++] is { } finding ? waived(finding) : null);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>`suppressions` of a result: a waiver, and why.</summary>
    public static void Suppress(Utf8JsonWriter json, string reason)
    {
        json.WriteStartArray("suppressions");
        json.WriteStartObject();
        json.WriteString("kind", "external");
        json.WriteString("status", "accepted");
        json.WriteString("justification", reason);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Result(Utf8JsonWriter json, JsonElement result, string? reason)
    {
        json.WriteStartObject();
        foreach (var property in result.EnumerateObject().Where(property => !Quoted.Contains(property.Name) && (reason is null || property.Name != "suppressions")))
        {
            json.WritePropertyName(property.Name);
            Copy(json, property.Value);
        }

        if (reason is not null)
        {
            Suppress(json, reason);
        }

        json.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in value.EnumerateObject().Where(property => !Quoted.Contains(property.Name)))
                {
                    json.WritePropertyName(property.Name);
                    Copy(json, property.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Copy(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
