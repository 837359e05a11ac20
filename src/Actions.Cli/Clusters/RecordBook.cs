using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.Clusters;

/// <summary>The ledger as actions use it: what earlier runs left open is settled by what runs on chain, and every event says which run wrote it.</summary>
/// <param name="rpc">Null for an action that looks at no cluster.</param>
internal sealed class RecordBook(ActionContext context, RecordInputs inputs, ClusterInputs cluster, string environment, RpcClient? rpc)
{
    private static readonly TimeSpan BlockTimePatience = TimeSpan.FromSeconds(5);

    private readonly ILedger ledger = inputs.OpenLedger(context);
    private readonly RunProbe probe = inputs.Probe(context);

    public string Environment => environment;

    public bool HasLedger => inputs.HasLedger;

    private DateTimeOffset Now => context.Time.GetUtcNow();

    public Task<IReadOnlyList<LedgerRecord>> ReadAllAsync(CancellationToken cancellation) => ledger.ReadAllAsync(cancellation);

    public Task<IReadOnlyList<LedgerRecord>> ReadAsync(Address program, CancellationToken cancellation) => ledger.ReadAsync(environment, program, cancellation);

    /// <summary>In a container this process is root: what it writes into the workspace belongs to whoever owns the workspace.</summary>
    public async Task AppendAsync(LedgerEvent entry, CancellationToken cancellation)
    {
        try
        {
            await ledger.AppendAsync(entry, cancellation);
        }
        finally
        {
            if (inputs.LedgerDirectory is { } directory)
            {
                context.Files.GiveToOwner(FileLedger.Written(directory));
            }
        }
    }

    public async Task AppendAsync(IEnumerable<LedgerEvent> entries, CancellationToken cancellation)
    {
        foreach (var entry in entries)
        {
            await AppendAsync(entry, cancellation);
        }
    }

    /// <summary>The program's records, after those whose run is over were settled.</summary>
    /// <param name="program">Whose records.</param>
    /// <param name="chain">What runs; its block time is asked for when there is something to settle.</param>
    public async Task<IReadOnlyList<LedgerRecord>> SettledAsync(Address program, ChainState chain, CancellationToken cancellation)
    {
        var records = await ReadAsync(program, cancellation);
        var isOver = await OverAsync(records, cancellation);
        if (LedgerRules.Settlements(records, isOver, chain, Now).Count == 0)
        {
            return records;
        }

        var dated = chain.Slot is { } slot ? chain with { BlockTime = await BlockTimeAsync(slot, cancellation) } : chain;
        await AppendAsync(LedgerRules.Settlements(records, isOver, dated, Now), cancellation);
        return await ReadAsync(program, cancellation);
    }

    /// <summary>Which of these open records nobody works on any more.</summary>
    public async Task<Predicate<LedgerRecord>> OverAsync(IReadOnlyList<LedgerRecord> records, CancellationToken cancellation)
    {
        var over = await RunIdentity.OverAsync(records, Now, probe, cancellation);
        return record => over.Contains(record.Id);
    }

    /// <summary>Nodes forget old blocks, and not every one serves this: a record without it is still a record.</summary>
    public async Task<long?> BlockTimeAsync(ulong slot, CancellationToken cancellation)
    {
        if (rpc is null)
        {
            return null;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(BlockTimePatience);
        try
        {
            return await rpc.GetBlockTimeAsync(slot, patience.Token) is { } seconds and >= 0 and < 253_402_300_800 ? seconds : null;
        }
        catch (Exception exception) when (exception is RpcRefusedException or FaultException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Who approved this run; null where nobody says.</summary>
    public Task<IReadOnlyList<Approval>?> ApprovalsAsync(CancellationToken cancellation) => inputs.ApprovalsAsync(context, cancellation);

    /// <summary>The first event of a record: what it says about this run and its cluster.</summary>
    public LedgerEvent Begin(string id, RecordKind kind, RecordState state, Address program, DateTimeOffset startedAt)
    {
        var run = new RunIdentity { RunUrl = context.Environment.RunUrl, Process = ProcessTable.Here(), StartedAt = startedAt, Timeout = cluster.Timeout };
        return run.Sign(new LedgerEvent
        {
            Id = id,
            Kind = kind,
            State = state,
            Environment = environment,
            ProgramId = program,
            At = Now,
            Cluster = cluster.Cluster.Name,
            GenesisHash = rpc?.GenesisHash,
            Actor = context.Environment.Actor,
        });
    }
}
