using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Ledger;
namespace Actions.Cli.SolanaDeploy;

/// <summary>`solana-deploy`: inputs, then every program's observe, plan, run, and one report of all.</summary>
internal static class SolanaDeployAction
{
    public static Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation) =>
        context.Inputs.Text("mode") == ReclaimInputs.Mode ? ReclaimAction.RunAsync(context, cancellation) : DeployAsync(context, cancellation);

    private static async Task<ActionOutcome> DeployAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(SolanaDeployInputs.Read, cancellation);
        using var rpc = inputs.Cluster.Connect(context.Http, context.Time);
        var reports = new DeployReports(context);
        reports.Add(context.Inputs.Faults);
        var site = new DeploySite(context, inputs.Cluster, rpc, new RecordBook(context, inputs.Records, inputs.Cluster, inputs.Environment, rpc));
        var sequence = new DeploySequence(site, reports);
        await new BoundedRun(context.Time, inputs.Cluster.Timeout, reports.Add)
        {
            // The last final transaction had left before the signal, and it landed: the deploy is done, and only what is written down of it may be missing.
            AtSignal = fault => sequence.HasLanded ? inputs.WriteBack.Owed : fault,
            AtTimeout = fault => sequence.Unmet is { } unmet ? unmet : !sequence.HasLanded ? fault : sequence.IsSettled ? inputs.WriteBack.Owed : fault with { Found = "found that the time is over: the deploy is on chain, and its record is not complete yet" },
        }.RunAsync(token => DeployAsync(site, inputs, reports, sequence, token), cancellation);
        return reports.Outcome();
    }

    private static async Task DeployAsync(DeploySite site, SolanaDeployInputs inputs, DeployReports reports, DeploySequence sequence, CancellationToken cancellation)
    {
        reports.Add(await site.Rpc.OpenAsync(cancellation));
        IReadOnlyList<DeployTarget> targets = inputs.HasStandby ? [.. inputs.Targets, .. await new StandbyTargets(site, reports).MakeAsync(inputs.Targets, cancellation)] : inputs.Targets;
        await sequence.RunAsync(targets, inputs.Release is { } release ? token => ReleaseIdAsync(site, release, token) : null, cancellation);
        // What members executed while this run waited runs as well.
        if (inputs.Targets[0].Request is { IsDryRun: false, Mode: DeployMode.Deploy or DeployMode.Propose } && !sequence.Reports.Any(report => report is { IsAside: false, Waits: true, Target.Request.Mode: DeployMode.Propose }))
        {
            await inputs.WriteBack.RunAsync(site.Context, inputs.Environment, reports.Running(site.Context.Time.GetUtcNow()), cancellation);
        }
    }

    private static async Task<string?> ReleaseIdAsync(DeploySite site, ReleaseKey release, CancellationToken cancellation)
    {
        List<LedgerRecord> records = [];
        foreach (var program in release.Programs)
        {
            records.AddRange(await site.Book.ReadAsync(program, cancellation));
        }

        return ReleaseIds.Of(records, release, site.Context.Ulids.Next);
    }
}
