using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.Hosting;

/// <summary>Runs any action: hands it the world, waits for it or for a signal, and reports how it ended.</summary>
internal sealed class ActionHost(
    RunnerEnvironment environment, TextWriter output, TextWriter error, TimeProvider time, RandomFill random, Func<HttpMessageHandler> http)
{
    /// <summary>The runner sends SIGTERM 7.5 s after SIGINT; by then everything is written.</summary>
    /// <remarks>https://github.com/actions/runner/blob/main/src/Runner.Sdk/ProcessInvoker.cs</remarks>
    internal TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long ending a provider's token may take; a cancelled run has little time left.</summary>
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(0.7);

    private static readonly TimeSpan LastWordUnhurried = TimeSpan.FromSeconds(10);

    public async Task<ExitCode> RunAsync(string action, ActionBody body, Signals signals)
    {
        var masker = new Masker();
        var log = new JobLog(environment, masker, output, error, time);
        var ulids = new UlidSource(time, random);
        var inputs = new InputReader(environment, masker);
        ProviderInputs.Read(inputs);
        var context = new ActionContext(
            environment, inputs, log, masker, new WorkspaceFiles(environment), time, ulids, random, http);

        var outcome = await OutcomeOfAsync(body, context, signals);
        await context.EndSecretsAsync(signals.Cancelled.IsCancellationRequested ? LastWord : LastWordUnhurried);
        var partial = context.Partial;
        var result = new RunResult(
            action, environment["INPUT_DRY-RUN"]?.Trim() == "true", [.. outcome.Faults, .. partial.Warnings], outcome.Summary ?? partial.Summary ?? new Markdown(),
            outcome.Plan ?? partial.Plan, new OutputSet().SetAll(partial.Outputs).SetAll(outcome.Outputs))
        {
            Told = outcome.Told,
        };
        var reporter = new RunReporter(environment, log, masker, new FileCommands(environment, masker, output, time), ulids);
        return await reporter.ReportAsync(result, CancellationToken.None);
    }

    private async Task<ActionOutcome> OutcomeOfAsync(ActionBody body, ActionContext context, Signals signals)
    {
        var running = StartAsync(body, context, signals.Cancelled);
        try
        {
            await Task.WhenAny(running, PatienceEndsAsync(signals));
            return running.IsCompleted ? await running : Stopped([], cancelled: true);
        }
        catch (FaultException problem)
        {
            return Stopped(problem.Faults, signals.Cancelled.IsCancellationRequested);
        }
        catch (Exception) when (signals.Cancelled.IsCancellationRequested)
        {
            return Stopped([], cancelled: true);
        }
#pragma warning disable CA1031 // the one place where a bug becomes an exit code
        catch (Exception problem)
#pragma warning restore CA1031
        {
            context.Log.Debug(problem.ToString());
            return Stopped([Bug(problem)], cancelled: false);
        }
    }

    /// <summary>Starts the body on its own, so that one that never yields cannot keep a signal from being obeyed.</summary>
    private static async Task<ActionOutcome> StartAsync(ActionBody body, ActionContext context, CancellationToken cancellation)
    {
        await Task.Yield();
        return await body(context, cancellation);
    }

    private async Task PatienceEndsAsync(Signals signals)
    {
        await signals.Cancelled.WaitAsync();
        using var patience = new CancellationTokenSource(Grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, signals.Forced);
        await either.Token.WaitAsync();
    }

    private static ActionOutcome Stopped(IReadOnlyList<Fault> faults, bool cancelled) => new()
    {
        Faults = cancelled ? [.. faults, Cancelled()] : faults,
    };

    /// <summary>What an action that stops on a signal reports.</summary>
    internal static Fault Cancelled() => new(
        FaultCodes.Cancelled, "Expected to finish", "found that the run was cancelled", "start it again: it continues where this one stopped");

    private static Fault Bug(Exception problem) => new(
        FaultCodes.Bug, "Expected no surprise", $"found {problem.GetType().Name}: {PlainText.Bound(PlainText.CleanLine(problem.Message), 500)}",
        "run it again with debug logging and open an issue with the log");
}
