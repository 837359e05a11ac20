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
    private (Outgoing Transaction, ulong Index, VaultMessage Message)? sent;

    private Address Member => request.Payer.Address;

    /// <summary>Proposes a group at the index that is free by now.</summary>
    /// <returns>What Squads shows of it; null when somebody else took the index, or made just this proposal: the next look says what.</returns>
    public async Task<SquadsSight?> ProposeAsync(ProposalGroup group, CancellationToken cancellation)
    {
        var (vault, squads) = (request.Vault!, new SquadsObserver(rpc));
        var message = VaultMessage.Compile(vault.Address, group.Instructions);
        var bytes = message.Serialize();
        if (await squads.LookAsync(vault.Multisig, [], Math.Max(transactions.LookedAt, pump.HighestLandedSlot), cancellation) is not { } seen
            || seen.Alive(vault.Index, asked => asked.Serialize().AsSpan().SequenceEqual(bytes)) is not null)
        {
            return null;
        }

        var index = seen.Multisig.TransactionIndex + 1;
        log.Line($"Proposing the upgrade of {string.Join(", ", group.Programs)} as transaction {index} of the multisig {vault.Multisig}");
        var votes = seen.Multisig.Member(Member)?.May(SquadsPermissions.Vote) == true;
        var proposal = await transactions.ComposeAsync(ProposalGroup.Propose(vault, Member, index, message, votes), transactions.SignersOf(Member), cancellation, DeployCosts.SquadsUnits);
        sent = (proposal, index, message);
        var outcome = await pump.SendAsync(proposal, cancellation);
        final.Error = outcome.Error;
        return outcome.Fate == Fate.Succeeded ? await ProposedAsync(index, message, cancellation) : null;
    }

    /// <summary>What the members are asked, where the run was ended while the proposal was on its way.</summary>
    /// <returns>Null when nobody knows of it.</returns>
    public async Task<SquadsSight?> LastLookAsync(CancellationToken patience) =>
        sent is var (proposal, index, message) && await pump.LastLookAsync(proposal, patience) is { Fate: Fate.Succeeded } ? await ProposedAsync(index, message, patience) : null;

    /// <summary>By its number: a search would not find what members decided about already.</summary>
    private async Task<SquadsSight?> ProposedAsync(ulong index, VaultMessage message, CancellationToken cancellation)
    {
        var (vault, squads) = (request.Vault!, new SquadsObserver(rpc));
        if (await squads.LookAtAsync(vault.Multisig, index, pump.HighestLandedSlot, cancellation) is not { } seen)
        {
            return null;
        }

        progress.ProposalRent += await squads.RentAsync(message, seen.Multisig, cancellation);
        sent = null;
        return seen.About(vault.Index, seen.At(index)?.Proposal) with { Asked = VaultAsk.Of(message, vault.Address) };
    }

    /// <summary>Notes the proposal that carries this program's upgrade.</summary>
    public void Proposed(SquadsSight squads, ulong slot)
    {
        progress.HasChanged = true;
        progress.Slot = slot;
        progress.Squads = squads;
    }

    /// <summary>Compares the buffer a last time, for since the proposal others could have asked the vault to change it.</summary>
    /// <returns>False when it is not what was proposed: the next look says why.</returns>
    public async Task<bool> CompareAsync(DeployState state, CancellationToken cancellation)
    {
        if (await verdict.ReadBackAsync(state, cancellation) is not { } now || now.Authority != request.Vault!.Address
            || await observer.ReadHeaderAsync(transactions.Known(state), cancellation) is not { } header)
        {
            return false;
        }

        var held = now.Lamports + header.Lamports;
        final.Refund = held - Math.Min(held, state.Rents.Capacity) + (state.Published?.ReturnedByProposal ?? 0);
        return true;
    }

    /// <summary>Executes the proposal, with all that it carries.</summary>
    /// <returns>Null when the cluster did not do it: the next look says why.</returns>
    public async Task<Outcome?> ExecuteAsync(DeployState state, CancellationToken cancellation)
    {
        var (squads, asked) = (state.Squads!, state.Squads!.Asked!);
        log.Line($"Executing proposal {squads.Proposal!.Index} of the multisig {squads.Vault.Multisig}: the upgrade of {string.Join(", ", asked.Upgrades.Select(upgrade => upgrade.Program))}");
        var execute = SquadsProgram.VaultTransactionExecute(squads.Vault.Multisig, squads.Proposal.Index, Member, squads.Vault.Index, asked.Message);
        return await final.LandAsync([execute], transactions.FinalSigners(state, Member), cancellation, DeployCosts.SquadsUnits);
    }

    /// <summary>Notes that the proposal was executed, by this program's transaction or by that of another one in it.</summary>
    public void Executed(DeployState state, Outcome outcome)
    {
        final.Landed(outcome);
        progress.Squads = state.Squads;
    }

    /// <summary>Makes sure that the program runs the bytes since then.</summary>
    public async Task ConfirmAsync(Outcome outcome, CancellationToken cancellation)
    {
        await final.ConfirmAsync(outcome.Slot, cancellation);
        progress.DoneAt = time.GetTimestamp();
    }
}
