namespace Actions.Core.Ledger;

public enum RecordState
{
    /// <summary>Written before the first transaction.</summary>
    Started,

    /// <summary>For a check: the verdict is positive.</summary>
    Succeeded,

    Failed,
    Cancelled,

    /// <summary>Handed to another authority, whose turn it is.</summary>
    Pending,

    /// <summary>It ran, and a rollback replaced it.</summary>
    Undone,
}

internal static class RecordStates
{
    /// <summary>
    /// The state with the higher rank holds, in whatever order the events arrive: a settlement made from an older view
    /// ("failed") never hides that the transaction landed, and what was undone stays undone.
    /// </summary>
    public static int Rank(this RecordState state) => state switch
    {
        RecordState.Started => 0,
        RecordState.Pending => 1,
        RecordState.Failed or RecordState.Cancelled => 2,
        RecordState.Succeeded => 3,
        _ => 4,
    };
}
