using System.Globalization;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Security.Reports;

/// <summary>A SARIF 2.1.0 file of another tool: what of it counts, and its runs to be written again.</summary>
public sealed class ForeignSarif : IDisposable
{
    public const int LongestFile = 64 * 1024 * 1024;

    private const int Deepest = 128;

    /// <summary>What GitHub takes of a file and of a run (https://docs.github.com/code-security/reference/code-scanning/sarif-support-for-code-scanning).</summary>
    private const int MostRuns = 20;

    private const int MostResults = 25_000;

    private readonly JsonDocument document;

    private ForeignSarif(string path, JsonDocument document, IReadOnlyList<ForeignRun> runs) => (Path, this.document, Runs) = (path, document, runs);

    public string Path { get; }

    public IReadOnlyList<ForeignRun> Runs { get; }

    /// <summary>Null, and why, for anything else.</summary>
    public static ForeignSarif? Read(string path, byte[] bytes, out string problem)
    {
        problem = "no JSON";
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0), new JsonDocumentOptions { MaxDepth = Deepest });
        }
        catch (JsonException)
        {
            return null;
        }

        problem = Complain(document.RootElement) ?? "";
        if (problem.Length > 0)
        {
            document.Dispose();
            return null;
        }

        return new ForeignSarif(path, document, [.. document.RootElement.List("runs").Select((run, index) => ForeignRun.Of(run, path, index))]);
    }

    public void Dispose() => document.Dispose();

    private static string? Complain(JsonElement root)
    {
        if (root.Word("version") != "2.1.0" || root.Member("runs", JsonValueKind.Array) is null)
        {
            return "no SARIF 2.1.0";
        }

        var runs = root.List("runs").ToList();
        return runs.Count > MostRuns ? $"more than {MostRuns} runs"
            : runs.Exists(run => ForeignRun.ToolOf(run) is null) ? "a run without the name of its tool"
            : runs.Exists(run => run.List("results").Any(result => result.ValueKind != JsonValueKind.Object || result.Member("message", JsonValueKind.Object) is null)) ? "a result without a message"
            : runs.Exists(run => run.List("results").Count() > MostResults) ? string.Create(CultureInfo.InvariantCulture, $"more than {MostResults} results")
            : null;
    }
}

/// <summary>One run of a tool.</summary>
/// <param name="Category">What tells it from other runs of the tool, the same in every scan.</param>
/// <param name="Results">In the file's order: the finding, or null for what is no finding.</param>
public sealed record ForeignRun(JsonElement Run, string Tool, string Category, IReadOnlyList<ScanFinding?> Results)
{
    private const int LongestText = 500;
    private const double High = 7.0;

    internal static ForeignRun Of(JsonElement run, string path, int index)
    {
        var tool = PlainText.Bound(PlainText.CleanLine(ToolOf(run)!), 100);
        var rules = new ForeignRules(run);
        return new ForeignRun(
            run, tool, string.Create(CultureInfo.InvariantCulture, $"security-scan/{tool.Replace('/', '-')}/{path}/{index}/"), [.. run.List("results").Select(result => Finding(result, tool, rules))]);
    }

    internal static string? ToolOf(JsonElement run) => run.Member("tool", JsonValueKind.Object)?.Member("driver", JsonValueKind.Object)?.Word("name");

