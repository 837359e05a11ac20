using System.Text.Json;

namespace Actions.Core.Smoke;

/// <summary>Reads k6's JSON summary: that of `handleSummary`, and that of `--summary-export`.</summary>
public static class K6Result
{
    private const int MostDepth = 32;

    /// <summary>Null when it is no such summary.</summary>
    public static ImportedResult? Read(byte[] file)
    {
        try
        {
            using var document = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = MostDepth });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("metrics", out var metrics) || metrics.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var (thresholds, crossed) = Thresholds(metrics);
            var (checks, broken) = root.TryGetProperty("root_group", out var group) ? Checks(group) : (0, []);
            // Thresholds are what a k6 script fails by; checks are only counted, unless there is nothing else to go by.
            return new ImportedResult(thresholds + checks, thresholds > 0 ? crossed : broken);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static (int Count, List<string> Crossed) Thresholds(JsonElement metrics)
    {
        var count = 0;
        var crossed = new List<string>();
        foreach (var metric in metrics.EnumerateObject().Where(metric => metric.Value.ValueKind == JsonValueKind.Object))
        {
            if (!metric.Value.TryGetProperty("thresholds", out var thresholds) || thresholds.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            foreach (var threshold in thresholds.EnumerateObject())
            {
                count++;
                if (!IsMet(threshold.Value))
                {
                    crossed.Add($"{metric.Name}: {threshold.Name}");
                }
            }
        }

        return (count, crossed);
    }

    /// <summary>An object's `ok` decides; a bare boolean is the older format, where true says that the threshold was crossed.</summary>
    private static bool IsMet(JsonElement threshold) => threshold.ValueKind switch
    {
        JsonValueKind.Object => threshold.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True,
        JsonValueKind.False => true,
        _ => false,
    };

    private static (int Count, List<string> Broken) Checks(JsonElement group)
    {
        var count = 0;
        var broken = new List<string>();
        foreach (var check in Members(group, "checks"))
        {
            var (passes, fails) = (Number(check, "passes"), Number(check, "fails"));
            count += passes + fails > 0 ? 1 : 0;
            if (fails > 0)
            {
                broken.Add(check.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "a check");
            }
        }

        foreach (var inner in Members(group, "groups").Select(Checks))
        {
            count += inner.Count;
            broken.AddRange(inner.Broken);
        }

        return (count, broken);
    }

    /// <summary>A list in the newer summary, an object by name in the older one.</summary>
    private static IEnumerable<JsonElement> Members(JsonElement group, string name)
    {
        if (group.ValueKind != JsonValueKind.Object || !group.TryGetProperty(name, out var members))
        {
            return [];
        }

        var items = members.ValueKind switch
        {
            JsonValueKind.Array => members.EnumerateArray().ToList(),
            JsonValueKind.Object => members.EnumerateObject().Select(member => member.Value).ToList(),
            _ => [],
        };
        return items.Where(item => item.ValueKind == JsonValueKind.Object);
    }

    private static double Number(JsonElement check, string name) =>
        check.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : 0;
}
