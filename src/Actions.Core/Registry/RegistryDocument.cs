using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Registry;

/// <summary>The registry as JSON: environment → program → what runs, and what ran before, newest first.</summary>
public static class RegistryDocument
{
    /// <summary>How much is remembered of a program, what runs included.</summary>
    public const int MostEntries = 20;

    private const int Schema = 1;

    /// <summary>The document with these programs as what runs in an environment; nothing else is touched.</summary>
    /// <param name="existing">What is there; empty for nothing.</param>
    /// <returns>The new text; the old one, reference-equal, when it says all of it already.</returns>
    public static Result<string> Merge(string existing, string environment, IReadOnlyList<RegistryEntry> entries)
    {
        if (!TryParse(existing, out var root))
        {
            return new Fault(FaultCodes.RegistryFailed, $"Expected a registry of schema {Schema}, or nothing", "found something else in its place (not shown)",
                "give the registry a place of its own; what is on chain is not deployed twice");
        }

        root["schema"] = Schema;
        var programs = Child(Child(root, "environments"), environment);
        var isChanged = false;
        foreach (var entry in entries)
        {
            isChanged |= Add(programs, entry);
        }

        return isChanged ? root.ToJsonString() : existing;
    }

    /// <returns>Whether that was news.</returns>
    private static bool Add(JsonObject programs, RegistryEntry entry)
    {
        var known = programs[entry.Program] as JsonObject;
        if (known is not null && Text(known, "program-id") == entry.Id.ToString() && Text(known, "executable-hash") == entry.ExecutableHash && Text(known, "version") == entry.Version)
        {
            return false;
        }

        var history = new JsonArray();
        if (known is not null)
        {
            var older = (known["history"] as JsonArray)?.Select(item => item?.DeepClone()).ToList() ?? [];
            known.Remove("history");
            foreach (var item in older.Prepend(known.DeepClone()).Take(MostEntries - 1))
            {
                history.Add(item);
            }
        }

        programs[entry.Program] = new JsonObject
        {
            ["program-id"] = entry.Id.ToString(),
            ["executable-hash"] = entry.ExecutableHash,
            ["sha256"] = entry.Sha256,
            ["version"] = entry.Version,
            ["slot"] = entry.Slot,
            ["time"] = UtcText.Iso(entry.Time),
            ["history"] = history,
        };
        return true;
    }

    private static bool TryParse(string text, out JsonObject root)
    {
        root = [];
        try
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                return true;
            }

            if (JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false }) is not JsonObject parsed)
            {
                return false;
            }

            root = parsed;
            return parsed.Count == 0 || (parsed["schema"] is JsonValue schema && schema.TryGetValue(out int number) && number == Schema && IsSound(parsed));
        }
        catch (Exception problem) when (problem is JsonException or DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Environments hold programs, and programs are objects.</summary>
    private static bool IsSound(JsonObject root) =>
        root["environments"] is null or JsonObject
        && (root["environments"] as JsonObject ?? []).All(environment => environment.Value is JsonObject programs && programs.All(program => program.Value is JsonObject));

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child)
        {
            return child;
        }

        var made = new JsonObject();
        parent[name] = made;
        return made;
    }

    private static string? Text(JsonObject entry, string name) => entry[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
