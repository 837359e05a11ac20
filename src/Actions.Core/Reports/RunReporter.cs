using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Reports;

/// <summary>Says how a run ended: annotations, the report, the summary, the outputs.</summary>
public sealed class RunReporter(
    RunnerEnvironment environment, JobLog log, Masker masker, FileCommands files, UlidSource ulids)
{
    public const string Directory = ".solana-actions/reports";

    /// <summary>Writes everything and gives the exit code; a report that cannot be written never hides how the run ended.</summary>
    public async Task<ExitCode> ReportAsync(RunResult result, CancellationToken cancellation)
    {
        result = WriteReport(result);
        foreach (var fault in result.Faults)
        {
            log.Fault(fault);
        }

        try
        {
            await files.PublishAsync(result.ToSummary(), result.Outputs, cancellation);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            var fault = new Fault(FaultCodes.ReportFailed, "Expected to hand summary and outputs to the runner",
                $"found {problem.GetType().Name}", "read the report for the outputs, and check the runner's disk");
            log.Fault(fault);
            result = result with { Faults = [.. result.Faults, fault] };
        }

        log.Finish();
        return Verdict.Of(result.Faults);
    }

    private RunResult WriteReport(RunResult result)
    {
        try
        {
            // Resolved like an input: a checked out repository may hold a link of this name that leads out of the workspace.
            var path = WorkspacePath.Resolve(environment, $"{Directory}/{ulids.Next()}.json").OrThrow();
            result.Outputs.Set("report", path.Relative);
            new WorkspaceFiles(environment).Write(path, result.ToReport(masker).ToJson());
            return result;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FaultException)
        {
            result.Outputs.Set("report", "");
            var warning = new Fault(FaultCodes.ReportFailed, $"Expected to write the report below {Directory}",
                $"found {problem.GetType().Name}", "make the workspace writable").AsWarning();
            return result with { Faults = [.. result.Faults, warning] };
        }
    }
}
