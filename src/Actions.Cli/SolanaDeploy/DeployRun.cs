using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Runner;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Carries out a plan: the only part of a deploy that sends anything.</summary>
/// <remarks>
/// Whenever a transaction does not end as planned the run looks again and plans anew from what it sees, so an expired transaction, a
/// rival run and a resumed one are all the same case.
/// </remarks>
internal sealed class DeployRun
{
    /// <summary>After so many looks with nothing to show for it a run gives up.</summary>
    public const int MostRounds = 8;

    private readonly RpcClient rpc;
    private readonly DeployObserver observer;
    private readonly DeployRequest request;
    private readonly TransactionPump pump;
    private readonly DeployProgress progress;
    private readonly JobLog log;
    private readonly TimeProvider time;
    private readonly DeployTransactions transactions;
    private readonly BufferUpload upload;
    private readonly BufferVerdict verdict;
    private readonly FinalTransaction final;
    private DeployState? first;

    public DeployRun(RpcClient rpc, DeployObserver observer, DeployRequest request, TransactionPump pump, DeployProgress progress, JobLog log, TimeProvider time)
    {
        (this.rpc, this.observer, this.request, this.pump, this.progress, this.log, this.time) = (rpc, observer, request, pump, progress, log, time);
        transactions = new DeployTransactions(rpc, request, pump, time);
        upload = new BufferUpload(request, observer, transactions, pump, progress, log, time);
        verdict = new BufferVerdict(request, observer, transactions, progress);
        final = new FinalTransaction(request, observer, transactions, pump, progress, log);
        Proposals = new ProposalTransactions(rpc, observer, request, transactions, verdict, final, pump, progress, log, time);
    }

    /// <summary>What the cluster said when it did not do what it should.</summary>
    public string? LastError => final.Error;

    /// <summary>What follows when all that comes before the members is done.</summary>
    public ProposalTransactions Proposals { get; }

    /// <summary>Carries out the plan, and whatever plan follows from how the cluster answers, until there is nothing left to do.</summary>
    /// <param name="keepsBuffer">Ends before the buffer is handed over to a vault.</param>
    /// <returns>The state that the last plan was made for.</returns>
    public async Task<DeployState> RunAsync(DeployState seen, DeployPlan plan, bool keepsBuffer, CancellationToken cancellation)
    {
        first ??= seen;
        GuardUnchanged(first, seen);
        for (var round = 1; plan.Steps.Count > 0; round++)
        {
            if (round > MostRounds)
            {
                throw new FaultException(GivingUp());
            }

            (transactions.Price, transactions.LookedAt) = (seen.Price, seen.Slot);
            var before = pump.Succeeded;
            if (await ExecuteAsync(seen, plan, keepsBuffer, cancellation))
            {
                return seen;
            }

            if (pump.Succeeded > before)
            {
                round = 0; // slow is not stuck
            }

            log.Line($"Looking again: {final.Error ?? "not every transaction landed as planned"}");
            seen = await observer.LookAsync(transactions.Known(seen), cancellation);
            GuardUnchanged(first, seen);
            plan = DeployPlan.Make(request, seen).OrThrow();
        }

        return seen;
    }

    /// <summary>Notes that the final transaction landed after all.</summary>
    public void Landed(Outcome outcome)
    {
        final.Landed(outcome);
        progress.DoneAt = time.GetTimestamp();
    }

    /// <summary>Why nothing came of it, although it was tried again and again.</summary>
    public Fault GivingUp() => final.Error is { } error
        ? new Fault(FaultCodes.TransactionRejected, "a deploy that comes to an end", $"after {MostRounds} attempts the cluster still answers otherwise than planned ({error})", "look at the program and the buffer in an explorer, then run again: nothing already written is lost")
        : new Fault(FaultCodes.TransactionsExpired, "transactions that land before their blockhash expires", $"{MostRounds} times in a row none did", "raise priority-fee or use another rpc-url, then run again: nothing already written is lost");

    /// <returns>Whether the plan was carried out to its end.</returns>
    private async Task<bool> ExecuteAsync(DeployState state, DeployPlan plan, bool keepsBuffer, CancellationToken cancellation)
    {
        var make = new DeployInstructions(request, state.BufferAddress, state.Rents);
        progress.HoldsBuffer = state.Buffer is BufferState.Ours;
        foreach (var step in plan.Steps.OfType<DeployStep.ReclaimBuffer>().Where(step => !progress.Reclaimed.Contains(step.Buffer.Address)))
        {
            await ReclaimAsync(step.Buffer, cancellation);
        }

        if (plan.Steps.OfType<DeployStep.CloseBuffer>().FirstOrDefault() is { } close && !await verdict.CloseAsync(make, request.Payer.Address, close.Lamports, cancellation))
        {
            return false;
        }

        if (!plan.Steps.Any(step => step is DeployStep.FirstDeploy or DeployStep.Upgrade or DeployStep.Rehearse) && request.Mode == DeployMode.Deploy)
        {
            return !plan.Steps.Any(step => step is DeployStep.MakeImmutable or DeployStep.HandOverProgram) || await final.SetAuthorityAsync(make, cancellation);
        }

        if (!plan.Steps.Any(step => step is not DeployStep.ReclaimBuffer))
        {
            return true;
        }

        return await upload.RunAsync(make, state, cancellation)
            && await (request.Mode == DeployMode.Buffer ? FinishBufferAsync(make, state, cancellation)
                : request.Mode is DeployMode.Propose or DeployMode.Export ? FinishProposalAsync(make, state, keepsBuffer, cancellation)
                : request.IsDrill ? RehearseAsync(make, state, cancellation)
                : FinishDeployAsync(make, state, cancellation));
    }

