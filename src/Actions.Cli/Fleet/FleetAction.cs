using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Fleet;

namespace Actions.Cli.Fleet;

/// <summary>`verify-program` with `programs`: inputs, observe, judge, report. It writes its snapshot, and no record.</summary>
internal static class FleetAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(FleetInputs.Read, cancellation);
        List<Fault> faults = [.. context.Inputs.Faults];
        await new BoundedRun(context.Time, inputs.Clusters[0].Timeout, faults.Add).RunAsync(token => VerifyAsync(context, inputs, faults, token), cancellation);
        return new ActionOutcome { Faults = faults };
    }

    private static async Task VerifyAsync(ActionContext context, FleetInputs inputs, List<Fault> faults, CancellationToken cancellation)
    {
        var snapshots = inputs.Records.OpenSnapshots(context);
        var stored = await snapshots.ReadAsync(inputs.Name, cancellation);
        var known = stored is { } json ? FleetSnapshot.TryRead(json.Span) : null;
        if (stored is not null && known is null)
        {
            context.Partial.Warn(new Fault(
                FaultCodes.StoreFailed, $"Expected the snapshot of the fleet {inputs.Name} in the store", "found something else", "nothing: all bytes are read again, and it is replaced", "store"));
        }

        var evidence = await new FleetEvidenceReader(context, inputs).ReadAsync(known, cancellation);
        var report = new FleetReport(inputs, evidence, new FleetJudge(inputs, evidence));
        faults.AddRange(report.Faults);
        context.Partial.Outputs.SetAll(report.Outputs());
        context.Partial.Summary = report.Summary();
        WriteSarif(context, inputs, report, faults);
        var snapshot = report.Snapshot().ToJson();
        if (!inputs.IsDryRun && (stored is not { } before || !before.Span.SequenceEqual(snapshot)))
        {
            await snapshots.WriteAsync(inputs.Name, snapshot, cancellation);
            inputs.Records.GiveStoreToOwner(context);
        }
    }

    private static void WriteSarif(ActionContext context, FleetInputs inputs, FleetReport report, List<Fault> faults)
    {
        if (inputs.Sarif is not { } path)
        {
            return;
        }

        try
        {
            context.Files.Write(path, FleetSarif.Write(inputs.Name, report.Findings, context.Masker.Safe));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            faults.Add(new Fault(FaultCodes.ReportFailed, $"Expected to write {path.Relative}", $"found {problem.GetType().Name}", "make its folder writable", "sarif-file"));
        }
    }
}
