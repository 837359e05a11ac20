namespace Actions.Core.Ledger;

/// <summary>A deploy that found its bytes running.</summary>
/// <param name="Attempt">The release record this run would write: a new id, its version, its bytes, its run.</param>
/// <param name="Chain">What runs.</param>
/// <param name="IsOver">Whether the run of an open record is over; this run's own record counts as over.</param>
/// <param name="NamesVersions">There is a release file, or the ledger is GitHub's: a version that changes nothing is recorded too.</param>
public sealed record UnchangedRun(LedgerEvent Attempt, ChainState Chain, Predicate<LedgerRecord> IsOver, bool NamesVersions)
{
    /// <summary>What to append, in order, and the record that is the output.</summary>
    public UnchangedAnswer Decide(IReadOnlyList<LedgerRecord> records)
    {
        var settlements = LedgerRules.Settlements(records, IsOver, Chain, Attempt.At);
        if (settlements.LastOrDefault(entry => entry.State == RecordState.Succeeded) is { } settled)
        {
            return new(settlements, settled.Id);
        }

        var standing = LedgerRules.Standing(records, Chain.ExecutableHash) ?? records.LastOrDefault(IsUnderWay);
        return standing is null ? new([.. settlements, Adopted()], Attempt.Id)
            : NamesVersions ? new([.. settlements, Unchanged(standing)], Attempt.Id)
            : new(settlements, (LedgerRules.Current(records, Chain.ExecutableHash) ?? standing).Id);
    }

    /// <summary>A run that is not over deployed these bytes and will say so itself.</summary>
    private bool IsUnderWay(LedgerRecord record) => record is { IsOpen: true, IsStandby: false } && !IsOver(record) && Chain.Holds(record.ExecutableHash);

    private LedgerEvent Adopted() => Attempt with
    {
        State = RecordState.Succeeded,
        Adopted = true,
        FinishedAt = Attempt.At,
        Slot = Chain.Slot,
        BlockTime = Chain.BlockTime,
        Signature = Chain.Signature,
        UpgradeAuthority = Chain.UpgradeAuthority,
    };

    private LedgerEvent Unchanged(LedgerRecord standing) => Attempt with
    {
        State = RecordState.Succeeded,
        Unchanged = true,
        FinishedAt = Attempt.At,
        Slot = standing.Facts.Slot ?? Chain.Slot,
        BlockTime = standing.Facts.BlockTime ?? Chain.BlockTime,
        Signature = standing.Facts.Signature ?? Chain.Signature,
        UpgradeAuthority = Chain.UpgradeAuthority ?? standing.Facts.UpgradeAuthority,
    };
}

public sealed record UnchangedAnswer(IReadOnlyList<LedgerEvent> Append, string Record);
