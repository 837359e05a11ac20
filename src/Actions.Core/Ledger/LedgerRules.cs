using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>What the records of one key mean together with what runs on chain. Pure.</summary>
public static class LedgerRules
{
    /// <summary>Attempts that nobody settled yet, oldest first.</summary>
    public static IReadOnlyList<LedgerRecord> Open(IEnumerable<LedgerRecord> records) =>
        [.. records.Where(record => record.IsOpen).OrderBy(record => record.Opened)];

    /// <summary>The event that settles an open record by what the chain holds; null while it waits for its authority.</summary>
    public static LedgerEvent? Settle(LedgerRecord open, ChainState chain, DateTimeOffset at) =>
        chain.Holds(open.ExecutableHash) && !open.IsStandby ? Next(open, RecordState.Succeeded, at) with
        {
            Slot = open.Facts.Slot ?? chain.Slot,
            BlockTime = open.Facts.BlockTime ?? chain.BlockTime,
            Signature = open.Facts.Signature ?? chain.Signature,
            UpgradeAuthority = open.Facts.UpgradeAuthority ?? chain.UpgradeAuthority,
        }
        : open.State == RecordState.Pending ? null
        : Next(open, RecordState.Failed, at);

    /// <summary>
    /// Settles every open record whose run is over, and those that wait for an authority which has acted. A rollback that
    /// turns out to have landed undoes what it replaced; one that was killed before it could say so is completed.
    /// </summary>
    public static IReadOnlyList<LedgerEvent> Settlements(
        IReadOnlyList<LedgerRecord> records, Predicate<LedgerRecord> isOver, ChainState chain, DateTimeOffset at)
    {
        List<LedgerEvent> settlements = [.. from open in Open(records) where open.State == RecordState.Pending || isOver(open) select Settle(open, chain, at) into settled where settled is not null select settled];
        var known = LedgerFold.Add(records, settlements);
        // What is marked as undone can show that more is: every record is marked once, so this comes to an end.
        HashSet<string> marked = new(StringComparer.Ordinal);
        List<LedgerEvent> undone;
        do
        {
            undone = [.. known.Where(record => record.State == RecordState.Succeeded).SelectMany(rollback => Undo(known, rollback, at)).Where(entry => marked.Add(entry.Id))];
            settlements.AddRange(undone);
            known = LedgerFold.Add(known, undone);
        }
        while (undone.Count > 0);
        return settlements;
    }

    /// <summary>When a standby is not needed any more; null while its release is on its way.</summary>
    /// <param name="keeps">How long after its release went live it is kept, whatever its record says.</param>
    public static DateTimeOffset? EndOf(LedgerRecord standby, IEnumerable<LedgerRecord> records, TimeSpan keeps) =>
        records.FirstOrDefault(record => record.Id == standby.Facts.RefersTo) switch
        {
            { State: RecordState.Started or RecordState.Pending } => null,
            { State: RecordState.Succeeded } live => live.LiveAt + keeps,
            _ => DateTimeOffset.MinValue, // failed, or taken back in another way
        };

    /// <summary>The release that runs; null when no record knows the bytes.</summary>
    public static LedgerRecord? Current(IEnumerable<LedgerRecord> records, string? onChainHash) =>
        new LedgerHistory(records).Current(new ChainState(onChainHash));

    /// <summary>The release or rollback that put the running bytes there.</summary>
    public static LedgerRecord? Standing(IEnumerable<LedgerRecord> records, string? onChainHash) =>
        new LedgerHistory(records).Standing(new ChainState(onChainHash));

    /// <summary>The release a rollback returns to; null when there is none.</summary>
    public static LedgerRecord? Previous(IEnumerable<LedgerRecord> records, string? onChainHash)
    {
        var history = new LedgerHistory(records);
        return history.Current(new ChainState(onChainHash)) is { } current ? history.Predecessor(current) : history.NewestNotUndone();
    }

    /// <summary>The newest attempt, when it never reached the chain: then `previous` has nothing to undo. A rollback that did not get there changes nothing about that.</summary>
    public static LedgerRecord? NothingToUndo(IEnumerable<LedgerRecord> records, string? onChainHash) =>
        records.Where(record => record.Kind == RecordKind.Release || (record.Kind == RecordKind.Rollback && record.WentLive is not null)).MaxBy(record => record.Opened)
            is { Kind: RecordKind.Release, State: RecordState.Started or RecordState.Failed or RecordState.Cancelled } newest
        && !new ChainState(onChainHash).Holds(newest.ExecutableHash)
            ? newest
            : null;

    /// <summary>The events that mark what a rollback replaced, with every later version of the same bytes; none for what is marked already.</summary>
    public static IReadOnlyList<LedgerEvent> Undo(IEnumerable<LedgerRecord> records, LedgerRecord rollback, DateTimeOffset at)
    {
        var history = new LedgerHistory(records);
        return rollback.Kind != RecordKind.Rollback || history.Find(rollback.Facts.From) is not { Kind: RecordKind.Release } replaced ? [] :
        [
            .. from record in history.Undone(replaced, rollback.Facts.Restores)
               select Next(record, RecordState.Undone, at) with { UndoneBy = rollback.Id, FinishedAt = null },
        ];
    }

    /// <summary>The rollback that succeeded in this GitHub run, so that a re-run of its job completes it instead of going back one more.</summary>
    public static LedgerRecord? RollbackOf(IEnumerable<LedgerRecord> records, string runId) =>
        records.LastOrDefault(record => record is { Kind: RecordKind.Rollback, State: RecordState.Succeeded }
            && Uri.TryCreate(record.Facts.RunUrl, UriKind.Absolute, out var url)
            && $"{url.AbsolutePath}/".Contains($"/actions/runs/{runId}/", StringComparison.Ordinal));

    /// <summary>Buffers that another authority was told to use; they are never reclaimed.</summary>
    public static IReadOnlySet<Address> PendingBuffers(IEnumerable<LedgerRecord> records) =>
        records.Where(record => record.State == RecordState.Pending).Select(record => record.Facts.Buffer).OfType<Address>().ToHashSet();

    /// <summary>A later event of a record; what it does not say stays as it was.</summary>
    public static LedgerEvent Next(LedgerRecord record, RecordState state, DateTimeOffset at) => new()
    {
        Id = record.Id,
        Kind = record.Kind,
        State = state,
        Environment = record.Environment,
        ProgramId = record.ProgramId,
        At = at,
        FinishedAt = at,
    };
}
