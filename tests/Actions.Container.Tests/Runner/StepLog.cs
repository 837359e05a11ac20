namespace Actions.Container.Tests.Runner;

/// <summary>What the runner makes of the lines a step prints (src/Runner.Worker/ActionCommandManager.cs and OutputManager.cs). Both streams end here.</summary>
internal sealed class StepLog
{
    /// <summary>The runner drops what comes after (src/Runner.Worker/ExecutionContext.cs, _maxCountPerIssueType).</summary>
    private const int AnnotationsPerKind = 10;

    private static readonly string[] Commands =
    [
        "error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "stop-commands", "set-output", "set-env", "save-state", "add-path", "echo",
        "add-matcher", "remove-matcher", "internal-set-repo-path",
    ];

    private readonly Lock gate = new();
    private readonly HashSet<string> known = new(Commands, StringComparer.OrdinalIgnoreCase);
    private readonly List<string> raw = [];
    private readonly List<string> shown = [];
    private readonly List<WorkflowCommandLine> obeyed = [];
    private readonly HashSet<string> masks = [];
    private string? stopToken;

    /// <summary>Every line as it was printed.</summary>
    public IReadOnlyList<string> Raw => Copy(raw);

    /// <summary>What a person reads in the job's log.</summary>
    public IReadOnlyList<string> Shown => Copy(shown);

    /// <summary>The commands that were obeyed.</summary>
    public IReadOnlyList<WorkflowCommandLine> Obeyed => Copy(obeyed);

    public IReadOnlySet<string> Masks => Copy(masks).ToHashSet();

    public IReadOnlyList<WorkflowCommandLine> Annotations =>
        [.. Obeyed.Where(command => command.Name is "error" or "warning" or "notice").GroupBy(command => command.Name).SelectMany(kind => kind.Take(AnnotationsPerKind))];

    /// <summary>The log is never left with commands switched off, or what later steps print would be ignored.</summary>
    public bool IsStopped => stopToken is not null;

    public void Add(string line)
    {
        lock (gate)
        {
            raw.Add(line);
            if (WorkflowCommandLine.Parse(line, known) is not { } command)
            {
                shown.Add(Mask(line));
            }
            else if (stopToken is not null)
            {
                Resume(command, line);
            }
            else
            {
                Obey(command, line);
            }
        }
    }

    public string Mask(string text) =>
        masks.OrderByDescending(mask => mask.Length).Aggregate(text, (current, mask) => current.Replace(mask, "***", StringComparison.Ordinal));

    private void Resume(WorkflowCommandLine command, string line)
    {
        shown.Add(Mask(line));
        if (command.Name == stopToken)
        {
            known.Remove(stopToken);
            stopToken = null;
        }
    }

    private void Obey(WorkflowCommandLine command, string line)
    {
        obeyed.Add(command);
        switch (command.Name)
        {
            case "stop-commands":
                command.Data.ShouldNotBeEmpty();
                known.Add(stopToken = command.Data);
                break;
            case "add-mask":
                // The value as a whole, and each of its lines (AddMaskCommandExtension).
                masks.UnionWith([command.Data, .. command.Data.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)]);
                return;
        }

        shown.Add(Mask(line));
    }

    private List<T> Copy<T>(IEnumerable<T> items)
    {
        lock (gate)
        {
            return [.. items];
        }
    }
}
