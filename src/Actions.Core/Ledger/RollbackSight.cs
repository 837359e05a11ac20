namespace Actions.Core.Ledger;

/// <summary>A program that is rolled back, with what its history says.</summary>
internal sealed class RollbackSight
{
    private readonly RollbackSubject program;

    public RollbackSight(RollbackSubject program, RollbackTo to, string? runId)
    {
        this.program = program;
        History = new LedgerHistory(program.Records);
        Current = History.Current(Chain);
        First = Current is null ? null : History.FirstOf(Current);
        IsAstray = program.HasDrifted && History.NewestNotUndone() is not null;
        NeverLive = IsAstray ? null : program.NeverLive;
        var rollback = program.Landed ?? (runId is null ? null : LedgerRules.RollbackOf(Records, runId));
        var restored = History.Find(rollback?.Facts.Restores);
        Done = rollback is not null && to.IsMet((restored ?? rollback).Facts) ? new RollbackStep.Done(rollback, restored) : null;
    }

    public IReadOnlyList<LedgerRecord> Records => program.Records;

    public ChainState Chain => program.Chain;

    public LedgerHistory History { get; }

    public LedgerRecord? Current { get; }

    /// <summary>The release that put the running bytes there.</summary>
    public LedgerRecord? First { get; }

    /// <summary>The newest attempt, when it never reached the chain.</summary>
    public LedgerRecord? NeverLive { get; }

    /// <summary>It runs what no record knows, or nothing any more, although something was released.</summary>
    public bool IsAstray { get; }

    /// <summary>What an earlier run has done of this very rollback.</summary>
    public RollbackStep.Done? Done { get; }

    public RollbackStep RestoreOrNot(LedgerRecord? target, string? undoes) =>
        target is null ? new RollbackStep.Untouched("no other release ran there before") : Restore(target, undoes);

    public RollbackStep.Restore Restore(LedgerRecord target, string? undoes) =>
        new(target, Current, Current is null ? [] : History.WayBack(Current, target) ?? History.SpanOf(Current), undoes);

    /// <summary>Takes back the versions that releases since then gave the running bytes without changing them.</summary>
    public RollbackStep.Relabel? Relabel(DateTimeOffset since, string undoes)
    {
        var span = Current is null || First!.StartedAt >= since ? [] : History.SpanOf(Current).Where(record => record == First || record.State != RecordState.Undone).ToList();
        var from = span.FindIndex(record => record.IsUnchanged && record.StartedAt >= since);
        return from > 0 ? new RollbackStep.Relabel(span[from - 1], span[^1], undoes) : null;
    }

    /// <summary>The rollback that undid a release's part in this program, in a run before this one.</summary>
    public RollbackStep.Done? UndoneBefore(string release) =>
        Records.LastOrDefault(record => record is { Kind: RecordKind.Release, State: RecordState.Undone } && record.Release() == release) is { } undone
        && History.Find(undone.Facts.UndoneBy) is { } rollback
            ? new RollbackStep.Done(rollback, History.Find(rollback.Facts.Restores))
            : null;
}

internal static class ReleaseOfRecord
{
    /// <summary>What the records of one release share. Those of other tools may have none: then each is one.</summary>
    public static string Release(this LedgerRecord record) => record.Facts.ReleaseId ?? record.Id;
}
