using Actions.Core.Faults;

namespace Actions.Core.Runner;

/// <summary>A path inside the workspace or the runner's temporary directory, with every link on the way resolved.</summary>
/// <param name="Relative">As it is shown: relative to the workspace where that is possible.</param>
/// <param name="Full">Where it really is.</param>
public sealed record WorkspacePath(string Relative, string Full)
{
    private const int LongestPath = 4096;
    private const int MostLinks = 40;

    public override string ToString() => Relative;

    /// <summary>Resolves a path that somebody typed; the last parts need not exist yet.</summary>
    public static Result<WorkspacePath> Resolve(RunnerEnvironment environment, string path, string? input = null)
    {
        if (path.Length > LongestPath || path.Any(char.IsControl))
        {
            return new Fault(FaultCodes.FileUnreadable, "Expected a path", $"found {PlainText.Quote(path)}",
                "give a path without control characters and of at most 4096 characters", input);
        }

        var wanted = Path.GetFullPath(path, environment.Workspace);
        var workspace = Follow(environment.Workspace);
        var temporary = environment.RunnerTemp is { } directory ? Follow(Path.GetFullPath(directory)) : null;
        var real = Follow(wanted);
        if (real is null || workspace is null)
        {
            return new Fault(FaultCodes.FileUnreadable, "Expected a path that leads somewhere",
                $"found {PlainText.Quote(path)}, whose links lead nowhere", "remove the links that point at each other", input);
        }

        if (!IsInside(real, workspace) && !(temporary is not null && IsInside(real, temporary)))
        {
            return new Fault(FaultCodes.PathOutside, "Expected a path inside the workspace or RUNNER_TEMP",
                $"found {PlainText.Quote(path)}", "give a path relative to the workspace (links are followed before this check)", input);
        }

        var shown = IsInside(real, workspace) ? Path.GetRelativePath(workspace, real) : real;
        return new WorkspacePath(shown, real);
    }

    private static bool IsInside(string path, string directory) =>
        path == directory || path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The path without links; null when they never end.</summary>
    private static string? Follow(string path)
    {
        var pending = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var real = "/";
        for (var links = 0; pending.TryPop(out var part);)
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            if (part == "." || new FileInfo(Path.Combine(real, part)).LinkTarget is not { } target)
            {
                real = part == "." ? real : Path.Combine(real, part);
                continue;
            }

            if (++links > MostLinks)
            {
                return null;
            }

            real = Path.IsPathRooted(target) ? "/" : real;
            foreach (var step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                pending.Push(step);
            }
        }

        return real;
    }
}
