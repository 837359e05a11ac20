using Actions.Cli.Hosting;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.Squads;
using Actions.Cli.SolanaDeploy;

namespace Actions.Cli.Continue;

/// <summary>Takes back the rent of buffers whose upgrade came to nothing. The vault owns them, so its members are asked once more.</summary>
internal sealed class Leftovers(ContinueInputs inputs, ActionContext context, RpcClient rpc, PendingObserver observer, MemberTransactions member, ContinueReport report)
{
    private const int MostBuffers = 20;
    private const int MostRounds = 4;

    /// <summary>Whether a buffer of this record may be left with a vault.</summary>
    public static bool MayHave(LedgerRecord record) =>
        record is { State: RecordState.Failed or RecordState.Cancelled, Facts: { Multisig: not null, Buffer: not null }, Kind: not RecordKind.Check };

    /// <param name="overdue">Pending records, standbys, whose buffers nobody needs any more.</param>
    public async Task RunAsync(IReadOnlyList<ContinueProgram> programs, IReadOnlySet<string> overdue, CancellationToken cancellation)
    {
        List<(ContinueProgram Program, LedgerRecord Record)> candidates = [];
        foreach (var program in programs)
        {
            // Read again: what this run settled is among them now. A buffer that another attempt needs is nobody's leftover.
            var records = await observer.ReadAsync(program, cancellation);
            var needed = records.Where(record => record.IsOpen && !overdue.Contains(record.Id)).Select(record => record.Facts.Buffer).ToHashSet();
            candidates.AddRange(records.Where(record => (MayHave(record) || overdue.Contains(record.Id)) && !needed.Contains(record.Facts.Buffer)).DistinctBy(record => record.Facts.Buffer).Select(record => (program, record)));
        }

        foreach (var (program, record) in candidates.OrderByDescending(candidate => candidate.Record.StartedAt).Take(MostBuffers))
        {
            await ReturnAsync(program, record, cancellation);
        }
    }

    private async Task ReturnAsync(ContinueProgram program, LedgerRecord record, CancellationToken cancellation)
    {
        for (var (round, slot, lamports) = (1, 0UL, 0UL); ; round++)
        {
            if (await LookAsync(program, record, slot, cancellation) is not { } sight)
            {
                report.Closed(program, record, lamports);
                return;
            }

            if (inputs.IsDryRun || round > MostRounds || inputs.Member is null || Next(sight) is not var (what, instructions))
            {
                report.Left(sight);
                return;
            }

            context.Log.Line(what);
            var (landed, refusal) = await member.TryAsync(instructions, [sight.Address], sight.Multisig.Slot, cancellation);
            if (refusal is not null)
            {
                context.Log.Line($"Looking again: {refusal}");
            }

            slot = landed?.Slot ?? sight.Multisig.Slot;
            lamports = landed is not null && sight.Closing is not null && IsToUs(sight) ? sight.Buffer.Lamports : 0;
        }
    }

    /// <summary>Null when the vault has no such buffer any more.</summary>
    private async Task<LeftoverSight?> LookAsync(ContinueProgram program, LedgerRecord record, ulong minContextSlot, CancellationToken cancellation)
    {
        var (vault, address) = (observer.VaultOf(record)!, record.Facts.Buffer!.Value);
        if (!(await observer.BuffersAsync([address], minContextSlot, cancellation)).TryGetValue(address, out var buffer) || buffer.Authority != vault.Address
            || await new SquadsObserver(rpc).LookAsync(vault.Multisig, [], minContextSlot, cancellation) is not { } multisig)
        {
            return null;
        }

        return new LeftoverSight(program, record, vault, multisig, multisig.Alive(vault.Index, asked => VaultAsk.IsClose(asked, vault.Address, address)), buffer);
    }

    /// <summary>What this run's member may do about it now; null when it is the others' turn.</summary>
    private (string What, IReadOnlyList<Instruction> Instructions)? Next(LeftoverSight sight)
    {
        var (multisig, vault) = (sight.Multisig, sight.Vault);
        if (sight.Closing is { Asked: { } asked, Index: var index })
        {
            return sight.Squads.IsExecutable && sight.Squads.Lacks(member.Member, SquadsPermissions.Execute) is null
                ? ($"Executing proposal {index}, which closes the buffer {sight.Address}", [SquadsProgram.VaultTransactionExecute(vault.Multisig, index, member.Member, vault.Index, asked.Message)])
                : null;
        }

        if (sight.Squads.Lacks(member.Member, SquadsPermissions.Initiate) is not null)
        {
            return null;
        }

        var next = multisig.Multisig.TransactionIndex + 1;
        return ($"Proposing to close the buffer {sight.Address}", ProposedClose(sight, next));
    }

    private IReadOnlyList<Instruction> ProposedClose(LeftoverSight sight, ulong index)
    {
        var vault = sight.Vault;
        var message = VaultMessage.Compile(vault.Address, [LoaderProgram.Close(sight.Address, member.Member, vault.Address, null)]);
        return ProposalGroup.Propose(vault, member.Member, index, message, votes: sight.Squads.Lacks(member.Member, SquadsPermissions.Vote) is null);
    }

    private bool IsToUs(LeftoverSight sight) => sight.Closing!.Asked!.Message.Accounts.Contains(member.Member);
}
