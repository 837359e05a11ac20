using System.Globalization;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Gates;
using Actions.Core.Ledger;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Continue;

/// <summary>Decides what becomes of a prepared way back: it is ready as long as its release may have to go, and then taken away. Pure.</summary>
internal static class StandbyVerdict
{
    /// <param name="keeps">How long after its release went live a standby is kept.</param>
    public static PendingStep Of(PendingSight sight, Address? member, TimeSpan keeps, DateTimeOffset now)
    {
        if (sight is not { Multisig: { } multisig, Proposed.Proposal: { } proposal, IsAsRecorded: true })
        {
            return PendingVerdict.Of(sight, member: null);
        }

        switch (proposal.Status)
        {
            case ProposalStatus.Executed when sight.Chain.Holds(sight.Record.ExecutableHash):
                return new PendingStep.Succeed();
            case ProposalStatus.Executed or ProposalStatus.Rejected or ProposalStatus.Cancelled or ProposalStatus.Executing:
                return PendingVerdict.Of(sight, member: null);
            case ProposalStatus.Active or ProposalStatus.Draft when multisig.IsStale(proposal):
                return new PendingStep.Settle(RecordState.Cancelled, $"Proposal {proposal.Index} became stale: the multisig was changed before it was approved.");
        }

        if (sight.Buffer is null)
        {
            return new PendingStep.Settle(RecordState.Cancelled, $"The buffer {sight.BufferAddress} of the standby is closed.");
        }

        return End(sight, keeps) is { } end && end <= now
            ? Withdraw(sight, proposal, member)
            : new PendingStep.Wait(Ready(sight, End(sight, keeps)));
    }

    public static DateTimeOffset? End(PendingSight sight, TimeSpan keeps) => LedgerRules.EndOf(sight.Record, sight.Records, keeps);

    private static string Ready(PendingSight sight, DateTimeOffset? end) =>
        $"its release {(end is { } until ? $"to prove itself until {TimeGates.Show(until)}" : "to go live")}; as the way back {Standing(sight.Squads!)}";

    private static string Standing(SquadsSight squads) => squads.IsExecutable ? "it can be executed at once"
        : squads.ExecutableAt is { } at ? $"it can be executed from {TimeGates.Show(at)} on"
        : string.Create(CultureInfo.InvariantCulture, $"it has {squads.Proposal!.Approved.Count} of {squads.Multisig!.Threshold} approvals");

    /// <summary>A vote against it; what is approved is cancelled, what is not is rejected.</summary>
    private static PendingStep.Withdraw Withdraw(PendingSight sight, SquadsProposal proposal, Address? member)
    {
        var isApproved = proposal.Status == ProposalStatus.Approved;
        var mayVote = member is { } voter && sight.Squads!.Lacks(voter, SquadsPermissions.Vote) is null && !(isApproved ? proposal.Cancelled : proposal.Rejected).Contains(voter);
        return new PendingStep.Withdraw(proposal.Index, isApproved, mayVote);
    }
}
