using Actions.Cli.Clusters;
using Actions.Cli.Fleet;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Rpc;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.VerifyProgram;

/// <summary>`verify-program`: inputs, observe, judge, report.</summary>
internal static class VerifyProgramAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        if (context.Inputs.Has(FleetInputs.FileInput))
        {
            return await FleetAction.RunAsync(context, cancellation);
        }

        var startedAt = context.Time.GetUtcNow();
        var inputs = await context.ReadAsync(VerifyProgramInputs.Read, cancellation);
        var reports = new VerifyReports(context, inputs);
        reports.Add(context.Inputs.Faults);
        await new BoundedRun(context.Time, inputs.Cluster.Timeout, reports.Add).RunAsync(token => VerifyAsync(context, inputs, reports, startedAt, token), cancellation);
        return reports.Outcome();
    }

    private static async Task VerifyAsync(ActionContext context, VerifyProgramInputs inputs, VerifyReports reports, DateTimeOffset startedAt, CancellationToken cancellation)
    {
        using var rpc = inputs.Cluster.Connect(context.Http, context.Time);
        reports.Add(await rpc.OpenAsync(cancellation));
        foreach (var report in reports.All)
        {
            await JudgeAsync(inputs, rpc, report, cancellation);
        }

        WriteSarif(context, inputs, rpc, reports);
        if (!inputs.Records.HasLedger || inputs.IsDryRun)
        {
            return;
        }

        var book = new RecordBook(context, inputs.Records, inputs.Cluster, inputs.Environment, rpc);
        foreach (var report in reports.All)
        {
            report.Recorded(await new VerifyRecord(context, book, report.Target, startedAt).WriteAsync(report.Verdict!, cancellation));
        }
    }

    private static async Task JudgeAsync(VerifyProgramInputs inputs, RpcClient rpc, VerifyReport report, CancellationToken cancellation)
    {
        var request = report.Target.Request;
        var seen = await new VerifyObserver(rpc, inputs.Cluster.Commitment).LookAsync(request.ProgramId, cancellation);
        var claim = request.VerifiedBuild != VerifiedBuildRule.Off && seen.Value is ProgramOnChain.Running running
            ? await new BuildClaimObserver(rpc, inputs.Cluster.Commitment).LookAsync(request.ProgramId, running, seen.Slot, cancellation)
            : null;
        var metadata = (request.IdlRule != IdlRule.Off || request.SecurityTxt != SecurityTxtRule.Off) && seen.Value is ProgramOnChain.Running
            ? await new MetadataObserver(rpc, inputs.Cluster.Commitment).LookAsync(request.ProgramId, seen.Slot, cancellation)
            : null;
        report.Judged(VerifyVerdict.Of(request, seen.Value, claim, metadata), seen.Slot, rpc.GenesisHash);
    }

    /// <summary>Only verdicts make this file: an empty one would close alerts that nobody looked at again.</summary>
    private static void WriteSarif(ActionContext context, VerifyProgramInputs inputs, RpcClient rpc, VerifyReports reports)
    {
        if (inputs.Sarif is not { } path)
        {
            return;
        }

        var analyses = reports.All.Select(report => (
            new VerifySarif(inputs.Environment, rpc.GenesisHash, report.Target.Request.ProgramId, VerifySarif.FileOf(context.Environment, report.Target.Request)), report.Verdict!.Findings));
        try
        {
            context.Files.Write(path, VerifySarif.Write(analyses, context.Masker.Safe));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            reports.Add(new Fault(FaultCodes.ReportFailed, $"Expected to write {path.Relative}", $"found {problem.GetType().Name}", "make its folder writable", "sarif-file"));
        }
    }
}
