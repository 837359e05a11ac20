using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Security.Audits;

/// <summary>What an ecosystem's audit says of one lock file. Pure.</summary>
public static class AuditFile
{
    public const int LongestFile = 32 * 1024 * 1024;

    private const int Deepest = 64;
    private const int Most = 2_000;

    private static readonly Dictionary<string, Ecosystem> Known = new(StringComparer.Ordinal)
    {
        ["package-lock.json"] = new("npm audit --json", NpmAudit.Read),
        ["npm-shrinkwrap.json"] = new("npm audit --json", NpmAudit.Read),
        ["pnpm-lock.yaml"] = new("pnpm audit --json", NpmAudit.ReadAdvisories),
        ["yarn.lock"] = new("yarn audit --json", YarnAudit.Read) { IsLines = true },
        ["Cargo.lock"] = new("cargo audit --json", CargoAudit.Read),
        ["packages.lock.json"] = new("dotnet list package --vulnerable --include-transitive --format json", DotnetAudit.Read),
    };

    public static bool IsLockFile(string path) => Known.ContainsKey(Path.GetFileName(path));

    /// <param name="lockFile">As it is shown.</param>
    /// <param name="audit">What the tool wrote; null when there is nothing.</param>
    public static IReadOnlyList<ScanFinding> Read(string lockFile, byte[]? audit)
    {
        var ecosystem = Known[Path.GetFileName(lockFile)];
        if (audit is null)
        {
            return [Missing(lockFile, $"found none of `{ecosystem.Command}`")];
        }

        try
        {
            using var document = JsonDocument.Parse(ecosystem.IsLines ? YarnAudit.AsArray(audit) : audit, new JsonDocumentOptions { MaxDepth = Deepest });
            var problem = ecosystem.Read(document.RootElement, out var advisories);
            return problem is not null ? [Missing(lockFile, $"found that `{ecosystem.Command}` wrote {problem}")]
                : [.. advisories.DistinctBy(advisory => (advisory.Package, advisory.Version, advisory.Id)).Take(Most).Select(advisory => advisory.At(lockFile))];
        }
        catch (JsonException)
        {
            return [Missing(lockFile, $"found that `{ecosystem.Command}` wrote no JSON")];
        }
    }

    private static ScanFinding Missing(string lockFile, string found) => SecurityRules.AuditMissing.At(lockFile, 1, found, "the audit");

    /// <summary>What is wrong with the document, or null and what it says.</summary>
    internal delegate string? AuditReader(JsonElement root, out IReadOnlyList<Advisory> advisories);

    private sealed record Ecosystem(string Command, AuditReader Read)
    {
        /// <summary>Whether it writes a document on each line.</summary>
        public bool IsLines { get; init; }
    }
}

/// <summary>What is known against one version of a package.</summary>
/// <param name="Rating">As the tool calls it; null for one that is not rated.</param>
/// <param name="Better">What helps, when the tool says it.</param>
internal sealed record Advisory(string Package, string Version, string Id, string? Title, string? Rating, string? Better)
{
    private const int LongestText = 200;

    /// <summary>Not a vulnerability: unmaintained, unsound, yanked.</summary>
    public bool IsNotice { get; init; }

    public ScanFinding At(string lockFile)
    {
        var found = $"found {Shown(Package)} {Shown(Version)}: {Shown(Id)}{(Title is null ? "" : $", {Shown(Title)}")}{(Rating is null ? "" : $" ({Shown(Rating)})")}{(Better is null ? "" : $"; {Shown(Better)}")}";
        var finding = (IsNotice ? SecurityRules.DependencyUnmaintained : SecurityRules.DependencyVulnerable).At(lockFile, 1, found, $"{Shown(Package)} {Shown(Id)}");
        return finding with { Severity = IsNotice || Rating?.ToUpperInvariant() is "LOW" or "MODERATE" or "MEDIUM" or "INFO" ? Severity.Warning : Severity.Error };
    }

    /// <summary>What a database calls an advisory: the end of its address where it has no name.</summary>
    public static string IdOf(string? id, string? url) => id ?? url?.TrimEnd('/').Split('/')[^1] ?? "an advisory without a name";

    private static string Shown(string text) => PlainText.ShortLine(text, LongestText);
}
