namespace Actions.Core.Ledger;

/// <summary>What a rollback of one program, or of all programs of a release file, has to do. Pure.</summary>
/// <remarks>
/// `previous` undoes one release: the newest that did something to any of the programs. What it did not touch stays as it is, and
/// what an interrupted rollback of it has done already is not done again.
/// </remarks>
public static class RollbackRules
{
    /// <summary>One step for each program, in their order.</summary>
    /// <param name="runId">This GitHub run: what it rolled back in an earlier attempt is not rolled back again.</param>
    public static IReadOnlyList<RollbackStep> Decide(IReadOnlyList<RollbackSubject> programs, RollbackTo to, string? runId)
    {
        var sights = programs.Select(program => new RollbackSight(program, to, runId)).ToList();
        return to is not RollbackTo.Previous ? sights.ConvertAll(sight => sight.Done ?? To(sight, to))
            : sights.Find(sight => sight.Done is not null) is { Done: { } done } ? Undo(sights, done.Rollback.Facts.ReleaseId)
            : Undo(sights, sights.Exists(sight => sight.IsAstray) ? null : Newest(sights));
    }

    private static RollbackStep To(RollbackSight sight, RollbackTo to)
    {
        var target = sight.History.Releases.Where(release => to.IsMet(release.Facts)).OrderBy(release => release.State != RecordState.Undone).LastOrDefault();
        return target is null ? new RollbackStep.Untouched($"{to} never ran there")
            : sight.Chain.Holds(target.ExecutableHash) ? new RollbackStep.Runs(target)
            : sight.Restore(target, sight.First?.Release());
    }

    /// <param name="sights">Every program.</param>
    /// <param name="release">The release to undo; null when bytes that no record knows are what is undone.</param>
    private static List<RollbackStep> Undo(List<RollbackSight> sights, string? release)
    {
        var since = Began(sights, release);
        return sights.ConvertAll(sight =>
            sight.Done is { } done ? done
            : release is null ? (sight.IsAstray ? sight.RestoreOrNot(sight.History.NewestNotUndone(), null) : new RollbackStep.Untouched("what runs is what was released"))
            : sight.NeverLive is { } attempt && attempt.Release() == release ? new RollbackStep.NeverLive(attempt)
            : sight.First is { } first && first.Release() == release ? sight.RestoreOrNot(sight.History.Predecessor(first), release)
            : sight.Relabel(since, release)
                ?? (RollbackStep?)sight.UndoneBefore(release)
                ?? new RollbackStep.Untouched("the release that is undone did not change it"));
    }

    /// <summary>The release of what some program came to run last, or did not come to run.</summary>
    private static string? Newest(List<RollbackSight> sights) =>
        sights.Select(sight => sight.NeverLive is { } attempt && !IsMadeUpFor(sights, attempt) ? attempt : sight.First).OfType<LedgerRecord>()
            .OrderBy(record => record.StartedAt).ThenBy(record => record.Id, StringComparer.Ordinal).LastOrDefault()?.Release();

    /// <summary>A failed attempt in one program is no reason to stay any more once the rest of its release was rolled back.</summary>
    private static bool IsMadeUpFor(List<RollbackSight> sights, LedgerRecord attempt) => RolledBack(sights, attempt.Release()) > attempt.StartedAt;

    /// <summary>When a release began; what was rolled back since is no part of it any more, for a later attempt may have the same id.</summary>
    private static DateTimeOffset Began(List<RollbackSight> sights, string? release)
    {
        var all = sights.SelectMany(sight => sight.Records).Where(record => record.Kind == RecordKind.Release && record.Release() == release).ToList();
        var rolledBack = RolledBack(sights, release);
        var latest = all.FindAll(record => record.StartedAt > rolledBack);
        return (latest.Count > 0 ? latest : all).Select(record => record.StartedAt).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
    }

    private static DateTimeOffset RolledBack(List<RollbackSight> sights, string? release) =>
        sights.SelectMany(sight => sight.Records)
            .Where(record => record is { Kind: RecordKind.Rollback, State: RecordState.Succeeded, IsUnchanged: false } && record.Facts.ReleaseId == release)
            .Select(record => record.StartedAt).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
}
