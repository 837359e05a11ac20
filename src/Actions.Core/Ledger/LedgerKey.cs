using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>What one file of the ledger is about.</summary>
internal readonly record struct LedgerKey(string Environment, Address ProgramId)
{
    private const string Extension = ".jsonl";

    public string FileName => $"{ProgramId}{Extension}";

    /// <summary>As a person finds it, without the folder the ledger lies in.</summary>
    public string Shown => $"ledger/{Environment}/{FileName}";

    public static LedgerKey Of(LedgerEvent entry) => new(entry.Environment, entry.ProgramId);

    /// <summary>Null for a file that is none of ours.</summary>
    public static LedgerKey? OfFile(string path) =>
        path.EndsWith(Extension, StringComparison.Ordinal)
        && Path.GetFileName(Path.GetDirectoryName(path)) is { } environment && EnvironmentName.IsUsable(environment)
        && Address.TryParse(Path.GetFileNameWithoutExtension(path), out var programId)
            ? new LedgerKey(environment, programId)
            : null;
}
