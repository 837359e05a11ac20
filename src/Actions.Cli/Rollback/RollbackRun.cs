using Actions.Cli.SolanaDeploy;
using Actions.Core.Ledger;
using Actions.Core.Store;

namespace Actions.Cli.Rollback;

/// <summary>Carries out a rollback: records first, then the bytes nobody recorded, then program by program from the last to the first.</summary>
internal sealed class RollbackRun(RollbackInputs inputs, DeploySite site, IStore store, DeployReports reports, DeploySequence sequence)
{
    private readonly List<(SeenProgram Seen, RestingReport Report)> resting = [];

    public async Task RunAsync(RollbackPlan plan, CancellationToken cancellation)
    {
        foreach (var seen in plan.Resting)
        {
            var report = new RestingReport(seen, isReal: !inputs.IsDryRun && !inputs.IsDrill);
            resting.Add((seen, report));
            reports.Add(report);
        }

        if (plan.Targets.Count > 0)
        {
            await sequence.RunAsync(plan.Targets, token => BeginAsync(plan, token), cancellation);
        }
        else if (!inputs.IsDryRun)
        {
            await BeginAsync(plan, cancellation);
        }
    }

    /// <summary>Nothing stands in the way: what must be done before the first transaction, and what needs none.</summary>
    /// <returns>Null: a rollback's record says which release it undoes.</returns>
    private async Task<string?> BeginAsync(RollbackPlan plan, CancellationToken cancellation)
    {
        foreach (var seen in plan.Restored.Where(seen => seen.Unrecorded is not null))
        {
            await SaveAsync(seen, cancellation);
        }

        if (inputs.IsDrill)
        {
            return null; // a rehearsal leaves everything else as it is
        }

        await site.Book.AppendAsync(plan.Resting.Concat(plan.Restored).SelectMany(seen => seen.Subject.Settlements), cancellation);

        foreach (var (seen, report) in resting)
        {
            await RelabelAsync(seen, report, cancellation);
        }

        foreach (var seen in plan.Resting.Concat(plan.Restored))
        {
            await CloseAsync(seen, cancellation);
        }

        reports.Publish();
        return null;
    }

    private async Task SaveAsync(SeenProgram seen, CancellationToken cancellation)
    {
        var manifest = SavedBytes.Describe(site.Context, seen.Program, seen.Unrecorded!, inputs.ReleaseName, site.Rpc.GenesisHash);
        try
        {
            var stored = await store.PutAsync(manifest, [seen.Unrecorded!.Data], cancellation);
            site.Context.Log.Line($"Kept what {seen.Program.Shown} runs as {stored.Manifest.Name} {stored.Manifest.Version} in {store.Description}");
        }
        finally
        {
            inputs.Records.GiveStoreToOwner(site.Context);
        }
    }

    /// <summary>The bytes stay; what they are called is taken back before anything that may fail, so that what is left shows what is still to be done.</summary>
    private async Task RelabelAsync(SeenProgram seen, RestingReport report, CancellationToken cancellation)
    {
        if (seen.Step is not RollbackStep.Relabel relabel || !inputs.Records.HasLedger)
        {
            return;
        }

        var entry = RelabelRecord.Make(inputs, site, seen, relabel);
        await site.Book.AppendAsync(entry, cancellation);
        var records = LedgerFold.Add(seen.Subject.Records, [entry]);
        await site.Book.AppendAsync(LedgerRules.Undo(records, records.First(record => record.Id == entry.Id), site.Context.Time.GetUtcNow()), cancellation);

        report.Record = entry.Id;
    }

    private async Task CloseAsync(SeenProgram seen, CancellationToken cancellation)
    {
        // A run that is still at work needs its buffer, and bytes that come back now are not written again.
        if (seen.Subject.NeverLive is not { State: not RecordState.Started, Facts: { Buffer: { } buffer, Sha256: var sha256 } } || sha256 == seen.Target?.Artifact.Sha256)
        {
            return;
        }

        var (closed, warning) = await new LeftoverBuffer(inputs, site).CloseAsync(buffer, cancellation);
        if (warning is not null)
        {
            reports.Add(warning);
        }

        if (resting.Find(pair => pair.Seen == seen).Report is { } report)
        {
            report.Closed = closed;
        }
    }
}
