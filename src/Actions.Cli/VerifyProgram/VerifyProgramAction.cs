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
        var inputs = VerifyProgramInputs.Read(context).OrThrow();
        using var limit = new CancellationTokenSource(inputs.Cluster.Timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var rpc = inputs.Cluster.Connect(context.Http, context.Time);
        var report = new VerifyReport(context, inputs);
        report.Add(context.Inputs.Faults);
        try
        {
            report.Add(await rpc.OpenAsync(either.Token));
            var verdict = await JudgeAsync(inputs, rpc, report, either.Token);
            WriteSarif(context, inputs, rpc, verdict, report);
            if (inputs is { Records.HasLedger: true, IsDryRun: false })
            {
                report.Recorded(await new VerifyRecord(context, inputs, rpc, startedAt).WriteAsync(verdict, either.Token));
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

    private static async Task<VerifyVerdict> JudgeAsync(VerifyProgramInputs inputs, RpcClient rpc, VerifyReport report, CancellationToken cancellation)
    {
        var seen = await new VerifyObserver(rpc, inputs.Cluster.Commitment).LookAsync(inputs.Request.ProgramId, cancellation);
        var verdict = VerifyVerdict.Of(inputs.Request, seen.Value);
        report.Judged(verdict, seen.Slot, rpc.GenesisHash);
        return verdict;
    }

    /// <summary>Only a verdict makes this file: an empty one would close alerts that nobody looked at again.</summary>
    private static void WriteSarif(ActionContext context, VerifyProgramInputs inputs, RpcClient rpc, VerifyVerdict verdict, VerifyReport report)
    {
        if (inputs.Sarif is not { } path)
        {
            return;
        }

        try
        {
            var sarif = new VerifySarif(inputs.Environment, rpc.GenesisHash, inputs.Request.ProgramId, VerifySarif.FileOf(context.Environment, inputs.Request));
            context.Files.Write(path, sarif.Write(verdict.Findings, context.Masker.Safe));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            report.Add(new Fault(FaultCodes.ReportFailed, $"Expected to write {path.Relative}", $"found {problem.GetType().Name}", "make its folder writable", "sarif-file"));
        }
    }
}
