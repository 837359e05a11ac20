namespace Actions.Core.Ledger;

/// <summary>One program that a rollback looks at.</summary>
/// <param name="Name">As people call it.</param>
/// <param name="Records">Of its key, once what earlier runs left open is settled.</param>
/// <param name="Chain">What runs.</param>
public sealed record RollbackSubject(string Name, IReadOnlyList<LedgerRecord> Records, ChainState Chain)
{
    /// <summary>The events that settle what earlier runs left open; written before anything is sent.</summary>
    public IReadOnlyList<LedgerEvent> Settlements { get; private init; } = [];

    /// <summary>The rollback that an earlier run brought to the chain without saying so.</summary>
    public LedgerRecord? Landed { get; private init; }

    /// <summary>The newest attempt, when it never reached the chain.</summary>
    public LedgerRecord? NeverLive => LedgerRules.NothingToUndo(Records, Chain.ExecutableHash);

    /// <summary>Whether what runs is no record's: other bytes came there, or the program went away, since the newest attempt at the latest.</summary>
    public bool HasDrifted => LedgerRules.Current(Records, Chain.ExecutableHash) is null
        && (NeverLive is not { } attempt || (Chain.ExecutableHash is not null && attempt.Facts.From is not null));

    /// <param name="records">As the ledger has them.</param>
    /// <param name="isOver">Whether the run of an open record is over. One whose bytes run has landed, whoever is still at work.</param>
    public static RollbackSubject Of(string name, IReadOnlyList<LedgerRecord> records, ChainState chain, Predicate<LedgerRecord> isOver, DateTimeOffset now)
    {
        var settlements = LedgerRules.Settlements(records, open => isOver(open) || chain.Holds(open.ExecutableHash), chain, now);
        var settled = LedgerFold.Add(records, settlements);
        var landed = settlements.LastOrDefault(entry => entry is { Kind: RecordKind.Rollback, State: RecordState.Succeeded });
        return new RollbackSubject(name, settled, chain)
        {
            Settlements = settlements,
            Landed = landed is null ? null : settled.First(record => record.Id == landed.Id),
        };
    }
}
