using System.Diagnostics;
using System.Runtime.InteropServices;
using Actions.Container.Tests.Tools;

namespace Actions.Container.Tests.Runner;

/// <summary>A container action while it runs: the runner's own `docker run`, its streams, and its way to cancel.</summary>
internal sealed class RunningStep : IDisposable
{
    /// <summary>src/Runner.Worker/FileCommandManager.cs, CreateStepSummaryCommand.</summary>
    private const int SummaryBytes = 1024 * 1024;

    /// <summary>src/Runner.Sdk/ProcessInvoker.cs.</summary>
    private static readonly TimeSpan AfterInterrupt = TimeSpan.FromMilliseconds(7_500);

    private static readonly TimeSpan AfterTerminate = TimeSpan.FromMilliseconds(2_500);

    private readonly Process client;
    private readonly Job job;
    private readonly Step step;
    private readonly IReadOnlyDictionary<string, string> fileCommands;
    private readonly Task pumps;
    private readonly Stopwatch clock = Stopwatch.StartNew();

    private RunningStep(Process client, Job job, Step step, string container, IReadOnlyDictionary<string, string> fileCommands)
    {
        (this.client, this.job, this.step, Container, this.fileCommands) = (client, job, step, container, fileCommands);
        pumps = Task.WhenAll(PumpAsync(client.StandardOutput), PumpAsync(client.StandardError));
    }

    public string Container { get; }

    public StepLog Log { get; } = new();

    public bool HasExited => client.HasExited;

    public static RunningStep Start(Job job, ActionFile action, Step step, IReadOnlyDictionary<string, string> fileCommands)
    {
        var container = $"{Engine.Image.Replace(":", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal)}_{Guid.NewGuid().ToString("N")[..6]}";
        var variables = StepEnvironment.Variables(job, action, step, fileCommands);
        var start = new ProcessStartInfo(Engine.Client, Line(job, action, step, container, variables.Keys))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = job.Workspace,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new RunningStep(Process.Start(start)!, job, step, container, fileCommands);
    }

    /// <summary>src/Runner.Worker/Container/DockerCommandManager.cs, DockerRun. No `--init`, no `--user`; variables by name, so that no value is on the command line.</summary>
    internal static IEnumerable<string> Line(Job job, ActionFile action, Step step, string container, IEnumerable<string> variables)
    {
        var inputs = StepEnvironment.Inputs(job, action, step).ToDictionary(pair => $"inputs.{pair.Key}", pair => pair.Value);
        return
        [
            "run", "--name", container, "--label", Engine.Label, "--workdir", "/github/workspace", .. step.IsKept ? (string[])[] : ["--rm"],
            .. variables.SelectMany(name => new[] { "-e", name }), "-e", "GITHUB_ACTIONS=true", "-e", "CI=true", "--network", job.Network,
            .. StepEnvironment.Mounts(job).SelectMany(mount => new[] { "-v", $"{mount.Host}:{mount.Container}" }),
            Engine.Image, .. action.Arguments.Select(argument => Expressions.Evaluate(argument, inputs)),
        ];
    }

    /// <summary>Waits for a condition, or for the end before it came true.</summary>
    public Task WhenAsync(Func<Task<bool>> condition) => Until.TrueAsync(async () => HasExited || await condition(), 5);

    /// <summary>SIGINT, 7.5 s, SIGTERM, 2.5 s, and then only the client is killed, whatever the container does.</summary>
    public async Task<StepResult> CancelAsync()
    {
        if (!await EndsAfterAsync(2, AfterInterrupt) && !await EndsAfterAsync(15, AfterTerminate))
        {
            client.Kill();
        }

        return await EndAsync();
    }

    public async Task<StepResult> EndAsync()
    {
        using var patience = new CancellationTokenSource(Until.Patience);
        try
        {
            await client.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            client.Kill();
            throw new TimeoutException($"The step still ran after {Until.Patience}:\n{string.Join('\n', Log.Raw)}");
        }

        await pumps;
        var took = clock.Elapsed;
        // Read whatever the exit code is: outputs of failed and cancelled steps are set too (src/Runner.Worker/ActionRunner.cs, the finally block).
        var outputs = FileCommandFile.Parse(await ReadAsync("GITHUB_OUTPUT"));
        foreach (var unused in new[] { "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE" })
        {
            (await ReadAsync(unused)).ShouldBeEmpty(unused);
        }

        var summary = await ReadAsync("GITHUB_STEP_SUMMARY");
        var result = new StepResult(
            client.ExitCode, outputs, new FileInfo(fileCommands["GITHUB_STEP_SUMMARY"]).Length > SummaryBytes ? null : Log.Mask(summary), Log, took, Container);
        job.Finished(step, result);
        return result;
    }

    public void Dispose()
    {
        if (!client.HasExited)
        {
            client.Kill();
            Engine.Remove(Container);
        }

        client.Dispose();
    }

    private Task<string> ReadAsync(string command) => File.ReadAllTextAsync(fileCommands[command]);

    private async Task<bool> EndsAfterAsync(int signal, TimeSpan patience)
    {
        if (!client.HasExited)
        {
            _ = Kill(client.Id, signal);
        }

        using var limit = new CancellationTokenSource(patience);
        try
        {
            await client.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task PumpAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            Log.Add(line);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
