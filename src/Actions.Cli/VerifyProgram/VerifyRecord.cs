using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Rpc;

namespace Actions.Cli.VerifyProgram;

/// <summary>Leaves the verdict in the ledger.</summary>
internal sealed class VerifyRecord(ActionContext context, VerifyProgramInputs inputs, VerifyTarget target, RpcClient rpc, DateTimeOffset startedAt)
{
    private static readonly TimeSpan BlockTimePatience = TimeSpan.FromSeconds(5);

    private VerifyRequest Request => target.Request;

    /// <returns>The id of the check's record.</returns>
    public async Task<string> WriteAsync(VerifyVerdict verdict, CancellationToken cancellation)
    {
        var ledger = inputs.Records.OpenLedger(context);
        try
        {
            var release = await ReleaseAsync(ledger, verdict.Running, cancellation);
            var entry = Event(verdict, release);
            await ledger.AppendAsync(entry, cancellation);
            return entry.Id;
        }
        finally
        {
            if (inputs.Records.LedgerDirectory is { } directory)
            {
                context.Files.GiveToOwner(FileLedger.Written(directory));
            }
        }
    }

    /// <summary>The release that runs, after what earlier runs left open was settled by what runs now.</summary>
    private async Task<LedgerRecord?> ReleaseAsync(ILedger ledger, ProgramOnChain.Running? running, CancellationToken cancellation)
    {
        var records = await ledger.ReadAsync(inputs.Environment, Request.ProgramId, cancellation);
        var settlements = await SettlementsAsync(records, running, cancellation);
        foreach (var settlement in settlements)
        {
            await ledger.AppendAsync(settlement, cancellation);
        }

        if (settlements.Count > 0)
        {
            records = await ledger.ReadAsync(inputs.Environment, Request.ProgramId, cancellation);
        }

        return LedgerRules.Current(records, running?.ExecutableHash);
    }

    private async Task<IReadOnlyList<LedgerEvent>> SettlementsAsync(IReadOnlyList<LedgerRecord> records, ProgramOnChain.Running? running, CancellationToken cancellation)
    {
        var now = context.Time.GetUtcNow();
        var over = new HashSet<string>(StringComparer.Ordinal);
        foreach (var open in LedgerRules.Open(records))
        {
            if (await RunIdentity.IsOverAsync(open, now, inputs.Records.Probe(context), cancellation))
            {
                over.Add(open.Id);
            }
        }

        var chain = new ChainState(running?.ExecutableHash) { Slot = running?.Slot, UpgradeAuthority = running?.Authority };
        var settlements = LedgerRules.Settlements(records, record => over.Contains(record.Id), chain, now);
        return settlements.Count > 0 && running is not null
            ? LedgerRules.Settlements(records, record => over.Contains(record.Id), chain with { BlockTime = await BlockTimeAsync(running.Slot, cancellation) }, now)
            : settlements;
    }

    /// <summary>Nodes forget old blocks, and not every one serves this: a record without it is still a record.</summary>
    private async Task<long?> BlockTimeAsync(ulong slot, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(BlockTimePatience);
        try
        {
            return await rpc.GetBlockTimeAsync(slot, patience.Token);
        }
        catch (Exception problem) when (problem is RpcRefusedException or FaultException || (problem is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    private LedgerEvent Event(VerifyVerdict verdict, LedgerRecord? release)
    {
        var now = context.Time.GetUtcNow();
        var run = new RunIdentity { RunUrl = context.Environment.RunUrl, Process = ProcessTable.Here(), StartedAt = startedAt, Timeout = inputs.Cluster.Timeout };
        return run.Sign(new LedgerEvent
        {
            Id = context.Ulids.Next(),
            Kind = RecordKind.Check,
            Check = CheckKind.Verify,
            State = verdict.IsPositive ? RecordState.Succeeded : RecordState.Failed,
            Environment = inputs.Environment,
            ProgramId = Request.ProgramId,
            At = now,
            FinishedAt = now,
            Cluster = inputs.Cluster.Cluster.Name,
            GenesisHash = rpc.GenesisHash,
            Name = target.Release?.Name,
            Version = target.Release?.Version,
            Variant = target.Release?.Variant,
            Sha256 = verdict.RunsOtherBytes ? null : Request.Bytes?.File?.Sha256,
            ExecutableHash = verdict.Running?.ExecutableHash,
            Slot = verdict.Running?.Slot,
            UpgradeAuthority = verdict.Running?.Authority,
            Actor = context.Environment.Actor,
            RefersTo = release?.Id,
            Passed = verdict.Count(CheckResult.Passed),
            Failed = verdict.Count(CheckResult.Failed),
            Skipped = verdict.Count(CheckResult.Skipped),
            Findings = verdict.Findings.Count,
        });
    }
}
