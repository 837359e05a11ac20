using Actions.Core.Faults;

namespace Actions.Core.Ledger;

/// <summary>Makes records of events. The order matters only between events that say different things with the same weight.</summary>
public static class LedgerFold
{
    private const int MostFaults = 20;

    /// <summary>The records in the order they were opened, or a fault for every event that contradicts its own record's key.</summary>
    public static Result<IReadOnlyList<LedgerRecord>> Fold(IEnumerable<LedgerEvent> events)
    {
        var records = new Dictionary<string, LedgerRecord>(StringComparer.Ordinal);
        var faults = new List<Fault>();
        var position = 0;
        foreach (var entry in events)
        {
            if (!records.TryGetValue(entry.Id, out var record))
            {
                records[entry.Id] = Begin(entry, position);
            }
            else if (HasSameKey(record.Facts, entry))
            {
                records[entry.Id] = Continue(record, entry, position);
            }
            else if (faults.Count < MostFaults)
            {
                faults.Add(Contradiction(record.Facts, entry));
            }

            position++;
        }

        return faults.Count > 0
            ? Result<IReadOnlyList<LedgerRecord>>.Fail(faults)
            : Result<IReadOnlyList<LedgerRecord>>.Ok([.. records.Values.OrderBy(record => record.Opened)]);
    }

    /// <summary>The records as they are once these events are written too, which must be about the same key.</summary>
    public static IReadOnlyList<LedgerRecord> Add(IReadOnlyList<LedgerRecord> records, IEnumerable<LedgerEvent> events)
    {
        var all = records.ToDictionary(record => record.Id, StringComparer.Ordinal);
        var position = records.Select(record => Math.Max(record.Opened, record.WentLive ?? 0)).DefaultIfEmpty().Max();
        foreach (var entry in events)
        {
            position++;
            all[entry.Id] = all.TryGetValue(entry.Id, out var record) ? Continue(record, entry, position) : Begin(entry, position);
        }

        return [.. all.Values.OrderBy(record => record.Opened)];
    }

    private static LedgerRecord Begin(LedgerEvent entry, int position) => new(entry, position, HasRun(entry) ? position : null);

    private static LedgerRecord Continue(LedgerRecord record, LedgerEvent entry, int position)
    {
        var (weaker, stronger) = entry.State.Rank() >= record.State.Rank() ? (record.Facts, entry) : (entry, record.Facts);
        return record with
        {
            Facts = EventMerge.Merge(weaker, stronger).BegunBy(record.Facts),
            WentLive = record.WentLive ?? (HasRun(entry) ? position : null),
        };
    }

    private static bool HasRun(LedgerEvent entry) => entry.State is RecordState.Succeeded or RecordState.Undone;

    private static bool HasSameKey(LedgerEvent first, LedgerEvent next) =>
        first.Kind == next.Kind && first.ProgramId == next.ProgramId && first.Environment == next.Environment;

    private static Fault Contradiction(LedgerEvent first, LedgerEvent next) => new(
        FaultCodes.Tampered,
        $"ledger: expected every event of record {first.Id} to be a {first.Kind} of {first.ProgramId} in {first.Environment}",
        $"found a {next.Kind} of {next.ProgramId} in {LedgerText.Show(next.Environment)}",
        "find out who wrote it, then restore the ledger from a copy you trust");
}
