using System.Text.Json;

namespace Actions.Core.Security.Audits;

/// <summary>`npm audit --json` of npm 7 and later, and the older form, which pnpm still writes.</summary>
internal static class NpmAudit
{
    public static string? Read(JsonElement root, out IReadOnlyList<Advisory> advisories)
    {
        if (root.Member("auditReportVersion", JsonValueKind.Number) is not { } version || !version.TryGetInt32(out var number) || number != 2 || root.Member("vulnerabilities", JsonValueKind.Object) is null)
        {
            return ReadAdvisories(root, out advisories);
        }

        advisories =
        [
            .. from package in root.Named("vulnerabilities")
               from via in package.Value.List("via")
               where via.ValueKind == JsonValueKind.Object // a name stands for another entry, which has the advisory
               select new Advisory(
                   via.Word("dependency") ?? package.Name, via.Word("range") ?? "*", Advisory.IdOf(null, via.Word("url")), via.Word("title"), via.Word("severity"),
                   package.Value.Member("fixAvailable", JsonValueKind.False) is null ? "an update is available" : null),
        ];
        return null;
    }

    public static string? ReadAdvisories(JsonElement root, out IReadOnlyList<Advisory> advisories)
    {
        advisories = [];
        if (root.Member("advisories", JsonValueKind.Object) is null)
        {
            return root.ValueKind == JsonValueKind.Object && (root.TryGetProperty("error", out _) || root.TryGetProperty("message", out _)) ? "an error" : "something else than an audit";
        }

        advisories = [.. root.Named("advisories").Select(entry => Of(entry.Value))];
        return null;
    }

    public static Advisory Of(JsonElement entry) => new(
        entry.Word("module_name") ?? "?", entry.Word("vulnerable_versions") ?? "*", Advisory.IdOf(entry.Word("github_advisory_id"), entry.Word("url")), entry.Word("title"), entry.Word("severity"),
        entry.Word("patched_versions") is { } better ? $"better is {better}" : null);
}
