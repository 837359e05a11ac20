using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.Rpc;

namespace Actions.Cli.PromoteArtifact;

/// <summary>`promote-artifact`: inputs, observe, judge, write, report.</summary>
internal static class PromoteArtifactAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(PromoteArtifactInputs.Read, cancellation);
        using var limit = new CancellationTokenSource(inputs.Cluster.Timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var report = new PromoteReport(context, inputs);
        report.Add(context.Inputs.Faults);
        try
        {
            await PromoteAsync(context, inputs, report, either.Token);
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

    private static async Task PromoteAsync(ActionContext context, PromoteArtifactInputs inputs, PromoteReport report, CancellationToken cancellation)
    {
        List<Fault> forged = [];
        var ledger = inputs.Records.OpenLedger(context, doubt => Hear(context, forged, doubt));
        var store = inputs.Records.OpenStore(context);
        var sighting = inputs.Build is not null
            ? await new BuildObserver(context, inputs, ledger, store).LookAsync(cancellation)
            : await new PromoteObserver(context, inputs, ledger, store).LookAsync(cancellation);
        sighting = sighting with { Problems = [.. sighting.Problems, .. forged.Distinct()] };
        GitHubQuestions ask = inputs.Records.Connect(context) is { } client ? new GitHubAnswers(client, context.Environment.RunId).AskAsync : (_, _, _, _) => Task.FromResult(GitHubEvidence.None);
        var github = await ask(inputs.Rules, sighting.Manifest, inputs.Scope.To, cancellation);
        var plan = PromotePlan.Of(inputs, sighting, github, context.Environment, context.Time.GetUtcNow());
        var run = new PromoteRun(context, inputs, store);
        report.Planned(plan, store.Description, run.DirectoryOf(plan));
        if (inputs.IsDryRun)
        {
            return;
        }

        if (plan.Stores)
        {
            await run.StoreAsync(plan, cancellation);
        }

        if (plan.IsEligible)
        {
            report.Wrote(run.Write(plan));
        }
    }
    /// <summary>A record that somebody else made is tampered evidence where evidence decides, and no mere warning.</summary>
    private static void Hear(ActionContext context, List<Fault> forged, Fault doubt)
    {
        if (doubt.Severity == Severity.Error)
        {
            forged.Add(doubt);
        }
        else
        {
            context.Partial.Warn(doubt);
        }
    }
}
