using Actions.Core.Runner;

namespace Actions.Core.Security.Secrets;

/// <summary>The files of a checkout.</summary>
/// <param name="Paths">Relative to the workspace, in order.</param>
/// <param name="IsTracked">Whether git's own list was read; otherwise they are those that lie there.</param>
public sealed record RepositoryFiles(IReadOnlyList<string> Paths, bool IsTracked)
{
    private const int MostFiles = 500_000;
    private const int LongestIndex = 256 * 1024 * 1024;

    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal) { ".git", ".solana-actions", "node_modules", "target" };

    /// <summary>Names of files only: what they hold is not looked at.</summary>
    public static RepositoryFiles Of(RunnerEnvironment environment)
    {
        var index = WorkspacePath.Resolve(environment, ".git/index");
        var bytes = index.IsOk ? WorkspaceFiles.Read(index.Value, LongestIndex) : null;
        return bytes is { IsOk: true } && GitIndex.Read(bytes.Value) is { } tracked
            ? new RepositoryFiles([.. tracked.Order(StringComparer.Ordinal)], IsTracked: true)
            : new RepositoryFiles([.. Below(environment.Workspace, environment.Workspace).Take(MostFiles).Order(StringComparer.Ordinal)], IsTracked: false);
    }

    /// <summary>Links are not followed: what they lead to is found where it is, or is not of the repository.</summary>
    public static IEnumerable<string> Below(string root, string folder)
    {
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in Directory.EnumerateFiles(folder, "*", options))
        {
            yield return Path.GetRelativePath(root, file);
        }

        foreach (var directory in Directory.EnumerateDirectories(folder, "*", options).Where(directory => !Skipped.Contains(Path.GetFileName(directory))))
        {
            foreach (var file in Below(root, directory))
            {
                yield return file;
            }
        }
    }
}
