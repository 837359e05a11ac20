using Actions.Core.Security.Images;

namespace Actions.Core.Security.Workflows;

/// <summary>What the rules have to know of the world around a workflow.</summary>
/// <param name="Repository">owner/name of the repository that is scanned; null when nobody says.</param>
/// <param name="Trusted">owner/name, or owner/*, of repositories whose version tags are as good as a commit.</param>
/// <param name="ClusterOf">The cluster of an environment of a release file; null for what is not there.</param>
public sealed record WorkflowSurroundings(string? Repository, IReadOnlyList<string> Trusted, Func<string, string, string?> ClusterOf)
{
    internal bool Trusts(UsesReference uses) => uses.Repository is { } named && Trusted.Any(pattern =>
        pattern.Equals(named, StringComparison.OrdinalIgnoreCase) || (pattern.EndsWith("/*", StringComparison.Ordinal) && named.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)));

    /// <summary>Of the same owner: whoever can change that workflow can change this one.</summary>
    internal bool Owns(UsesReference uses) => uses.Repository is { } named && Repository is { } own && named.Split('/')[0].Equals(own.Split('/')[0], StringComparison.OrdinalIgnoreCase);
}

/// <summary>Holds a file of `.github` against every rule for workflows. Pure.</summary>
public static class WorkflowScan
{
    /// <returns>What is wrong, in the order of the file's lines.</returns>
    public static IReadOnlyList<ScanFinding> Read(string path, ReadOnlySpan<byte> bytes, WorkflowSurroundings surroundings)
    {
        if (YamlTree.Read(bytes, out var problem) is not { } root)
        {
            return [SecurityRules.WorkflowUnreadable.At(path, problem.Line, $"found {problem.Found}", "the file")];
        }

        return WorkflowFile.Of(path, root) is not { } file ? [] :
        [
            .. PinRules.Check(file, surroundings)
                .Concat(ScriptRules.Check(file))
                .Concat(BuildRules.Check(file, surroundings))
                .Concat(DeployRules.Check(file, surroundings))
                .Concat(TokenRules.Check(file, surroundings))
                .Concat(WorkflowImages.Check(file))
                .OrderBy(finding => finding.Line),
        ];
    }
}
