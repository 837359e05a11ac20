using Actions.Core.Ledger;
using Actions.Core.Releases;

namespace Actions.Cli.Rollback;

/// <summary>What a record is called where people read it: what stands in it, anybody may have written.</summary>
internal static class ReleaseText
{
    public static string? Version(this LedgerRecord record) => SemVer.TryParse(record.Facts.Version)?.Text;

    public static string Shown(this LedgerRecord record) => record.Version() ?? $"record {record.Id}";
}
