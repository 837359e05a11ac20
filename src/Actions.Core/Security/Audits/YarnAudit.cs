using System.Text;
using System.Text.Json;

namespace Actions.Core.Security.Audits;

/// <summary>`yarn audit --json` of Yarn 1: a document on each line, the last of which is the summary.</summary>
internal static class YarnAudit
{
    public static string? Read(JsonElement root, out IReadOnlyList<Advisory> advisories)
    {
        var entries = root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToList() : [];
        advisories = [.. entries.Where(entry => entry.Word("type") == "auditAdvisory").Select(entry => entry.Member("data", JsonValueKind.Object)?.Member("advisory", JsonValueKind.Object)).OfType<JsonElement>().Select(NpmAudit.Of)];
        return entries.Exists(entry => entry.Word("type") == "auditSummary") ? null : "something else than a whole audit";
    }

    public static byte[] AsArray(byte[] lines) =>
        Encoding.UTF8.GetBytes($"[{string.Join(',', Encoding.UTF8.GetString(lines).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}]");
}
