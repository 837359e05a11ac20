using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;

namespace Actions.Cli.SmokeTest;

/// <summary>`smoke-test`: inputs and spec, rounds of checks, verdict, record.</summary>
internal static class SmokeTestAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var startedAt = context.Time.GetUtcNow();
        var inputs = await context.ReadAsync(SmokeTestInputs.Read, cancellation);
        var report = new SmokeReport(context, inputs);
        report.Add(context.Inputs.Faults);
        if (inputs.IsDryRun)
        {
            report.Planned();
            return report.Outcome();
        }

        await new BoundedRun(context.Time, inputs.Cluster.Timeout, report.Add).RunAsync(token => CheckAsync(context, inputs, report, startedAt, token), cancellation);
        return report.Outcome();
    }

    /// <summary>All rounds of checks, and a record of the verdict for each program; throws what keeps them from ending.</summary>
    internal static async Task CheckAsync(ActionContext context, SmokeTestInputs inputs, SmokeReport report, DateTimeOffset startedAt, CancellationToken cancellation)
    {
        using var rpc = inputs.Programs.Count > 0 || inputs.Spec.Checks.Any(check => check.Kind.NeedsCluster) ? inputs.Cluster.Connect(context.Http, context.Time) : null;
        if (rpc is not null)
        {
            report.Add(await rpc.OpenAsync(cancellation));
        }

        var book = new RecordBook(context, inputs.Records, inputs.Cluster, inputs.Environment, rpc);
        var records = inputs.Programs.Select(program => new SmokeRecord(context, inputs, rpc!, book, program, startedAt)).ToList();
        var release = await ReleaseTimeAsync(records, cancellation);
        foreach (var staged in inputs.Spec.Checks.Where(check => check.Stage is not null && release.At is null))
        {
            report.Add(new Fault(FaultCodes.SmokeFailed, $"Expected to know when the release went live, for the stage of '{staged.Name}'", $"found that {release.Source}", "deploy with solana-deploy and the same ledger, and give program-id", "spec").AsWarning());
        }

        using var probes = new SmokeProbes(context, rpc, inputs.Cluster.Commitment);
        var run = new SmokeRun(context, inputs, probes, release);
        try
        {
            await run.RunAsync(cancellation);
        }
        catch
        {
            report.Publish(run.Verdict());
            report.WriteJunit(run.Verdict());
            throw;
        }

        var verdict = run.Verdict();
        report.Judged(verdict);
        report.WriteJunit(verdict);
        List<string> written = [];
        foreach (var record in records)
        {
            written.Add(await record.WriteAsync(verdict, cancellation));
        }

        if (written.Count > 0)
        {
            report.Recorded(written[0], verdict);
        }
    }

    /// <summary>A release is live since the last of its programs is.</summary>
    private static async Task<ReleaseTime> ReleaseTimeAsync(List<SmokeRecord> records, CancellationToken cancellation)
    {
        var latest = new ReleaseTime(null, "without program-id nobody knows which release this is");
        foreach (var record in records)
        {
            var time = await record.FindAsync(cancellation);
            if (time.At is null)
            {
                return time;
            }

            latest = latest.At is null || time.At > latest.At ? time : latest;
        }

        return latest;
    }
}
