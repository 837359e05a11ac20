namespace Actions.Core.Runner;

/// <summary>What the runner, or a shell, tells a job about itself. Made from a dictionary: nothing here reads the process.</summary>
public sealed class RunnerEnvironment
{
    private readonly IReadOnlyDictionary<string, string> variables;

    public RunnerEnvironment(IReadOnlyDictionary<string, string> variables, string currentDirectory)
    {
        this.variables = variables;
        Workspace = Path.GetFullPath(this["GITHUB_WORKSPACE"] ?? currentDirectory, currentDirectory);
    }

    public IReadOnlyDictionary<string, string> Variables => variables;

    public bool InGitHub => this["GITHUB_ACTIONS"] == "true";

    /// <summary>Whether this is a step of its own container, where the workspace is always mounted here and loopback is the container itself.</summary>
    /// <remarks>actions/runner, src/Runner.Worker/Handlers/ContainerActionHandler.cs.</remarks>
    public bool InContainerAction => InGitHub && Workspace == "/github/workspace";

    /// <summary>True when standard output is a screen on which a line can be redrawn.</summary>
    public bool Terminal { get => field && !InGitHub; init; }

    /// <summary>Where relative paths start.</summary>
    public string Workspace { get; }

    public string? RunnerTemp => this["RUNNER_TEMP"];

    public string? OutputFile => this["GITHUB_OUTPUT"];

    public string? SummaryFile => this["GITHUB_STEP_SUMMARY"];

    /// <summary>Step debug logging was asked for (`ACTIONS_STEP_DEBUG`, or "enable debug logging" on a re-run).</summary>
    public bool DebugLogging => this["RUNNER_DEBUG"] == "1";

    public string ServerUrl => (this["GITHUB_SERVER_URL"] ?? "https://github.com").TrimEnd('/');

    public string ApiUrl => (this["GITHUB_API_URL"] ?? "https://api.github.com").TrimEnd('/');

    public string? Repository => this["GITHUB_REPOSITORY"];

    public string? RunId => this["GITHUB_RUN_ID"];

    public string? RunAttempt => this["GITHUB_RUN_ATTEMPT"];

    public string? Sha => this["GITHUB_SHA"];

    public string? Ref => this["GITHUB_REF"];

    public string? Actor => this["GITHUB_ACTOR"];

    public string? TriggeringActor => this["GITHUB_TRIGGERING_ACTOR"];

    public string? WorkflowRef => this["GITHUB_WORKFLOW_REF"];

    /// <summary>The file of the workflow that runs, when it is one of this repository: owner/repository/.github/workflows/verify.yml@refs/heads/main.</summary>
    public string? WorkflowFile => WorkflowRef is { } reference && Repository is { } repository && reference.StartsWith($"{repository}/", StringComparison.Ordinal)
        ? reference[(repository.Length + 1)..].Split('@')[0] : null;

    /// <summary>The page of this attempt of this run, when there is one: a later attempt must be able to tell that this one is over.</summary>
    public string? RunUrl => Repository is { } repository && RunId is { } run ? $"{ServerUrl}/{repository}/actions/runs/{run}{(RunAttempt is { } attempt ? $"/attempts/{attempt}" : "")}" : null;

    /// <summary>A variable's value; empty means absent, as for every input.</summary>
    public string? this[string name] => variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
