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

    /// <summary>A release with every later record that only gave the same bytes another version.</summary>
    public IReadOnlyList<LedgerRecord> SpanOf(LedgerRecord release)
    {
        var first = FirstOf(release);
        var renamed = live.Skip(live.IndexOf(first) + 1).TakeWhile(record => record.IsUnchanged && HashOf(record) == HashOf(first));
        return live.Contains(first) ? [first, .. renamed] : [first];
    }

    public LedgerRecord? Find(string? id) => id is not null && byId.TryGetValue(id, out var record) ? record : null;

    private static bool IsAnother(LedgerRecord candidate, LedgerRecord release) =>
        candidate.State != RecordState.Undone && candidate.ExecutableHash != release.ExecutableHash;

    private string? HashOf(LedgerRecord record) => record.ExecutableHash ?? ReleaseOf(record).ExecutableHash;

    private LedgerRecord ReleaseOf(LedgerRecord record) =>
        record.Kind == RecordKind.Rollback && Find(record.Facts.Restores) is { Kind: RecordKind.Release } release ? release : record;

    /// <summary>The record under which these bytes went live, of one that found them running.</summary>
    private LedgerRecord FirstOf(LedgerRecord release)
    {
        if (!release.IsUnchanged)
        {
            return release;
        }

        var earlier = live.Take(live.IndexOf(release)).LastOrDefault(record => !record.IsUnchanged && HashOf(record) == HashOf(release));
        return earlier is null ? release : ReleaseOf(earlier);
    }

    /// <summary>What it says it replaced; where it does not say, what the ledger saw before it.</summary>
    private LedgerRecord? Before(LedgerRecord release)
    {
        var before = Find(release.Facts.From) ?? live.Take(live.IndexOf(release)).LastOrDefault();
        return before is null ? null : FirstOf(ReleaseOf(before));
    }
}
