using System.Buffers;
using Actions.Core.Loader;

namespace Actions.Core.Ledger;

/// <summary>What an event must hold so that its ids and hashes may go into outputs, paths and comparisons as they are.</summary>
internal static class EventCheck
{
    private const int LongestId = 64;

    private static readonly SearchValues<char> IdLetters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");

    public static string? Complain(LedgerEvent entry) =>
        entry.Schema != LedgerEvent.CurrentSchema ? "schema"
        : !IsId(entry.Id) ? "id"
        : !EnvironmentName.IsPossible(entry.Environment) ? "environment"
        : !Ids(entry).All(id => id is null || IsId(id)) ? "an id that is not one"
        : !Hashes(entry).All(hash => hash is null || HexHash.Is(hash)) ? "a hash that is not one"
        : entry is { Kind: RecordKind.Check, State: RecordState.Undone or RecordState.Pending } ? "state of a check"
        : null;

    private static IEnumerable<string?> Ids(LedgerEvent entry) =>
        [entry.Restores, entry.UndoneBy, entry.ReleaseId, entry.RefersTo];

    private static IEnumerable<string?> Hashes(LedgerEvent entry) => [entry.Sha256, entry.ExecutableHash, entry.SpecSha256];

    private static bool IsId(string text) => text.Length is > 0 and <= LongestId && !text.AsSpan().ContainsAnyExcept(IdLetters);
}
