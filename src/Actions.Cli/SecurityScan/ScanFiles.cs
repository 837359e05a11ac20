using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Security;
using Actions.Core.Security.Secrets;

namespace Actions.Cli.SecurityScan;

/// <summary>Finds and reads files of the workspace by what people write: a path, a folder, a pattern.</summary>
internal sealed class ScanFiles(RunnerEnvironment environment)
{
    private const int MostSearched = 100_000;

    private IReadOnlyList<string>? everything;

    public RepositoryFiles Repository { get; } = RepositoryFiles.Of(environment);

    /// <summary>Null for what is not there, or is more than it may be.</summary>
    public byte[]? TryRead(string path, long most) => Read(path, most) is { IsOk: true } bytes ? bytes.Value : null;

    public Result<byte[]> Read(string path, long most)
    {
        var resolved = WorkspacePath.Resolve(environment, path);
        return resolved.IsOk ? WorkspaceFiles.Read(resolved.Value, most) : Result<byte[]>.Fail(resolved.Faults);
    }

    /// <summary>Paths of files; none when nothing is there.</summary>
    /// <param name="line">What somebody wrote.</param>
    /// <param name="endings">Of the files in a folder that are meant.</param>
    public IReadOnlyList<string> Find(string line, params string[] endings)
    {
        if (Glob.IsPattern(line))
        {
            // Reports of tools are not tracked, and lie in folders that begin with a dot.
            everything ??= [.. Everything(environment.Workspace).Take(MostSearched)];
            var pattern = line.StartsWith("./", StringComparison.Ordinal) ? line[2..] : line;
            return [.. everything.Where(path => Glob.Matches(pattern, path)).Order(StringComparer.Ordinal)];
        }

        var resolved = WorkspacePath.Resolve(environment, line);
        if (!resolved.IsOk)
        {
            return [];
        }

        return Directory.Exists(resolved.Value.Full)
            ? [.. Everything(resolved.Value.Full).Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal))).Select(path => Path.Combine(resolved.Value.Relative, path)).Order(StringComparer.Ordinal)]
            : File.Exists(resolved.Value.Full) ? [resolved.Value.Relative] : [];
    }

    private static IEnumerable<string> Everything(string folder) =>
        RepositoryFiles.Below(folder, folder).Concat(Directory.Exists(Path.Combine(folder, ".solana-actions")) ? RepositoryFiles.Below(folder, Path.Combine(folder, ".solana-actions")) : []);
}
