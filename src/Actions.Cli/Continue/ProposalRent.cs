using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Ledger;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Continue;

/// <summary>Sends the rent of proposals that are over to the multisig's rent collector. Squads lets anybody do that; where there is no collector it stays.</summary>
internal sealed class ProposalRent(ContinueInputs inputs, ActionContext context, RpcClient rpc, RecordBook book, PendingObserver observer, MemberTransactions member, ContinueReport report)
{
    private const int MostClosed = 10;

    /// <summary>After their record was settled, for jobs that run at the same time still look at them.</summary>
    private static readonly TimeSpan Stays = TimeSpan.FromMinutes(10);

    /// <summary>As long an endpoint is asked although there is nothing else to do. Later they come back with whatever else is done for the program.</summary>
    private static readonly TimeSpan Asks = TimeSpan.FromDays(7);

    private static readonly DataSlice Nothing = new(0, 0);

    /// <summary>Whether a proposal of this record may be over, and not closed yet.</summary>
    public static bool MayMatter(LedgerRecord record, ContinueInputs inputs, DateTimeOffset now) => inputs.Member is not null && IsOver(record, now) && Since(record, now) < Asks;

    public async Task RunAsync(IEnumerable<ContinueProgram> programs, ulong minContextSlot, CancellationToken cancellation)
    {
        if (inputs.Member is null)
        {
            return;
        }

        List<LedgerRecord> over = [];
        foreach (var program in programs)
        {
            over.AddRange((await observer.ReadAsync(program, cancellation)).Where(record => IsOver(record, context.Time.GetUtcNow())));
        }

        List<Finished> finished = [];
        foreach (var group in over.GroupBy(record => record.Facts.Multisig!.Value))
        {
            finished.AddRange(await LookAsync(group.Key, [.. group.Select(record => record.Facts.TransactionIndex!.Value).Distinct().OrderDescending()], minContextSlot, cancellation));
        }

        if (finished.Count == 0)
        {
            return;
        }

        var needed = Needed(await book.ReadAllAsync(cancellation));
        foreach (var proposal in finished.Where(proposal => !needed.Contains((proposal.Multisig, proposal.Index))).Take(MostClosed))
        {
            await CloseAsync(proposal, cancellation);
        }
    }

    /// <summary>Of these transactions those that Squads closes; none where nobody collects.</summary>
    private async Task<IEnumerable<Finished>> LookAsync(Address multisig, IReadOnlyList<ulong> indexes, ulong minContextSlot, CancellationToken cancellation) =>
        await new SquadsObserver(rpc).LookAsync(multisig, indexes, minContextSlot, cancellation) is { Multisig.RentCollector: { } collector } sight
            ? from index in indexes
              where sight.At(index) is { Asked: not null, Proposal: { } proposal } && sight.IsOver(proposal)
              select new Finished(multisig, index, collector, sight.Slot)
            : [];

    private async Task CloseAsync(Finished proposal, CancellationToken cancellation)
    {
        IReadOnlyList<Address> accounts = [SquadsAddress.Transaction(proposal.Multisig, proposal.Index), SquadsAddress.Proposal(proposal.Multisig, proposal.Index)];
        var held = (await rpc.GetAccountsAsync(accounts, Commitment.Confirmed, cancellation, proposal.Slot, Nothing)).Value.Aggregate(0UL, (sum, account) => sum + (account?.Lamports ?? 0));
        if (inputs.IsDryRun)
        {
            context.Log.Line($"Would close proposal {proposal.Index} of the multisig {proposal.Multisig}, which is over: {Money.Sol(held)} for its rent collector");
            return;
        }

        var (landed, refusal) = await member.TryAsync(
            [SquadsProgram.VaultTransactionAccountsClose(proposal.Multisig, proposal.Index, proposal.Collector)], accounts, proposal.Slot, cancellation);
        if (landed is null)
        {
            context.Log.Line($"Leaving proposal {proposal.Index} of the multisig {proposal.Multisig}: {refusal}"); // somebody was quicker, or the next run is
            return;
        }

        report.Returned(proposal.Multisig, proposal.Index, proposal.Collector, held);
    }

    /// <summary>What a record that nobody settled yet is read by: several programs can share a proposal.</summary>
    private static HashSet<(Address Multisig, ulong Index)> Needed(IEnumerable<LedgerRecord> records) =>
        [.. from record in records
            where record is { IsOpen: true, Facts: { Multisig: not null, TransactionIndex: not null } }
            select (record.Facts.Multisig!.Value, record.Facts.TransactionIndex!.Value)];

    private static bool IsOver(LedgerRecord record, DateTimeOffset now) =>
        record is { IsOpen: false, Kind: not RecordKind.Check, Facts: { Multisig: not null, TransactionIndex: not null } } && Since(record, now) >= Stays;

    private static TimeSpan Since(LedgerRecord record, DateTimeOffset now) => now - (record.Facts.FinishedAt ?? record.Facts.At);

    /// <param name="Slot">Of the look.</param>
    private sealed record Finished(Address Multisig, ulong Index, Address Collector, ulong Slot);
}
