using System.Text.Json;

namespace Actions.Core.Security.Audits;

/// <summary>`dotnet list package --vulnerable --include-transitive --format json`.</summary>
internal static class DotnetAudit
{
    public static string? Read(JsonElement root, out IReadOnlyList<Advisory> advisories)
    {
        advisories = [];
        if (root.Member("projects", JsonValueKind.Array) is null || root.Word("parameters") is not { } parameters)
        {
            return "something else than an audit";
        }

        if (!parameters.Contains("--vulnerable", StringComparison.Ordinal) || !parameters.Contains("--include-transitive", StringComparison.Ordinal))
        {
            return "a list without --vulnerable or --include-transitive";
        }

        if (root.List("problems").Any(problem => problem.Word("level") == "error"))
        {
            return "a problem: restore the project before";
        }

        advisories =
        [
            .. from project in root.List("projects")
               from framework in project.List("frameworks")
               from package in framework.List("topLevelPackages").Concat(framework.List("transitivePackages"))
               from entry in package.List("vulnerabilities")
               select new Advisory(package.Word("id") ?? "?", package.Word("resolvedVersion") ?? "?", Advisory.IdOf(null, entry.Word("advisoryurl")), null, entry.Word("severity"), null),
        ];
        return null;
    }
}
