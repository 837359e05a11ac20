using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Runner;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What Squads shows about the upgrade that this run proposes.</summary>
/// <param name="Multisig">Null when there is none at the address.</param>
/// <param name="Proposal">The newest one of exactly this upgrade that can still come to something; null when there is none.</param>
/// <param name="Now">The cluster's own time, by which locks count.</param>
/// <param name="Rent">Of the accounts that a new proposal needs.</param>
public sealed record SquadsSight(KeyInput.Vault Vault, Multisig? Multisig, SquadsProposal? Proposal, DateTimeOffset Now, ulong Rent)
{
    /// <summary>All that the proposal asks the vault for; null without a proposal.</summary>
    public VaultAsk? Asked { get; init; }

    /// <summary>With which other programs this one is to be proposed; null when it is proposed already, or by itself.</summary>
    public ProposalGroup? Group { get; init; }

    /// <summary>When the proposal can be executed; null while it is not approved.</summary>
    public DateTimeOffset? ExecutableAt => Proposal?.ExecutableAt(Multisig!.TimeLock);

    public bool IsExecutable => ExecutableAt <= Now;

    /// <summary>Why a proposal cannot be made, or the one there is not be executed.</summary>
    /// <param name="waits">Whether the run waits until it can be executed.</param>
    public IEnumerable<Fault> Refusals(Address member, bool wantsExecution, bool waits)
    {
        if (Multisig is null)
        {
            yield return NoMultisig(Vault, "upgrade-authority");
        }
        else if (Proposal is null)
        {
            if (Lacks(member, SquadsPermissions.Initiate) is { } fault)
            {
                yield return fault;
            }
        }
        else if (wantsExecution)
        {
            if (!IsExecutable && !waits)
            {
                yield return new Fault(FaultCodes.ProposalNotExecutable, $"proposal {Proposal.Index} to be approved and its lock to be over", Found, "run again when it is; without execute: true this run would only look", "execute");
            }

            if (Lacks(member, SquadsPermissions.Execute) is { } fault)
            {
                yield return fault;
            }
        }
    }

    /// <param name="input">That names the vault.</param>
    public static Fault NoMultisig(KeyInput.Vault vault, string input) => new(
        FaultCodes.MultisigMissing, $"a multisig of Squads v4 at {vault.Multisig}", "there is none on this cluster", $"check cluster and {input}: squads:<multisig> takes the multisig's address, not that of its vault", input);

    private string Found => ExecutableAt is { } at
        ? $"it can be executed from {UtcText.Iso(at)} on"
        : $"{Proposal!.Approved.Count} of {Multisig!.Threshold} approvals";

    /// <summary>Why a member cannot do something; null when it can.</summary>
    public Fault? Lacks(Address member, SquadsPermissions needed) => Multisig!.Member(member) is not { } known
        ? new Fault(FaultCodes.MultisigPermission, $"the payer {member} among the members of the multisig {Vault.Multisig}, with the permission {needed}", "it is no member", "let the members add it, without Vote; or hand the buffer to the vault with mode: buffer and propose the upgrade by hand", "payer")
        : known.May(needed) ? null
        : new Fault(FaultCodes.MultisigPermission, $"the permission {needed} for the member {member}", $"it has {known.Permissions}", "let the members give it that permission", "payer");
}
