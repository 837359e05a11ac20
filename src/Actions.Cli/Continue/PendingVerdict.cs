using System.Globalization;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.Ledger;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Continue;

/// <summary>Decides what becomes of a record that waits. Pure; the bytes in the buffer are compared right before an execution.</summary>
internal static class PendingVerdict
{
    /// <param name="member">Who would execute; null where nobody here may.</param>
    public static PendingStep Of(PendingSight sight, Address? member)
    {
        if (sight.Vault is null)
        {
            return sight.Buffer is { } held ? new PendingStep.Wait($"{held.Authority?.ToString() ?? "nobody"}, who has the buffer, to upgrade the program") : Gone(sight);
        }

        if (sight.Multisig is not { } multisig)
        {
            return new PendingStep.Refuse(new Fault(
                FaultCodes.MultisigMissing, $"Expected the multisig {sight.Vault.Multisig} of record {sight.Record.Id}", "found none there on this cluster", "check cluster and upgrade-authority", "upgrade-authority"));
        }

        return sight.Proposed switch
        {
            { Proposal: { } proposal, Asked: not null } => sight.IsAsRecorded
                ? Of(sight, multisig, proposal, member)
                : new PendingStep.Refuse(new Fault(
                    FaultCodes.Tampered, $"Expected transaction {proposal.Index} of the multisig {multisig.Address} to be the upgrade of record {sight.Record.Id}, alone or with other upgrades",
                    "found that it asks the vault for something else", "find out who wrote the record, and let nobody approve the transaction before that")),
            _ when sight.Record.Facts.TransactionIndex is { } index => sight.Buffer is null || index <= multisig.Multisig.TransactionIndex
                ? new PendingStep.Settle(RecordState.Failed, $"Proposal {index} is closed, and other bytes run.")
                : new PendingStep.Wait($"proposal {index} to appear"),
            _ => sight.Buffer is null ? Gone(sight) : new PendingStep.Wait("the members to import and propose the upgrade"),
        };
    }

    private static PendingStep Of(PendingSight sight, MultisigSight multisig, SquadsProposal proposal, Address? member) => proposal.Status switch
    {
        ProposalStatus.Executed => sight.IsSuperseded ? new PendingStep.Settle(RecordState.Failed, $"Proposal {proposal.Index} was executed, and replaced before anybody compared the bytes.")
            : new PendingStep.Settle(RecordState.Failed, $"Proposal {proposal.Index} was executed, and other bytes run.", new Fault(
                FaultCodes.HashMismatch, $"Expected {sight.Program.Name} to run the bytes of record {sight.Record.Id} after proposal {proposal.Index} was executed: executable hash {sight.Record.ExecutableHash}",
                $"found {sight.Chain.ExecutableHash ?? "no program"}", "find out who changed buffer or program; release what should run again")),
        ProposalStatus.Rejected => new PendingStep.Settle(RecordState.Failed, $"Proposal {proposal.Index} was rejected by {proposal.Rejected.Count} members."),
        ProposalStatus.Cancelled => new PendingStep.Settle(RecordState.Cancelled, $"Proposal {proposal.Index} was cancelled by {proposal.Cancelled.Count} members."),
        ProposalStatus.Executing => new PendingStep.Wait($"proposal {proposal.Index} to be executed"),
        ProposalStatus.Approved => OfApproved(sight, sight.Squads!, proposal, member),
        _ when multisig.IsStale(proposal) => new PendingStep.Settle(RecordState.Failed, $"Proposal {proposal.Index} became stale: the multisig was changed before it was approved."),
        _ => new PendingStep.Wait(string.Create(CultureInfo.InvariantCulture, $"approvals of proposal {proposal.Index}: it has {proposal.Approved.Count} of {multisig.Multisig.Threshold}")),
    };

    private static PendingStep OfApproved(PendingSight sight, SquadsSight squads, SquadsProposal proposal, Address? member)
    {
        if (sight.Buffer is null)
        {
            return Gone(sight);
        }

        if (sight.IsSuperseded)
        {
            return new PendingStep.Settle(RecordState.Failed, $"Another release went live before proposal {proposal.Index} was executed.", new Fault(
                FaultCodes.ProgramChanged, $"Expected {sight.Program.Name} to run what it ran when proposal {proposal.Index} was made", "found that it was changed since, so to execute the proposal would undo that",
                $"let the members cancel proposal {proposal.Index}; release what it was about again").AsWarning());
        }

        if (!squads.IsExecutable)
        {
            return new PendingStep.Wait($"the time lock of proposal {proposal.Index} to run out at {TimeGates.Show(squads.ExecutableAt!.Value)}");
        }

        if (member is not { } executor)
        {
            return new PendingStep.Wait($"a member to execute proposal {proposal.Index}: this run has no payer");
        }

        return squads.Lacks(executor, SquadsPermissions.Execute) is { } lack ? new PendingStep.Wait($"a member to execute proposal {proposal.Index}", lack.AsWarning()) : new PendingStep.Execute(proposal.Index);
    }

    private static PendingStep.Settle Gone(PendingSight sight) => new(
        RecordState.Failed, $"The buffer {sight.BufferAddress} is gone, and other bytes run.");
}