    private async Task<bool> FinishBufferAsync(DeployInstructions make, DeployState state, CancellationToken cancellation)
    {
        if (await verdict.CheckAsync(make, state, cancellation) is not { } buffer)
        {
            return false;
        }

        if (buffer.Authority != request.BufferAuthority
            && !await HandOverAsync(state, make.HandOver(buffer.Authority, request.BufferAuthority), buffer.Authority, request.BufferAuthority, cancellation))
        {
            return false;
        }

        progress.HasChanged = true;
        progress.Slot = pump.HighestLandedSlot;
        return true;
    }

    /// <summary>All that comes before the members, or before somebody else's signature.</summary>
    private async Task<bool> FinishProposalAsync(DeployInstructions make, DeployState state, bool keepsBuffer, CancellationToken cancellation)
    {
        var authority = request.UpgradeAuthority.Address;
        var upgrade = make.Upgrade(authority);
        var additional = state.ExtendBy(request);
        if (await verdict.CheckAsync(make, state, cancellation) is not { } buffer || (additional > 0 && !await ExtendAsync(make, state, additional, cancellation)))
        {
            return false;
        }

        // While the payer owns the buffer, a refusal costs only fees; later only the authority can close it.
        var handOver = buffer.Authority == authority ? [] : make.HandOver(buffer.Authority, authority);
        if (await transactions.SimulateAsync([.. handOver, .. upgrade], cancellation) is { Error: { } error } simulation)
        {
            return handOver.Count > 0
                ? await RefusedAsync(make, state, buffer, error, simulation.Logs, cancellation)
                : throw new FaultException(new Fault(FaultCodes.TransactionRejected, "a cluster that accepts the upgrade", $"it refuses ({error})", $"look at program and buffer in an explorer; {authority} can close the buffer {state.BufferAddress.Address}"));
        }

        if (keepsBuffer)
        {
            return true;
        }

        if (handOver.Count > 0 && !await HandOverAsync(state, handOver, buffer.Authority, authority, cancellation))
        {
            return false;
        }

        if (request.Mode == DeployMode.Export)
        {
            progress.HasChanged = pump.Succeeded > 0;
            progress.Slot = pump.HighestLandedSlot;
            progress.Exported = state.Nonce?.Compile(upgrade) ?? Transaction.Unsigned(Message.Compile(authority, upgrade, default));
            return true;
        }

        return await IsAsSeenAsync(state, await observer.ReadHeaderAsync(transactions.Known(state), cancellation), cancellation);
    }

    private async Task<bool> FinishDeployAsync(DeployInstructions make, DeployState state, CancellationToken cancellation)
    {
        var authority = state.BufferAddressAuthority(request);
        var additional = state.ExtendBy(request);
        var writer = (state.Buffer as BufferState.Ours)?.Authority ?? request.Payer.Address;
        var instructions = state.Program is ProgramState.Missing { Lamports: var held } ? make.FirstDeploy(held, authority) : make.Upgrade(authority);
        // The payer still owns the buffer here, so a refusal costs only fees.
        IReadOnlyList<Instruction> handOver = writer == authority ? [] : make.HandOver(writer, authority);
        // Nothing changes between the check and a final transaction without an extension: one round trip shows all of it.
        var simulated = additional == 0 ? transactions.SimulateAsync([.. handOver, .. instructions], cancellation) : null;
        var header = additional == 0 ? observer.ReadHeaderAsync(transactions.Known(state), cancellation) : null;
        if (await verdict.CheckAsync(make, state, cancellation) is not { } buffer || (additional > 0 && !await ExtendAsync(make, state, additional, cancellation)))
        {
            return false;
        }

        simulated ??= transactions.SimulateAsync([.. handOver, .. instructions], cancellation);
        header ??= observer.ReadHeaderAsync(transactions.Known(state), cancellation);
        if (await simulated is { Error: { } error } simulation)
        {
            return await RefusedAsync(make, state, buffer, error, simulation.Logs, cancellation);
        }

        if (handOver.Count > 0)
        {
            if (!await HandOverAsync(state, handOver, buffer.Authority, authority, cancellation))
            {
                return false;
            }

            header = observer.ReadHeaderAsync(transactions.Known(state), cancellation);
        }

        var now = await header;
        if (!await IsAsSeenAsync(state, now, cancellation))
        {
            return false;
        }

        // Upgrade returns the buffer's lamports and what ProgramData holds beyond its rent.
        final.Refund = now is null ? 0 : buffer.Lamports + now.Lamports - Math.Min(buffer.Lamports + now.Lamports, state.Rents.Capacity);
        if (!await final.SendAsync(state, instructions, authority, cancellation))
        {
            return false;
        }

        progress.DoneAt = time.GetTimestamp();
        return true;
    }

