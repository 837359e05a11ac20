using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.Releases;
using Actions.Core.Store;

namespace Actions.Cli.PromoteArtifact;

/// <summary>`promote-artifact`: inputs, observe, judge, write, report.</summary>
internal static class PromoteArtifactAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(PromoteArtifactInputs.Read, cancellation);
        var report = new PromoteReport(context, inputs);
        report.Add(context.Inputs.Faults);
        await new BoundedRun(context.Time, inputs.Cluster.Timeout, report.Add).RunAsync(token => PromoteAsync(context, inputs, report, token), cancellation);
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
        sighting = sighting with { Problems = [.. sighting.Problems, .. forged.Distinct()], Replaces = await ReplacedAsync(sighting, store, cancellation) };
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

    /// <summary>Looked up for release notes: the commits since this one are what is new.</summary>
    private static async Task<ReplacedRelease?> ReplacedAsync(PromoteSighting sighting, IStore store, CancellationToken cancellation)
    {
        var running = sighting.Programs.Select(program => VersionGates.Running(program.TargetRecords, program.Target)).FirstOrDefault(record => record is not null);
        return SemVer.TryParse(running?.Facts.Version) is { } version && version.Precedence(sighting.Version) != 0
            ? new ReplacedRelease(version.Text, (await store.FindAsync(sighting.Manifest.Name, version, cancellation))?.Manifest.Commit)
            : null;
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
