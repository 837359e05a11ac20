using Actions.Core.Rpc;
using Actions.Core.Runner;
using Actions.Core.Sending;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What a member of a multisig sends: the proposal, and when it is approved and its lock is over, the execution.</summary>
internal sealed class ProposalTransactions(
    RpcClient rpc, DeployObserver observer, DeployRequest request, DeployTransactions transactions, BufferVerdict verdict, FinalTransaction final,
    TransactionPump pump, DeployProgress progress, JobLog log, TimeProvider time)
{
    private Address Member => request.Payer.Address;

    /// <summary>Transaction and proposal at once: one without the other could not be voted on, or would be voted on blindly.</summary>
    /// <returns>False when somebody else took the index, or something changed since the last look: the next one says what.</returns>
    public async Task<bool> ProposeAsync(SquadsSight squads, IReadOnlyList<Instruction> upgrade, CancellationToken cancellation)
    {
        var (multisig, index) = (squads.Vault.Multisig, squads.Multisig!.TransactionIndex + 1);
        log.Line($"Proposing the upgrade as transaction {index} of the multisig {multisig}");
        List<Instruction> proposal =
        [
            SquadsProgram.VaultTransactionCreate(multisig, index, Member, Member, squads.Vault.Index, VaultMessage.Compile(squads.Vault.Address, upgrade)),
            SquadsProgram.ProposalCreate(multisig, index, Member, Member),
        ];
        if (squads.Multisig.Member(Member)?.May(SquadsPermissions.Vote) == true)
        {
            proposal.Add(SquadsProgram.ProposalApprove(multisig, index, Member));
        }

        if (!await transactions.LandAsync(proposal, transactions.SignersOf(Member), cancellation, DeployCosts.SquadsUnits))
        {
            return false;
        }

        progress.ProposalRent += squads.Rent;
        progress.HasChanged = true;
        progress.Slot = pump.HighestLandedSlot;
        // By its number: a search would not find what members decided about already.
        progress.Squads = (await new SquadsObserver(rpc).LookAtAsync(multisig, index, pump.HighestLandedSlot, cancellation) is { } sight ? sight.About(squads.Vault.Index, sight.At(index)?.Proposal) : null) ?? squads;
        return true;
    }

    /// <summary>Compares the buffer a last time, for since the proposal others could have asked the vault to change it, and executes.</summary>
    /// <returns>False when the cluster did not do it: the next look says why.</returns>
    public async Task<bool> ExecuteAsync(DeployState state, BufferState.Ours buffer, IReadOnlyList<Instruction> upgrade, CancellationToken cancellation)
    {
        var (squads, known) = (state.Squads!, transactions.Known(state));
        if (await verdict.ReadBackAsync(state, cancellation) is not { } now || now.Authority != squads.Vault.Address
            || await observer.ReadHeaderAsync(known, cancellation) is not { } header)
        {
            return false;
        }

        var held = buffer.Lamports + header.Lamports;
        final.Refund = held - Math.Min(held, state.Rents.Capacity);
        var execute = SquadsProgram.VaultTransactionExecute(squads.Vault.Multisig, squads.Proposal!.Index, Member, squads.Vault.Index, VaultMessage.Compile(squads.Vault.Address, upgrade));
        if (!await final.SendAsync(state, [execute], Member, cancellation, DeployCosts.SquadsUnits))
        {
            return false;
        }

        progress.DoneAt = time.GetTimestamp();
        progress.Squads = squads;
        return true;
    }
}
