using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Registry;
using Actions.Core.Rpc;

namespace Actions.Cli.Continue;

/// <summary>Writes down what runs, as the job that proposed it would have. It asks the chain every time: what an earlier run could not write is written then.</summary>
internal sealed class Registration(ContinueInputs inputs, ActionContext context, RpcClient rpc, PendingObserver observer, ContinueReport report)
{
    /// <summary>Whether a program with this record may have something to write down, at the end of the run.</summary>
    public bool MayMatter(LedgerRecord record) => inputs is { WriteBack.IsAsked: true, IsDryRun: false } && (record.IsOpen || WentLive(record));

    /// <param name="minContextSlot">The newest slot this run knows of.</param>
    /// <exception cref="FaultException">The run was stopped before all was written; other problems are in the report, for there is more to do.</exception>
    public async Task RunAsync(IEnumerable<ContinueProgram> programs, ulong minContextSlot, CancellationToken cancellation)
    {
        List<RegistryEntry> entries = [];
        foreach (var program in programs)
        {
            if (await EntryAsync(program, minContextSlot, cancellation) is { } entry)
            {
                entries.Add(entry);
            }
        }

        if (entries.Count == 0)
        {
            return; // nothing ran yet: a first release waits for somebody
        }

        try
        {
            await inputs.WriteBack.RunAsync(context, inputs.Environment, entries, cancellation);
        }
        catch (FaultException problem) when (!cancellation.IsCancellationRequested)
        {
            report.Add(problem.Faults);
        }
    }

    /// <summary>Null where no record knows what runs.</summary>
    private async Task<RegistryEntry?> EntryAsync(ContinueProgram program, ulong minContextSlot, CancellationToken cancellation)
    {
        var records = await observer.ReadAsync(program, cancellation);
        if (!records.Any(WentLive))
        {
            return null;
        }

        var onChain = (await new VerifyObserver(rpc, Commitment.Confirmed).LookAsync(program.Id, cancellation, minContextSlot)).Value;
        var release = LedgerRules.Current(records, (onChain as ProgramOnChain.Running)?.ExecutableHash);
        return RunningEntry.Of(program.Name, program.Id, onChain, release, context.Time.GetUtcNow());
    }

    private static bool WentLive(LedgerRecord record) => record is { Kind: not RecordKind.Check, State: RecordState.Succeeded };
}
