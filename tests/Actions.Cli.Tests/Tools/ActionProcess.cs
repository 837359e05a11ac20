using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Actions.Cli.Tests.Tools;

/// <summary>The built executable as a process of its own, started as the runner (or a shell) starts it.</summary>
internal sealed class ActionProcess : IDisposable
{
    private readonly Process process;
    private readonly Workspace workspace;
    private readonly string? outputFile;
    private readonly string? summaryFile;
    private readonly StringBuilder stdout = new();
    private readonly StringBuilder stderr = new();
    private readonly Task pumps;
    private readonly Stopwatch clock = Stopwatch.StartNew();

    private ActionProcess(Process process, Workspace workspace, string? outputFile, string? summaryFile)
    {
        (this.process, this.workspace, this.outputFile, this.summaryFile) = (process, workspace, outputFile, summaryFile);
        pumps = Task.WhenAll(PumpAsync(process.StandardOutput, stdout), PumpAsync(process.StandardError, stderr));
    }

    public bool HasExited => process.HasExited;

    /// <summary>Starts it with exactly this environment, plus the files of the runner unless it is to think it runs in a shell.</summary>
    public static ActionProcess Start(string action, IReadOnlyDictionary<string, string> inputs, Workspace workspace, bool inShell = false, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(Repository.Executable, action)
        {
            WorkingDirectory = workspace.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in inputs)
        {
            start.Environment[$"INPUT_{name.ToUpperInvariant()}"] = value;
        }

        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        string? outputFile = null;
        string? summaryFile = null;
        if (!inShell)
        {
            var commands = Directory.CreateDirectory(workspace.At($"_runner/{Guid.NewGuid():N}")).FullName;
            outputFile = Path.Combine(commands, "output");
            summaryFile = Path.Combine(commands, "summary");
            start.Environment["GITHUB_ACTIONS"] = "true";
            start.Environment["GITHUB_WORKSPACE"] = workspace.Folder;
            start.Environment["GITHUB_OUTPUT"] = outputFile;
            start.Environment["GITHUB_STEP_SUMMARY"] = summaryFile;
        }

        return new ActionProcess(Process.Start(start)!, workspace, outputFile, summaryFile);
    }

    /// <summary>Starts it and waits for its end.</summary>
    public static async Task<ActionRun> RunAsync(string action, IReadOnlyDictionary<string, string> inputs, Workspace workspace, bool inShell = false, IReadOnlyDictionary<string, string>? variables = null)
    {
        using var process = Start(action, inputs, workspace, inShell, variables);
        return await process.EndAsync();
    }

    /// <summary>Whether it wrote this to stdout by now.</summary>
    public bool Said(string text)
    {
        lock (stdout)
        {
            return stdout.ToString().Contains(text, StringComparison.Ordinal);
        }
    }

    /// <summary>The most memory it had at once so far; null when it is gone.</summary>
    public long? PeakBytes()
    {
        try
        {
            var line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? null : 1024 * long.Parse(line["VmHWM:".Length..^"kB".Length], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Waits for a condition, or for the process to end before it came true.</summary>
    public Task WhenAsync(Func<Task<bool>> condition) => Until.TrueAsync(async () => process.HasExited || await condition(), 3);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Signal(PosixSignal signal)
    {
        if (!process.HasExited)
        {
            _ = Kill(process.Id, signal == PosixSignal.SIGINT ? 2 : 15);
        }
    }

    public async Task<ActionRun> EndAsync()
    {
        using var patience = new CancellationTokenSource(Until.Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await pumps;
            throw new TimeoutException($"The action still ran after {Until.Patience}:\n{stdout}\n{stderr}");
        }

        await pumps;
        var took = clock.Elapsed;
        var written = outputFile is not null && File.Exists(outputFile) ? Commands(await File.ReadAllTextAsync(outputFile)) : ShellOutputs(stdout.ToString());
        var summary = summaryFile is not null && File.Exists(summaryFile) ? await File.ReadAllTextAsync(summaryFile) : "";
        return new ActionRun(process.ExitCode, stdout.ToString(), stderr.ToString(), written, summary, Report(written), took);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private static async Task PumpAsync(StreamReader from, StringBuilder to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (to)
            {
                to.Append(line).Append('\n');
            }
        }
    }

    private JsonElement? Report(IReadOnlyDictionary<string, string> outputs)
    {
        if (outputs.GetValueOrDefault("report") is not { Length: > 0 } path || !File.Exists(workspace.At(path)))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(workspace.At(path)));
        return document.RootElement.Clone();
    }

    /// <summary>`name&lt;&lt;delimiter`, the value, the delimiter.</summary>
    private static Dictionary<string, string> Commands(string text)
    {
        var outputs = new Dictionary<string, string>();
        var lines = text.Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].Split("<<", 2) is not [var name, var delimiter])
            {
                continue;
            }

            var end = Array.IndexOf(lines, delimiter, at + 1);
            outputs[name] = string.Join('\n', lines[(at + 1)..end]);
            at = end;
        }

        return outputs;
    }

    /// <summary>`name=value` lines at the end of stdout.</summary>
    private static Dictionary<string, string> ShellOutputs(string text)
    {
        var outputs = new Dictionary<string, string>();
        foreach (var line in text.TrimEnd('\n').Split('\n').Reverse())
        {
            if (line.Split('=', 2) is not [var name, var value] || name.Length == 0 || name.Any(character => character is not ((>= 'a' and <= 'z') or '-' or (>= '0' and <= '9'))))
            {
                break;
            }

            outputs[name] = value;
        }

        return outputs;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}

/// <summary>How a run ended, from all that it left behind.</summary>
internal sealed record ActionRun(
    int Exit, string Stdout, string Stderr, IReadOnlyDictionary<string, string> Outputs, string Summary, JsonElement? Report, TimeSpan Took)
{
    public IReadOnlyList<string> Errors => Faults("error");

    public IReadOnlyList<string> Warnings => Faults("warning");

    public string this[string output] => Outputs.TryGetValue(output, out var value) ? value : throw new KeyNotFoundException($"No output {output}.\n{this}");

    public ulong Amount(string output) => ulong.Parse(this[output], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>An amount of the report's plan.</summary>
    public long Planned(string name) => Report!.Value.GetProperty("plan").GetProperty(name).GetInt64();

    /// <summary>All that a failed assertion needs.</summary>
    public override string ToString() =>
        $"exit {Exit} after {Took.TotalSeconds:0.0} s\n{string.Join('\n', Stdout.Split('\n').Where(line => !line.StartsWith("::add-mask::", StringComparison.Ordinal)))}\n{Stderr}\n{Summary}\n{Report}";

    private List<string> Faults(string severity) => Report is not { } report ? [] :
        [.. from fault in report.GetProperty("faults").EnumerateArray()
            where fault.GetProperty("severity").GetString() == severity
            select fault.GetProperty("code").GetString()];
}
