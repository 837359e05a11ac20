using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Rpc;

namespace Actions.Cli.VerifyProgram;

/// <summary>`verify-program`: inputs, observe, judge, report.</summary>
internal static class VerifyProgramAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var startedAt = context.Time.GetUtcNow();
        var inputs = await context.ReadAsync(VerifyProgramInputs.Read, cancellation);
        using var limit = new CancellationTokenSource(inputs.Cluster.Timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var rpc = inputs.Cluster.Connect(context.Http, context.Time);
        var report = new VerifyReports(context, inputs);
        report.Add(context.Inputs.Faults);
        try
        {
            report.Add(await rpc.OpenAsync(either.Token));
            foreach (var target in report.All)
            {
                await JudgeAsync(inputs, rpc, target, either.Token);
            }

            WriteSarif(context, inputs, rpc, report);
            foreach (var target in report.All.Where(_ => inputs is { Records.HasLedger: true, IsDryRun: false }))
            {
                target.Recorded(await new VerifyRecord(context, inputs, target.Target, rpc, startedAt).WriteAsync(target.Verdict!, either.Token));
            }
        }
        catch (FaultException fault)
        {
            report.Add(fault.Faults);
        }
        catch (RpcRefusedException refused)
        {
            report.Add(new Fault(FaultCodes.RpcInvalidAnswer, "Expected an endpoint that serves account data", $"found {refused.Message}", "use another endpoint", "rpc-url"));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            report.Add(ActionHost.Cancelled());
        }
        catch (OperationCanceledException)
        {
            report.Add(new Fault(FaultCodes.Timeout, $"Expected an end within {inputs.Cluster.Timeout}", "found that the time is over", "run again, or raise timeout", "timeout"));
        }

        return report.Outcome();
    }

    private static async Task JudgeAsync(VerifyProgramInputs inputs, RpcClient rpc, VerifyReport report, CancellationToken cancellation)
    {
        var request = report.Target.Request;
        var seen = await new VerifyObserver(rpc, inputs.Cluster.Commitment).LookAsync(request.ProgramId, cancellation);
        report.Judged(VerifyVerdict.Of(request, seen.Value), seen.Slot, rpc.GenesisHash);
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
