using Actions.Core.Inputs;
using Actions.Core.Runner;

namespace Actions.Core.Tests.Runner;

/// <summary>A job's surroundings: a workspace of its own, an environment, a log that can be read back.</summary>
internal sealed class World : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("runner-tests-");
    private readonly Dictionary<string, string> variables = [];

    public World(bool inGitHub = true)
    {
        Workspace = Directory.CreateDirectory(Path.Combine(root.FullName, "workspace")).FullName;
        Temporary = Directory.CreateDirectory(Path.Combine(root.FullName, "temp")).FullName;
        Outside = Directory.CreateDirectory(Path.Combine(root.FullName, "outside")).FullName;
        variables["GITHUB_WORKSPACE"] = Workspace;
        variables["RUNNER_TEMP"] = Temporary;
        if (inGitHub)
        {
            variables["GITHUB_ACTIONS"] = "true";
            variables["GITHUB_OUTPUT"] = Path.Combine(root.FullName, "output");
            variables["GITHUB_STEP_SUMMARY"] = Path.Combine(root.FullName, "summary");
        }

        Log = new Lazy<JobLog>(() => new JobLog(Environment, Masker, Output, Error, Time));
    }

    public string Workspace { get; }

    public string Temporary { get; }

    public string Outside { get; }

    public StringWriter Output { get; } = new();

    public StringWriter Error { get; } = new();

    public ManualTime Time { get; } = new();

    public Masker Masker { get; } = new();

    public bool Terminal { get; init; }

    public RunnerEnvironment Environment => new(variables, Workspace) { Terminal = Terminal };

    public Lazy<JobLog> Log { get; }

    public FileCommands Files => new(Environment, Masker, Output, Time);

    public string OutputFile => File.Exists(variables["GITHUB_OUTPUT"]) ? File.ReadAllText(variables["GITHUB_OUTPUT"]) : "";

    public string Summary => File.Exists(variables["GITHUB_STEP_SUMMARY"]) ? File.ReadAllText(variables["GITHUB_STEP_SUMMARY"]) : "";

    public World With(string variable, string value)
    {
        variables[variable] = value;
        return this;
    }

    public World Input(string name, string value) => With($"INPUT_{name.ToUpperInvariant()}", value);

    public InputReader Reader() => new(Environment, Masker);

    public string Write(string path, byte[] bytes)
    {
        var full = Path.Combine(Workspace, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
        return full;
    }

    public void Dispose() => root.Delete(recursive: true);
}

/// <summary>Time that only moves when told to.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.Ticks;

    public void Advance(TimeSpan time) => now += time;
}
