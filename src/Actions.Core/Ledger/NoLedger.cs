using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>`ledger: none`: nothing is kept and nothing is known.</summary>
public sealed class NoLedger : ILedger
{
    public string Description => "none";

    public Task AppendAsync(LedgerEvent entry, CancellationToken cancellation) => Task.CompletedTask;

    public Task<IReadOnlyList<LedgerRecord>> ReadAsync(string environment, Address programId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<LedgerRecord>>([]);

    public Task<IReadOnlyList<LedgerRecord>> ReadAllAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<LedgerRecord>>([]);
}