    /// <summary>All that comes before the final transaction of an upgrade; then the payer gets its rent back.</summary>
    private async Task<bool> RehearseAsync(DeployInstructions make, DeployState state, CancellationToken cancellation)
    {
        var authority = state.BufferAddressAuthority(request);
        var writer = (state.Buffer as BufferState.Ours)?.Authority ?? request.Payer.Address;
        // A program that is too small for the file is not extended in a rehearsal, and the cluster would only say so.
        var simulated = state.ExtendBy(request) > 0 ? null
            : transactions.SimulateAsync([.. writer == authority ? [] : make.HandOver(writer, authority), .. make.Upgrade(authority)], cancellation);
        if (await verdict.CheckAsync(make, state, cancellation) is not { } buffer)
        {
            return false;
        }

        if (simulated is not null && await simulated is { Error: { } error } simulation)
        {
            return await RefusedAsync(make, state, buffer, error, simulation.Logs, cancellation);
        }

        progress.DoneAt ??= time.GetTimestamp();
        log.Line($"Rehearsed: closing the buffer {state.BufferAddress.Address}");
        return await verdict.CloseAsync(make, buffer.Authority, buffer.Lamports, cancellation);
    }

    private async Task<bool> ExtendAsync(DeployInstructions make, DeployState state, uint additional, CancellationToken cancellation)
    {
        log.Line($"Extending the program by {additional:N0} bytes");
        if (!await transactions.LandAsync(make.Extend(additional), transactions.SignersOf(request.Payer.Address), cancellation))
        {
            return false;
        }

        progress.Extended += state.ExtendLamports(additional);
        return true;
    }

    /// <summary>From here on nobody but the new authority can change the buffer; so it is compared once more.</summary>
    private async Task<bool> HandOverAsync(DeployState state, IReadOnlyList<Instruction> handOver, Address from, Address to, CancellationToken cancellation)
    {
        log.Line($"Handing the buffer over to {to}: {state.BufferAddress.Address}");
        return await transactions.LandAsync(handOver, transactions.SignersOf(from), cancellation)
            && await verdict.ReadBackAsync(state, cancellation) is { } handedOver && handedOver.Authority == to;
    }

    /// <summary>Whether the program is still the one the plan was made for; an extension by somebody else changes nothing.</summary>
    private async Task<bool> IsAsSeenAsync(DeployState state, ProgramHeader? now, CancellationToken cancellation)
    {
        if (state.Program is not ProgramState.Deployed before)
        {
            return now is null;
        }

        return now is not null && now.Authority == before.Authority
            && (now.Slot == before.Slot
                || (await observer.ReadProgramDataAsync(transactions.Known(state), cancellation) is ProgramState.Deployed current && current.ExecutableHash == before.ExecutableHash));
    }

    /// <summary>The cluster would refuse the final transaction. Seen twice with nothing else changed it is final, and the buffer's rent comes back.</summary>
    private async Task<bool> RefusedAsync(DeployInstructions make, DeployState state, BufferState.Ours buffer, string error, IReadOnlyList<string> logs, CancellationToken cancellation)
    {
        await verdict.ThrowIfRejectedAsync(make, buffer, error, logs, cancellation);
        if (final.Error != error)
        {
            final.Error = error;
            await Task.Delay(2 * DeployTransactions.ShortWait, time, cancellation);
            return false;
        }

        throw await verdict.RefuseAsync(make, state, buffer, error, logs, cancellation);
    }

    private async Task ReclaimAsync(StaleBuffer buffer, CancellationToken cancellation)
    {
        // Reclaims take a few slots each, and meanwhile a parallel job may have taken this one up.
        if (request.Reclaim is Reclaim.Idle && !await StaleBuffers.Of(rpc, request).IsIdleAsync(buffer.Address, cancellation))
        {
            return;
        }

        log.Line($"Closing the stale buffer {buffer.Address}");
        var payer = request.Payer.Address;
        if (!await transactions.LandAsync([LoaderProgram.Close(buffer.Address, payer, payer, null)], transactions.SignersOf(payer), cancellation))
        {
            return; // somebody was quicker, or owns it now: the list of stale buffers says so
        }

        progress.Reclaimed.Add(buffer.Address);
        progress.Refunded += buffer.Lamports;
    }

    /// <summary>Somebody else's bytes where this run planned to put its own: not ours to overwrite.</summary>
    private void GuardUnchanged(DeployState before, DeployState now)
    {
        if (request.Mode == DeployMode.Buffer || now.Program is not ProgramState.Deployed current || current.Runs(request.Binary))
        {
            return;
        }

        if (before.Program is not ProgramState.Deployed seen || seen.ExecutableHash != current.ExecutableHash)
        {
            throw new FaultException(new Fault(FaultCodes.ProgramChanged, "the program that was there when this run began", $"another run changed it in slot {current.Slot} (executable hash {current.ExecutableHash})", "find out who else deploys this program, then run again"));
        }
    }
}
