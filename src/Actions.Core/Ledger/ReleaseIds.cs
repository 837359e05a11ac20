using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>Which release the programs of one release file belong to.</summary>
/// <param name="Programs">All programs of the file in this environment, not only those of this run.</param>
public sealed record ReleaseKey(string Environment, string? Name, string? Version, IReadOnlyCollection<Address> Programs);

public static class ReleaseIds
{
    /// <summary>That of the newest release of the same name, version and environment if some program of it has not succeeded yet, else a new one.</summary>
    /// <param name="records">Of every program of the release.</param>
    public static string Of(IEnumerable<LedgerRecord> records, ReleaseKey key, Func<string> newId)
    {
        if (key.Name is null || key.Version is null)
        {
            return newId();
        }

        var newest = records.Where(record => IsOf(record, key)).GroupBy(record => record.Facts.ReleaseId)
            .MaxBy(release => (release.Min(record => record.StartedAt), release.Key));
        return newest is null || key.Programs.All(program => newest.Any(record => HasSucceeded(record, program)))
            ? newId()
            : newest.Key!;
    }

    private static bool IsOf(LedgerRecord record, ReleaseKey key) =>
        record.Kind == RecordKind.Release && record.Facts.ReleaseId is not null
        && record.Environment == key.Environment && record.Facts.Name == key.Name && record.Facts.Version == key.Version;

    private static bool HasSucceeded(LedgerRecord record, Address program) => record.ProgramId == program && record.WentLive is not null;
}
