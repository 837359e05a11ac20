namespace Actions.Core.Security.Workflows;

/// <summary>A workflow, or a composite action, as far as rules look at it.</summary>
internal sealed class WorkflowFile
{
    private WorkflowFile(string path, YamlTree root, IReadOnlyList<WorkflowJob> jobs, bool isAction) => (Path, Root, Jobs, IsAction) = (path, root, jobs, isAction);

    public string Path { get; }

    public YamlTree Root { get; }

    public IReadOnlyList<WorkflowJob> Jobs { get; }

    /// <summary>A composite action: one job without a name, and what only workflows have is not asked for.</summary>
    public bool IsAction { get; }

    /// <summary>The events that start it.</summary>
    public IReadOnlySet<string> Triggers => Root["on"] is { } on
        ? (on is YamlTree.Map ? on.Pairs.Select(pair => pair.Key) : on.Items.Select(item => item.Text ?? "")).ToHashSet(StringComparer.Ordinal)
        : new HashSet<string>();

    /// <summary>Null for YAML files that are neither.</summary>
    public static WorkflowFile? Of(string path, YamlTree root)
    {
        if (root.Get("jobs") is { } jobs)
        {
            return new WorkflowFile(path, root, [.. jobs.Pairs.Where(pair => pair.Value is YamlTree.Map).Select(pair => new WorkflowJob(pair.Key, pair.Line, pair.Value))], isAction: false);
        }

        return root.Get("runs") is { } runs && runs["steps"] is not null ? new WorkflowFile(path, root, [new WorkflowJob("runs", runs.Line, runs)], isAction: true) : null;
    }
}

/// <summary>A job; of a composite action the whole of it.</summary>
internal sealed class WorkflowJob(string id, int line, YamlTree node)
{
    public string Id { get; } = id;

    public int Line { get; } = line;

    public YamlTree Node { get; } = node;

    public IReadOnlyList<WorkflowStep> Steps { get; } = [.. (node["steps"]?.Items ?? []).Where(step => step is YamlTree.Map).Select(step => new WorkflowStep(step))];

    /// <summary>The workflow it calls.</summary>
    public UsesReference? Uses => Node["uses"]?.Text is { } text ? new UsesReference(text) : null;

    public bool HasEnvironment => Node["environment"] is { } environment && (environment is YamlTree.Map ? environment["name"] : environment)?.Text is { Length: > 0 };

    public bool Builds => Steps.Any(step => step.Builds);
}

/// <summary>A step.</summary>
internal sealed class WorkflowStep(YamlTree node)
{
    public YamlTree Node { get; } = node;

    public int Line => Node.Line;

    public string? Id => Node["id"]?.Text;

    public UsesReference? Uses { get; } = node["uses"]?.Text is { } text ? new UsesReference(text) : null;

    /// <summary>What is executed: a shell's script, or one for github-script.</summary>
    public YamlTree.Scalar? Script => (Node["run"] ?? (Uses?.Is("actions/github-script") == true ? Node["with"]?["script"] : null)) as YamlTree.Scalar;

    public bool Builds { get; } = node["run"]?.Text is { } script && BuildCommands.IsIn(script);

    /// <summary>Whether it is a step of ours that changes a program; a dry run is not.</summary>
    public bool Deploys => (Uses?.OwnAction is "solana-deploy" or "rollback" || Command is "solana-deploy" or "rollback") && With("dry-run") != "true";

    private string? Command => Uses is { IsLocal: true } or { Repository: not null } ? With("command") : null;

    public string? With(string input) => Node["with"]?[input]?.Text?.Trim() is { Length: > 0 } value ? value : null;
}
