using System.Text.Json;

namespace Actions.Core.Security.Audits;

/// <summary>`cargo audit --json`. RustSec rates few advisories, so each vulnerability is an error.</summary>
internal static class CargoAudit
{
    public static string? Read(JsonElement root, out IReadOnlyList<Advisory> advisories)
    {
        advisories = [];
        if (root.Member("vulnerabilities", JsonValueKind.Object) is not { } vulnerabilities || vulnerabilities.Member("list", JsonValueKind.Array) is null || root.Member("lockfile", JsonValueKind.Object) is null)
        {
            return "something else than an audit";
        }

        advisories =
        [
            .. vulnerabilities.List("list").Select(entry => Of(entry, null)),
            .. from kind in root.Named("warnings") where kind.Value.ValueKind == JsonValueKind.Array from entry in kind.Value.EnumerateArray() select Of(entry, kind.Name),
        ];
        return null;
    }

    /// <param name="notice">Of a warning: unmaintained, unsound, yanked.</param>
    private static Advisory Of(JsonElement entry, string? notice)
    {
        var advisory = entry.Member("advisory", JsonValueKind.Object) ?? default;
        var package = entry.Member("package", JsonValueKind.Object) ?? default;
        var patched = (entry.Member("versions", JsonValueKind.Object) ?? default).List("patched").Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()).ToList();
        return new Advisory(
            package.Word("name") ?? "?", package.Word("version") ?? "?", advisory.Word("id") ?? notice ?? "an advisory without a name", advisory.Word("title"), notice,
            patched.Count > 0 ? $"better is {string.Join(" or ", patched)}" : null) { IsNotice = notice is not null };
    }
}
