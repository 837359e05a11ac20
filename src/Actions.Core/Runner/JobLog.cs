using System.Globalization;
using Actions.Core.Faults;

namespace Actions.Core.Runner;

/// <summary>The job's log: the only way text reaches standard output and standard error.</summary>
/// <remarks>Thread-safe. Every line is scrubbed and can never be taken for a workflow command.</remarks>
public sealed class JobLog
{
    /// <summary>The runner keeps ten annotations of a kind per step; the tenth says how many there were.</summary>
    public const int AnnotationsPerKind = 9;

    private const int UntrustedCharacters = 64 * 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> annotations = [];
    private readonly Masker masker;
    private readonly TextWriter output;
    private readonly TextWriter error;
    private readonly Func<string> randomToken;

    public JobLog(RunnerEnvironment environment, Masker masker, TextWriter output, TextWriter error, TimeProvider time)
        : this(environment, masker, output, error, time, () => Guid.NewGuid().ToString("N"))
    {
    }

    internal JobLog(
        RunnerEnvironment environment, Masker masker, TextWriter output, TextWriter error, TimeProvider time, Func<string> randomToken)
    {
        (Environment, this.masker, this.output, this.error, Time) = (environment, masker, output, error, time);
        this.randomToken = randomToken;
        masker.Announce = form => Command(WorkflowCommand.Format("add-mask", form));
    }

    internal RunnerEnvironment Environment { get; }

    internal TimeProvider Time { get; }

    /// <summary>Ordinary text, one or more lines.</summary>
    public void Line(string text = "")
    {
        var lines = Harmless(text);
        lock (gate)
        {
            Emit(output, lines);
        }
    }

    /// <summary>A foldable section; dispose it to end it. The runner does not nest them.</summary>
    public IDisposable Group(string title)
    {
        var line = PlainText.CleanLine(masker.Scrub(title));
        if (!Environment.InGitHub)
        {
            Line(line);
            return new Ending(() => { });
        }

        Command(WorkflowCommand.Format("group", masker.Scrub(line)));
        return new Ending(() => Command("::endgroup::"));
    }

    public void Notice(string title, string message) => Annotate("notice", title, message);

    public void Warning(string title, string message) => Annotate("warning", title, message);

    public void Error(string title, string message) => Annotate("error", title, message);

    public void Fault(Fault fault) => Annotate(fault.Severity == Severity.Error ? "error" : "warning", fault.Code.Name, fault.Message);

    /// <summary>Only shown when step debug logging is on.</summary>
    public void Debug(string text)
    {
        if (Environment.InGitHub)
        {
            Command(WorkflowCommand.Format("debug", masker.Safe(text, UntrustedCharacters)));
        }
        else if (Environment.DebugLogging)
        {
            Line(text);
        }
    }

    /// <summary>Text that somebody else wrote, such as an RPC error or a file: shown, and never obeyed.</summary>
    public void Untrusted(string text)
    {
        var safe = masker.Safe(text, UntrustedCharacters);
        if (!Environment.InGitHub)
        {
            Line(safe);
            return;
        }

        var token = randomToken();
        lock (gate)
        {
            Emit(output, $"::stop-commands::{token}\n{safe}\n::{token}::\n");
        }
    }

    /// <summary>Shows how far a long job has come.</summary>
    public Progress Progress(string what, int total) => new(this, what, total);

    /// <summary>Says how many annotations the runner would have dropped. The host calls it once, at the end.</summary>
    public void Finish()
    {
        foreach (var (kind, count) in annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (Environment.InGitHub && count > AnnotationsPerKind)
            {
                var rest = (count - AnnotationsPerKind).ToString(CultureInfo.InvariantCulture);
                Command(WorkflowCommand.Format(kind, $"and {rest} more; the summary and the report list all of them"));
            }
        }
    }

    /// <summary>Redraws the current line of a terminal.</summary>
    internal void Redraw(string line, bool last)
    {
        lock (gate)
        {
            Emit(output, $"\r{line}\u001b[K{(last ? "\n" : "")}");
        }
    }

    private void Annotate(string kind, string title, string message)
    {
        var safe = PlainText.CleanLine(masker.Safe(message, UntrustedCharacters));
        int count;
        lock (gate)
        {
            count = annotations[kind] = annotations.GetValueOrDefault(kind) + 1;
        }

        if (Environment.InGitHub && count <= AnnotationsPerKind)
        {
            Command(WorkflowCommand.Format(kind, safe, ("title", PlainText.CleanLine(masker.Scrub(title)))));
            return;
        }

        var lines = Harmless($"{kind}[{title}]: {safe}");
        lock (gate)
        {
            Emit(error, lines);
        }
    }

    private void Command(string line)
    {
        if (!Environment.InGitHub)
        {
            return;
        }

        lock (gate)
        {
            Emit(output, line + "\n");
        }
    }

    private string Harmless(string text) =>
        string.Concat(masker.Scrub(PlainText.Clean(masker.Scrub(text))).Split('\n').Select(line => WorkflowCommand.Defuse(line) + "\n"));

    private static void Emit(TextWriter writer, string text)
    {
        writer.Write(text);
        writer.Flush();
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
