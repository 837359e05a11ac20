namespace Actions.Core.Ledger;

/// <summary>What a rollback does with one program.</summary>
public abstract record RollbackStep
{
    private RollbackStep()
    {
    }

    /// <summary>An earlier run has done it: this one only completes it.</summary>
    public sealed record Done(LedgerRecord Rollback, LedgerRecord? Restored) : RollbackStep;

    /// <summary>The target runs already.</summary>
    public sealed record Runs(LedgerRecord Release) : RollbackStep;

    /// <summary>The newest attempt never reached the chain, so what ran before it still runs.</summary>
    public sealed record NeverLive(LedgerRecord Attempt) : RollbackStep;

    /// <param name="Target">The release whose bytes come back.</param>
    /// <param name="Replaced">The release that runs; null when no record knows the bytes.</param>
    /// <param name="Left">Every release that is left behind on the way, newest first.</param>
    /// <param name="Undoes">The release-id of what is undone; null when that is nobody's release.</param>
    public sealed record Restore(LedgerRecord Target, LedgerRecord? Replaced, IReadOnlyList<LedgerRecord> Left, string? Undoes) : RollbackStep;

    /// <summary>The release that is undone gave the same bytes another version: only that is taken back.</summary>
    public sealed record Relabel(LedgerRecord Target, LedgerRecord Replaced, string Undoes) : RollbackStep;

    /// <summary>There is nothing of it to undo.</summary>
    public sealed record Untouched(string Why) : RollbackStep;
}
