using Actions.Cli.Hosting;
using Actions.Cli.SmokeTest;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Runner;

namespace Actions.Cli.Rollback;

/// <summary>The smoke test after a rollback: the same checks, verdict and records as the action of that name has.</summary>
internal static class RollbackSmoke
{
    public static async Task RunAsync(ActionContext context, RollbackInputs inputs, DeployReports reports, CancellationToken cancellation)
    {
        // With outputs and a summary of its own: those of a rollback have the same names.
        var own = new ActionContext(context.Environment, context.Inputs, context.Log, context.Masker, context.Files, context.Time, context.Ulids, context.Random, context.Http);
        var smoke = new SmokeTestInputs(
            inputs.Cluster, inputs.Spec!, [.. inputs.Programs.Select(program => program.Id)], inputs.Environment, inputs.Records, IsDryRun: false, Junit: null, Attempts: 1, Duration: null, Interval: TimeSpan.Zero);
        var report = new SmokeReport(own, smoke);
        try
        {
            await SmokeTestAction.CheckAsync(own, smoke, report, context.Time.GetUtcNow(), cancellation);
        }
        finally
        {
            reports.Add([.. report.Outcome().Faults, .. own.Partial.Warnings]);
            reports.More = own.Partial.Summary is { } summary ? new Markdown().Heading(2, "Smoke test").Append(summary) : null;
            reports.Publish();
        }
    }
}
