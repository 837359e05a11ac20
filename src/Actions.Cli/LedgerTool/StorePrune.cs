using System.Globalization;
using Actions.Cli.Hosting;
using Actions.Cli.VerifyProgram;
using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Rpc;
using Actions.Core.Store;

namespace Actions.Cli.LedgerTool;

/// <summary>Says which stored versions go and why the others stay; deletes them when it is told to.</summary>
internal sealed class StorePrune(ActionContext context, TextWriter output)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(PruneInputs.Read, cancellation);
        using var limit = new CancellationTokenSource(inputs.Timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var store = inputs.Records.OpenStore(context);
        var file = inputs.File;
        List<Manifest> versions = [];
        foreach (var version in await store.VersionsAsync(file.Name, either.Token))
        {
            versions.Add((await store.FindAsync(file.Name, version, either.Token))!.Manifest);
        }

        var records = await inputs.Records.OpenLedger(context).ReadAllAsync(either.Token);
        var programs = await LookAsync(inputs, records, either.Token);
        List<LedgerRecord> elsewhere = [.. records.Where(record => record.Kind != RecordKind.Check && !programs.Exists(program => program.Environment == record.Environment && program.Records.Any(known => known.Id == record.Id)))];
        var verdicts = new RetentionRules(file, programs, elsewhere, context.Time.GetUtcNow()).Judge(versions);
        await SayAsync(inputs, store, verdicts, either.Token);
        if (inputs.IsApplied)
        {
            await ApplyAsync(inputs, store, verdicts, either.Token);
        }
    }

    /// <summary>What runs now, in every environment: an endpoint that does not answer ends the pruning.</summary>
    private async Task<List<RetainedProgram>> LookAsync(PruneInputs inputs, IReadOnlyList<LedgerRecord> records, CancellationToken cancellation)
    {
        List<RetainedProgram> programs = [];
        foreach (var environment in inputs.File.Environments.Where(environment => environment.ProgramIds.Count > 0))
        {
            using var rpc = inputs.ClusterOf(environment, context.Masker).Connect(context.Http, context.Time);
            foreach (var warning in await rpc.OpenAsync(cancellation))
            {
                context.Partial.Warn(warning);
            }

            foreach (var (name, id) in environment.ProgramIds)
            {
                var running = (await new VerifyObserver(rpc, Commitment.Confirmed).LookAsync(id, cancellation)).Value as ProgramOnChain.Running;
                List<LedgerRecord> own = [.. records.Where(record => record.Environment == environment.Name && record.ProgramId == id && (record.Facts.GenesisHash is null || record.Facts.GenesisHash == rpc.GenesisHash))];
                var now = context.Time.GetUtcNow();
                var over = await RunIdentity.OverAsync(own, now, inputs.Records.Probe(context), cancellation);
                var subject = RollbackSubject.Of(name, own, new ChainState(running?.ExecutableHash), record => over.Contains(record.Id), now);
                programs.Add(new RetainedProgram(environment.Name, name, subject.Records, subject.Chain));
            }
        }

        return programs;
    }

    private async Task SayAsync(PruneInputs inputs, IStore store, IReadOnlyList<RetentionVerdict> verdicts, CancellationToken cancellation)
    {
        var gone = verdicts.Count(verdict => !verdict.IsKept);
        await WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{inputs.File.Name} in {store.Description}: {verdicts.Count} stored, {gone} to delete, {verdicts.Count - gone} to keep"), cancellation);
        foreach (var verdict in verdicts)
        {
            await WriteAsync(verdict.IsKept ? $"  keep    {verdict.Manifest.Version}: {string.Join("; ", verdict.Reasons)}" : $"  delete  {verdict.Manifest.Version}", cancellation);
        }
    }

    private async Task ApplyAsync(PruneInputs inputs, IStore store, IReadOnlyList<RetentionVerdict> verdicts, CancellationToken cancellation)
    {
        try
        {
            var freed = await store.PruneAsync(inputs.File.Name, [.. verdicts.Where(verdict => !verdict.IsKept).Select(verdict => SemVer.TryParse(verdict.Manifest.Version)!)], cancellation);
            await WriteAsync(string.Create(CultureInfo.InvariantCulture, $"Deleted; {freed:N0} bytes are free. The numbers of these versions stay refused."), cancellation);
        }
        finally
        {
            inputs.Records.GiveStoreToOwner(context);
        }
    }

    private Task WriteAsync(string line, CancellationToken cancellation) => output.WriteAsync($"{line}\n".AsMemory(), cancellation);
}
