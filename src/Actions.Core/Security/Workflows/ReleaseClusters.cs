using Actions.Core.Runner;

namespace Actions.Core.Security.Workflows;

/// <summary>Says which cluster an environment of a release file is on, as far as a look at the file tells.</summary>
public static class ReleaseClusters
{
    /// <summary>Null for a file, or an environment, that is not there.</summary>
    public static string? Of(RunnerEnvironment runner, string releaseFile, string environment)
    {
        var path = WorkspacePath.Resolve(runner, releaseFile);
        var bytes = path.IsOk ? WorkspaceFiles.Read(path.Value, Releases.YamlText.LongestFile) : null;
        return bytes is { IsOk: true } ? YamlTree.Read(bytes.Value, out _)?["environments"]?[environment]?["cluster"]?.Text : null;
    }
}
