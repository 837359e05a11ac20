using Actions.Core.Keys;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>A transaction of a multisig with its vote.</summary>
/// <param name="Asked">Null when its account is closed.</param>
/// <param name="Proposal">Null when there is none, or its account is closed.</param>
public sealed record ProposedTransaction(ulong Index, VaultTransaction? Asked, SquadsProposal? Proposal);

/// <summary>A multisig and its newest transactions, as one look showed them.</summary>
/// <param name="Slot">Of the look.</param>
/// <param name="Now">The cluster's own time, by which locks count.</param>
/// <param name="Transactions">Newest first.</param>
public sealed record MultisigSight(Address Address, Multisig Multisig, ulong Slot, DateTimeOffset Now, IReadOnlyList<ProposedTransaction> Transactions)
{
    public ProposedTransaction? At(ulong index) => Transactions.FirstOrDefault(transaction => transaction.Index == index);

    /// <summary>The newest transaction of a vault with this content that can still come to something.</summary>
    public ProposedTransaction? Alive(byte vault, Predicate<VaultMessage> content) => Alive(vault).FirstOrDefault(transaction => content(transaction.Asked!.Message));

    /// <summary>What a vault may still be made to sign, newest first.</summary>
    public IEnumerable<ProposedTransaction> Alive(byte vault) => Transactions.Where(transaction =>
        transaction is { Asked: { } asked, Proposal: { } proposal } && asked.VaultIndex == vault && IsAlive(proposal));

    /// <summary>What can still be voted on, or was approved: that can be executed even when it is stale.</summary>
    public bool IsAlive(SquadsProposal proposal) => proposal.Status == ProposalStatus.Approved
        || (proposal.Status is ProposalStatus.Draft or ProposalStatus.Active && !IsStale(proposal));

    /// <summary>What can come to nothing any more, so that Squads closes its accounts. Whatever was approved can still be executed.</summary>
    public bool IsOver(SquadsProposal proposal) => proposal.Status is ProposalStatus.Executed or ProposalStatus.Rejected or ProposalStatus.Cancelled
        || (proposal.Status is ProposalStatus.Draft or ProposalStatus.Active && IsStale(proposal));

    public bool IsStale(SquadsProposal proposal) => proposal.Index <= Multisig.StaleIndex;

    /// <summary>What this multisig shows about one of its proposals.</summary>
    public SquadsSight About(byte vault, SquadsProposal? proposal, ulong rent = 0) => new(new KeyInput.Vault(Address, vault), Multisig, proposal, Now, rent);

    /// <summary>The same, with what it asks for.</summary>
    public SquadsSight About(byte vault, ProposedTransaction? transaction, ulong rent = 0) => About(vault, transaction?.Proposal, rent) is var sight && transaction?.Asked is { } asked
        ? sight with { Asked = VaultAsk.Of(asked.Message, sight.Vault.Address) }
        : sight;
}
