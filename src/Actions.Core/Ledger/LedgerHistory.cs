namespace Actions.Core.Ledger;

/// <summary>The releases and rollbacks of one key that reached the chain, in the order they did.</summary>
internal sealed class LedgerHistory
{
    private readonly Dictionary<string, LedgerRecord> byId;
    private readonly List<LedgerRecord> live;

    public LedgerHistory(IEnumerable<LedgerRecord> records)
    {
        byId = records.Where(record => record.Kind != RecordKind.Check).ToDictionary(record => record.Id, StringComparer.Ordinal);
        live = [.. byId.Values.Where(record => record.WentLive is not null).OrderBy(record => record.WentLive)];
    }

    /// <summary>The newest succeeded record with these bytes; of a rollback, the release it restores.</summary>
    public LedgerRecord? Current(ChainState chain) => Standing(chain) is { } record ? ReleaseOf(record) : null;

    /// <summary>The newest succeeded record with these bytes, be it a release or a rollback.</summary>
    public LedgerRecord? Standing(ChainState chain) =>
        live.LastOrDefault(record => record.State == RecordState.Succeeded && chain.Holds(HashOf(record)));

    public LedgerRecord? NewestNotUndone() =>
        live.AsEnumerable().Reverse().Where(record => record.State == RecordState.Succeeded).Select(ReleaseOf)
            .FirstOrDefault(release => release.State != RecordState.Undone);

    /// <summary>What a release replaced when it first went live, without what was undone since, and without mere renamings of the same bytes.</summary>
    public LedgerRecord? Predecessor(LedgerRecord release)
    {
        var first = FirstOf(release);
        var seen = new HashSet<string>(StringComparer.Ordinal) { first.Id };
        var candidate = Before(first);
        while (candidate is not null && seen.Add(candidate.Id) && !IsAnother(candidate, first))
        {
            candidate = Before(candidate);
        }

        return candidate is not null && IsAnother(candidate, first) ? candidate : null;
    }

    /// <summary>A release with every later one that only gave its bytes another version, also after a rollback had brought them back.</summary>
    public IReadOnlyList<LedgerRecord> SpanOf(LedgerRecord release)
    {
        var first = FirstOf(release);
        return [first, .. Releases.Where(record => record.IsUnchanged && record != first && FirstOf(record) == first)];
    }

    /// <summary>What a rollback from one release to another takes away: versions of the same bytes too, but only those after the one it restores.</summary>
    public IEnumerable<LedgerRecord> Undone(LedgerRecord replaced, string? restored)
    {
        var span = SpanOf(replaced).ToList();
        return span.Skip(span.FindIndex(record => record.Id == restored) + 1).Where(record => record.State != RecordState.Undone);
    }

    /// <summary>From one release back to another, every release that is left; null when the other one does not lie on the way.</summary>
    public IReadOnlyList<LedgerRecord>? WayBack(LedgerRecord from, LedgerRecord to)
    {
        List<LedgerRecord> left = [];
        for (var step = FirstOf(from); step is not null && left.TrueForAll(record => record.Id != step.Id); step = Predecessor(step))
        {
            if (step.Id == FirstOf(to).Id)
            {
                return left;
            }

            left.AddRange(SpanOf(step).Reverse());
        }

        return null;
    }

    /// <summary>The releases that went live, in that order.</summary>
    public IEnumerable<LedgerRecord> Releases => live.Where(record => record.Kind == RecordKind.Release);

    /// <summary>The record under which these bytes went live, of one that found them running.</summary>
    public LedgerRecord FirstOf(LedgerRecord release)
    {
        if (!release.IsUnchanged)
        {
            return release;
        }

        var earlier = live.Take(live.IndexOf(release)).LastOrDefault(record => !record.IsUnchanged && HashOf(record) == HashOf(release));
        return earlier is null ? release
            : ReleaseOf(earlier) is var restored && live.IndexOf(restored) <= live.IndexOf(earlier) ? FirstOf(restored)
            : earlier; // it names a later record, and so itself in the end
    }

    public LedgerRecord? Find(string? id) => id is not null && byId.TryGetValue(id, out var record) ? record : null;

    private static bool IsAnother(LedgerRecord candidate, LedgerRecord release) =>
        candidate.State != RecordState.Undone && candidate.ExecutableHash != release.ExecutableHash;

    private string? HashOf(LedgerRecord record) => record.ExecutableHash ?? ReleaseOf(record).ExecutableHash;

    private LedgerRecord ReleaseOf(LedgerRecord record) =>
        record.Kind == RecordKind.Rollback && Find(record.Facts.Restores) is { Kind: RecordKind.Release } release ? release : record;

    /// <summary>What it says it replaced; where it does not say, what the ledger saw before it.</summary>
    private LedgerRecord? Before(LedgerRecord release)
    {
        var before = Find(release.Facts.From) ?? live.Take(live.IndexOf(release)).LastOrDefault();
        return before is null ? null : FirstOf(ReleaseOf(before));
    }
}