    private static ScanFinding? Finding(JsonElement result, string tool, ForeignRules rules)
    {
        if (!ForeignResult.IsFinding(result))
        {
            return null;
        }

        var (rule, level) = rules.Of(result);
        if (level is null)
        {
            return null;
        }

        var place = result.List("locations").Select(location => location.Member("physicalLocation", JsonValueKind.Object)).FirstOrDefault(location => location is not null) ?? default;
        var region = place.Member("region", JsonValueKind.Object) ?? default;
        var line = region.Member("startLine", JsonValueKind.Number) is { } number && number.TryGetInt32(out var first) && first > 0 ? first : 1;
        var message = Shown(result.Member("message", JsonValueKind.Object)!.Value.Word("text") ?? rules.Message(result) ?? "what its rule says");
        var fingerprint = result.Named("partialFingerprints").Where(print => print.Value.ValueKind == JsonValueKind.String).Select(print => print.Value.GetString()).FirstOrDefault();
        return new ScanFinding(
            tool, rule, level.Value, ScanArea.Reports, Path(place.Member("artifactLocation", JsonValueKind.Object)?.Word("uri")), line, $"Expected {tool} to find nothing",
            $"found {rule}: {message}", "mend it, or waive it with a reason and a date", fingerprint ?? message);
    }

    /// <summary>Relative to the repository: tools write what they were started with.</summary>
    private static string Path(string? uri)
    {
        var text = Shown(Uri.UnescapeDataString(uri ?? "?"));
        text = text.StartsWith("file://", StringComparison.Ordinal) ? text["file://".Length..] : text;
        return text.StartsWith("/github/workspace/", StringComparison.Ordinal) ? text["/github/workspace/".Length..] : text.StartsWith("./", StringComparison.Ordinal) ? text[2..] : text;
    }

    private static string Shown(string text) => PlainText.ShortLine(text, LongestText);

    /// <summary>The rules of a run by id.</summary>
    private sealed class ForeignRules
    {
        private readonly List<JsonElement> inOrder;
        private readonly Dictionary<string, JsonElement> byId = new(StringComparer.Ordinal);

        public ForeignRules(JsonElement run)
        {
            var tool = run.Member("tool", JsonValueKind.Object)!.Value;
            inOrder = [.. tool.Member("driver", JsonValueKind.Object)!.Value.List("rules")];
            foreach (var rule in inOrder.Concat(tool.List("extensions").SelectMany(extension => extension.List("rules"))))
            {
                byId.TryAdd(rule.Word("id") ?? "", rule);
            }
        }

        /// <summary>Its name, and how it weighs: null for a note. A rating from 0 to 10 says more than a level, which many tools leave at its default.</summary>
        public (string Id, Severity? Level) Of(JsonElement result)
        {
            var rule = RuleOf(result);
            var id = Shown(result.Word("ruleId") ?? rule.Word("id") ?? "a rule without a name");
            var properties = rule.Member("properties", JsonValueKind.Object) ?? default;
            var rated = (result.Member("properties", JsonValueKind.Object) ?? default).Word("security-severity") ?? properties.Word("security-severity");
            if (double.TryParse(rated, NumberStyles.Float, CultureInfo.InvariantCulture, out var rating))
            {
                return (id, rating >= High ? Severity.Error : rating > 0 ? Severity.Warning : null);
            }

            var level = result.Word("level") ?? (rule.Member("defaultConfiguration", JsonValueKind.Object) ?? default).Word("level") ?? "warning";
            return (id, level switch { "error" => Severity.Error, "warning" => Severity.Warning, _ => null });
        }

        /// <summary>Where a result only names one of its rule's texts.</summary>
        public string? Message(JsonElement result)
        {
            var rule = RuleOf(result);
            var strings = rule.Member("messageStrings", JsonValueKind.Object);
            return result.Member("message", JsonValueKind.Object)!.Value.Word("id") is { } id ? strings?.Member(id, JsonValueKind.Object)?.Word("text") : rule.Member("shortDescription", JsonValueKind.Object)?.Word("text");
        }

        private JsonElement RuleOf(JsonElement result)
        {
            if (result.Word("ruleId") is { } id && byId.TryGetValue(id, out var known))
            {
                return known;
            }

            var index = result.Member("ruleIndex", JsonValueKind.Number) ?? (result.Member("rule", JsonValueKind.Object) ?? default).Member("index", JsonValueKind.Number);
            return index is { } number && number.TryGetInt32(out var at) && at >= 0 && at < inOrder.Count ? inOrder[at] : default;
        }
    }
}
