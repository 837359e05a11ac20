using Actions.Container.Tests.Tools;

namespace Actions.Container.Tests.Runner;

/// <summary>A job on a runner: its folders, its contexts, and its steps one after the other.</summary>
internal sealed class Job : IDisposable
{
    private static readonly string[] FileCommandNames = ["GITHUB_PATH", "GITHUB_ENV", "GITHUB_STEP_SUMMARY", "GITHUB_STATE", "GITHUB_OUTPUT"];

    private readonly string root = Directory.CreateTempSubdirectory("runner-").FullName;
    private readonly Dictionary<string, string> contexts;

    public Job(string network)
    {
        Network = network;
        Workspace = Made("work", "my-program", "my-program");
        Temp = Made("work", "_temp");
        foreach (var folder in new[] { "_github_home", "_github_workflow", "_runner_file_commands" })
        {
            Made("work", "_temp", folder);
        }

        File.WriteAllText(Path.Combine(Temp, "_github_workflow", "event.json"), """{"ref":"refs/heads/main"}""");
        contexts = new Dictionary<string, string> { ["github.token"] = Token, ["github.workspace"] = Workspace };
        // A hosted runner's folders belong to its user, and the container runs as root.
        Engine.GiveToUser(root, 1001);
    }

    /// <summary>What `${{ github.token }}` comes to.</summary>
    public static string Token => "ghs_0123456789abcdefghijklmnopqrstuvwxyz";

    public string Network { get; }

    public string Workspace { get; }

    public string Temp { get; }

    public IReadOnlyDictionary<string, string> Contexts => contexts;

    /// <summary>What the github and runner contexts put into the environment (src/Runner.Worker/GitHubContext.cs, RunnerContext.cs).</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["GITHUB_ACTOR"] = "octocat",
        ["GITHUB_API_URL"] = "https://api.github.com",
        ["GITHUB_EVENT_NAME"] = "push",
        ["GITHUB_EVENT_PATH"] = Path.Combine(Temp, "_github_workflow", "event.json"),
        ["GITHUB_JOB"] = "deploy",
        ["GITHUB_REF"] = "refs/heads/main",
        ["GITHUB_REPOSITORY"] = "octocat/my-program",
        ["GITHUB_RUN_ATTEMPT"] = "1",
        ["GITHUB_RUN_ID"] = "1658821493",
        ["GITHUB_SERVER_URL"] = "https://github.com",
        ["GITHUB_SHA"] = "ffac537e6cbbf934b08745a378932722df287a53",
        ["GITHUB_TRIGGERING_ACTOR"] = "octocat",
        ["GITHUB_WORKFLOW_REF"] = "octocat/my-program/.github/workflows/deploy.yml@refs/heads/main",
        ["GITHUB_WORKSPACE"] = Workspace,
        ["RUNNER_ARCH"] = "X64",
        ["RUNNER_ENVIRONMENT"] = "github-hosted",
        ["RUNNER_NAME"] = "test",
        ["RUNNER_OS"] = "Linux",
        ["RUNNER_TEMP"] = Temp,
        ["RUNNER_TOOL_CACHE"] = "/opt/hostedtoolcache",
        ["RUNNER_WORKSPACE"] = Path.GetDirectoryName(Workspace)!,
    };

    public void Put(string relative, byte[] content)
    {
        var path = Path.Combine(Workspace, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    /// <summary>Runs a step to its end; its outputs are `${{ steps.id.outputs.name }}` for the next.</summary>
    public async Task<StepResult> RunAsync(Step step)
    {
        using var running = Start(step);
        return await running.EndAsync();
    }

    public RunningStep Start(Step step)
    {
        var fileCommands = FileCommandNames.ToDictionary(name => name, name => Path.Combine(Temp, "_runner_file_commands", $"{name.ToLowerInvariant()}_{Guid.NewGuid()}"));
        foreach (var path in fileCommands.Values)
        {
            File.WriteAllText(path, "");
        }

        return RunningStep.Start(this, ActionFile.Read(Repository.At(step.Uses)), step, fileCommands);
    }

    internal void Finished(Step step, StepResult result)
    {
        foreach (var (name, value) in result.Outputs)
        {
            contexts[$"steps.{step.Id}.outputs.{name}"] = value;
        }
    }

    /// <summary>Every file that the job's folders hold, with its content.</summary>
    public IEnumerable<(string Path, byte[] Content)> Files() =>
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => (path, File.ReadAllBytes(path)));

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string Made(params string[] parts) => Directory.CreateDirectory(Path.Combine([root, .. parts])).FullName;
}
