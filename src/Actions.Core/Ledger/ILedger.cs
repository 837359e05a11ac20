using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>The append-only log of what was released where. What fails throws a fault: `ledger-failed`, or `tampered`.</summary>
public interface ILedger
{
    /// <summary>As the input names it: `file:…`, `github`, `none`.</summary>
    string Description { get; }

    /// <summary>Returns when the event is durable.</summary>
    Task AppendAsync(LedgerEvent entry, CancellationToken cancellation);

    /// <summary>The records of one program in one environment, in the order they were opened.</summary>
    Task<IReadOnlyList<LedgerRecord>> ReadAsync(string environment, Address programId, CancellationToken cancellation);

    /// <summary>Every key's records, for what concerns a payer and not a program, and for the export.</summary>
    Task<IReadOnlyList<LedgerRecord>> ReadAllAsync(CancellationToken cancellation);
}
