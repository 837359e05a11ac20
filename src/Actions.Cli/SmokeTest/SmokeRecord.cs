using Actions.Cli.Hosting;
using Actions.Cli.VerifyProgram;
using Actions.Core.Ledger;
using Actions.Core.Rpc;
using Actions.Core.Faults;
using Actions.Core.Smoke;
using Actions.Core.Solana;

namespace Actions.Cli.SmokeTest;

/// <summary>Finds the release under test, and leaves the verdict about it in the ledger.</summary>
/// <param name="rpc">Open; asked what runs at <paramref name="programId"/>.</param>
internal sealed class SmokeRecord(ActionContext context, SmokeTestInputs inputs, RpcClient rpc, Address programId, DateTimeOffset startedAt)
{
    private static readonly TimeSpan BlockTimePatience = TimeSpan.FromSeconds(5);

    private readonly ILedger? ledger = inputs.Records.HasLedger ? inputs.Records.OpenLedger(context) : null;
    private ProgramOnChain.Running? running;
    private LedgerRecord? release;

    /// <summary>The release's record says when it went live; without one, the cluster says when the program was deployed last.</summary>
    public async Task<ReleaseTime> FindAsync(CancellationToken cancellation)
    {
        running = (await new VerifyObserver(rpc, inputs.Cluster.Commitment).LookAsync(programId, cancellation)).Value as ProgramOnChain.Running;
        var records = ledger is null ? [] : await SettledAsync(ledger, cancellation);
        release = LedgerRules.Current(records, running?.ExecutableHash);
        if (LedgerRules.Standing(records, running?.ExecutableHash) is { } standing)
        {
            var live = standing.Facts.BlockTime is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : standing.Facts.FinishedAt ?? standing.Facts.At;
            return new ReleaseTime(live, $"record {standing.Id}");
        }

        return running is null ? new ReleaseTime(null, $"no program runs at {programId}")
            : await BlockTimeAsync(running.Slot, cancellation) is { } time ? new ReleaseTime(DateTimeOffset.FromUnixTimeSeconds(time), $"no record; the program was deployed in slot {running.Slot}")
            : new ReleaseTime(null, "no record knows this release, and the cluster no longer knows when it was deployed");
    }

    /// <returns>The id of the check's record.</returns>
    public async Task<string> WriteAsync(SmokeVerdict verdict, CancellationToken cancellation)
    {
        if (ledger is null)
        {
            return "";
        }

        var entry = Event(verdict);
        try
        {
            await ledger.AppendAsync(entry, cancellation);
        }
        finally
        {
            if (inputs.Records.LedgerDirectory is { } directory)
            {
                context.Files.GiveToOwner(FileLedger.Written(directory));
            }
        }

        return entry.Id;
    }

    /// <summary>The records, after what earlier runs left open was settled by what runs now.</summary>
    private async Task<IReadOnlyList<LedgerRecord>> SettledAsync(ILedger file, CancellationToken cancellation)
    {
        var records = await file.ReadAsync(inputs.Environment, programId, cancellation);
        if (inputs.IsDryRun || LedgerRules.Open(records).Count == 0)
        {
            return records;
        }

        var now = context.Time.GetUtcNow();
        var over = await RunIdentity.OverAsync(records, now, inputs.Records.Probe(context), cancellation);
        var chain = new ChainState(running?.ExecutableHash)
        {
            Slot = running?.Slot,
            UpgradeAuthority = running?.Authority,
            BlockTime = running is null ? null : await BlockTimeAsync(running.Slot, cancellation),
        };
        foreach (var settlement in LedgerRules.Settlements(records, record => over.Contains(record.Id), chain, now))
        {
            await file.AppendAsync(settlement, cancellation);
        }

        return await file.ReadAsync(inputs.Environment, programId, cancellation);
    }

    /// <summary>Nodes forget old blocks, and not every one serves this.</summary>
    private async Task<long?> BlockTimeAsync(ulong slot, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(BlockTimePatience);
        try
        {
            return await rpc.GetBlockTimeAsync(slot, patience.Token) is { } seconds and >= 0 and < 253_402_300_800 ? seconds : null;
        }
        catch (Exception problem) when (problem is RpcRefusedException or FaultException || (problem is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    private LedgerEvent Event(SmokeVerdict verdict)
    {
        var now = context.Time.GetUtcNow();
        var run = new RunIdentity { RunUrl = context.Environment.RunUrl, Process = ProcessTable.Here(), StartedAt = startedAt, Timeout = inputs.Cluster.Timeout };
        return run.Sign(new LedgerEvent
        {
            Id = context.Ulids.Next(),
            Kind = RecordKind.Check,
            Check = CheckKind.Smoke,
            State = verdict.IsPositive ? RecordState.Succeeded : RecordState.Failed,
            Environment = inputs.Environment,
            ProgramId = programId,
            At = now,
            FinishedAt = now,
            Cluster = inputs.Cluster.Cluster.Name,
            GenesisHash = rpc.GenesisHash,
            Name = release?.Facts.Name,
            Version = release?.Facts.Version,
            Variant = release?.Facts.Variant,
            ExecutableHash = running?.ExecutableHash,
            Slot = running?.Slot,
            UpgradeAuthority = running?.Authority,
            Actor = context.Environment.Actor,
            RefersTo = release?.Id,
            Passed = verdict.Count(SmokeResult.Passed),
            Failed = verdict.Count(SmokeResult.Failed),
            Skipped = verdict.Count(SmokeResult.Skipped),
            SpecSha256 = inputs.Spec.Sha256,
        });
    }
}
