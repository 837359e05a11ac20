using Actions.Cli.Clusters;
using Actions.Cli.SolanaDeploy;
using Actions.Cli.VerifyProgram;
using Actions.Core.Keys;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Continue;

/// <summary>What a look at one program showed.</summary>
/// <param name="Settlements">Events that the chain alone justifies: what waited runs, or its run is over.</param>
/// <param name="Pending">What still waits after them, oldest first.</param>
/// <param name="Slot">No later look may be older.</param>
internal sealed record PendingLook(IReadOnlyList<LedgerEvent> Settlements, IReadOnlyList<LedgerRecord> Records, IReadOnlyList<PendingSight> Pending, ulong Slot);

/// <summary>Looks at what waits; reads only.</summary>
internal sealed class PendingObserver(RpcClient rpc, RecordBook book, KeyInput.Vault? vault, TimeProvider time)
{
    private const int MostSignatures = 25;
    private const int MostAsked = 3;

    private static readonly DataSlice Header = new(0, LoaderProgram.BufferHeader);

    /// <param name="minContextSlot">The newest slot this run knows of.</param>
    public async Task<PendingLook> LookAsync(ContinueProgram program, ulong minContextSlot, CancellationToken cancellation)
    {
        var records = await ReadAsync(program, cancellation);
        var waiting = LedgerRules.Open(records).Where(record => record.State == RecordState.Pending).ToList();
        var multisigs = new Dictionary<Address, MultisigSight?>();
        var slot = minContextSlot;
        foreach (var group in waiting.Where(record => VaultOf(record) is not null).GroupBy(record => VaultOf(record)!.Multisig))
        {
            multisigs[group.Key] = await new SquadsObserver(rpc).LookAsync(group.Key, group.Select(record => record.Facts.TransactionIndex ?? 0), minContextSlot, cancellation);
            slot = Math.Max(slot, multisigs[group.Key]?.Slot ?? 0);
        }

        // After the proposals: one that was executed by then shows in the program.
        var chain = await ReadChainAsync(program, waiting, slot, cancellation);
        var settlements = LedgerRules.Settlements(records, await book.OverAsync(records, cancellation), chain.State, time.GetUtcNow());
        records = LedgerFold.Add(records, settlements);
        var left = LedgerRules.Open(records).Where(record => record.State == RecordState.Pending).ToList();
        var buffers = await BuffersAsync([.. left.Select(record => record.Facts.Buffer).OfType<Address>().Distinct()], chain.Slot, cancellation);
        return new PendingLook(settlements, records, [.. left.Select(record => Sight(program, record, records, chain.State, multisigs, buffers))], chain.Slot);
    }

    /// <summary>The event of a record whose proposal somebody else executed.</summary>
    public async Task<LedgerEvent> ByOthersAsync(PendingSight sight, CancellationToken cancellation)
    {
        var chain = await DateAsync(sight.Program, sight.Chain, cancellation);
        return LedgerRules.Next(sight.Record, RecordState.Succeeded, time.GetUtcNow()) with
        {
            Slot = chain.Slot,
            BlockTime = chain.BlockTime,
            Signature = chain.Signature,
            UpgradeAuthority = chain.UpgradeAuthority,
        };
    }

    public async Task<IReadOnlyList<LedgerRecord>> ReadAsync(ContinueProgram program, CancellationToken cancellation) =>
        // Records of another cluster are about another program of the same id.
        [.. (await book.ReadAsync(program.Id, cancellation)).Where(record => record.Facts.GenesisHash is null || record.Facts.GenesisHash == rpc.GenesisHash)];

    /// <summary>Those of these addresses that are loader buffers.</summary>
    public async Task<IReadOnlyDictionary<Address, BufferSight>> BuffersAsync(IReadOnlyList<Address> addresses, ulong minContextSlot, CancellationToken cancellation)
    {
        var found = new Dictionary<Address, BufferSight>();
        foreach (var some in addresses.Chunk(100))
        {
            var accounts = (await rpc.GetAccountsAsync(some, Commitment.Confirmed, cancellation, minContextSlot, Header)).Value;
            foreach (var (address, account) in some.Zip(accounts))
            {
                if (account is not null && account.Owner == LoaderProgram.Id && LoaderAccount.TryParse(account.Data, out var parsed) && parsed is LoaderAccount.Buffer buffer)
                {
                    found[address] = new BufferSight(buffer.Authority, account.Lamports);
                }
            }
        }

        return found;
    }

    public KeyInput.Vault? VaultOf(LedgerRecord record) =>
        record.Facts.Multisig is { } multisig ? new KeyInput.Vault(multisig, record.Facts.Vault ?? 0) : vault;

    private PendingSight Sight(
        ContinueProgram program, LedgerRecord record, IReadOnlyList<LedgerRecord> records, ChainState chain,
        IReadOnlyDictionary<Address, MultisigSight?> multisigs, IReadOnlyDictionary<Address, BufferSight> buffers)
    {
        var owner = VaultOf(record);
        var multisig = owner is null ? null : multisigs.GetValueOrDefault(owner.Multisig);
        var buffer = record.Facts.Buffer ?? default;
        // What was exported is proposed by somebody else, under a number that no record knows.
        var proposed = record.Facts.TransactionIndex is { } index
            ? multisig?.At(index)
            : multisig?.Alive(owner!.Index, asked => VaultAsk.Of(asked, owner.Address)?.Of(program.Id, buffer) is not null);
        return new PendingSight(program, record, records, chain, owner, multisig, proposed, buffers.GetValueOrDefault(buffer));
    }

    private async Task<(ChainState State, ulong Slot)> ReadChainAsync(ContinueProgram program, IReadOnlyList<LedgerRecord> waiting, ulong minContextSlot, CancellationToken cancellation)
    {
        var look = await new VerifyObserver(rpc, Commitment.Confirmed).LookAsync(program.Id, cancellation, minContextSlot);
        if (look.Value is not ProgramOnChain.Running running)
        {
            return (new ChainState(ExecutableHash: null), look.Slot);
        }

        var state = new ChainState(running.ExecutableHash) { Slot = running.Slot, UpgradeAuthority = running.Authority };
        return (waiting.Any(record => state.Holds(record.ExecutableHash)) ? await DateAsync(program, state, cancellation) : state, look.Slot);
    }

    /// <summary>The transaction that brought the bytes there, where the endpoint still knows it: it is the record's evidence.</summary>
    private async Task<ChainState> DateAsync(ContinueProgram program, ChainState state, CancellationToken cancellation)
    {
        var programData = LoaderProgram.ProgramDataAddress(program.Id);
        try
        {
            var history = await rpc.GetSignaturesAsync(programData, MostSignatures, Commitment.Confirmed, cancellation);
            foreach (var entry in history.Where(entry => entry.Error is null).OrderByDescending(entry => entry.Slot == state.Slot).Take(MostAsked))
            {
                if (await rpc.GetDeployAsync(entry.Signature, Commitment.Confirmed, cancellation) is { Error: null } deploy && deploy.Deployed.Contains(programData))
                {
                    return state with { Signature = entry.Signature, Slot = deploy.Slot, BlockTime = await book.BlockTimeAsync(deploy.Slot, cancellation) };
                }
            }
        }
        catch (RpcRefusedException)
        {
            // Not every endpoint keeps history; the bytes themselves are what counts.
        }

        return state with { BlockTime = state.Slot is { } slot ? await book.BlockTimeAsync(slot, cancellation) : null };
    }
}
