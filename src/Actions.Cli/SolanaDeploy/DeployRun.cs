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
internal sealed class DeployRun(RpcClient rpc, DeployObserver observer, DeployRequest request, TransactionPump pump, DeployProgress progress, JobLog log, TimeProvider time)
{
    private const int MostRounds = 8;
    private const ulong SlotsWithoutProgress = 20;
    private const int MostLooks = 25;
    private const int LongestExcerpt = 500;
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(200);

    private readonly ISigner payer = request.Payer.ToSigner("payer").OrThrow();
    private ulong price;
    private ulong lookedAt;
    private string? refusedBefore;
    private ulong refundOfFinal;
    private bool isVerified;

    private Address Payer => payer.Address;

    /// <summary>Carries out the plan, and whatever plan follows from how the cluster answers, until there is nothing left to do.</summary>
    public async Task RunAsync(DeployState seen, DeployPlan plan, CancellationToken cancellation)
    {
        var first = seen;
        for (var round = 1; plan.Steps.Count > 0; round++)
        {
            if (round > MostRounds)
            {
                throw new FaultException(GivingUp());
            }

            price = seen.Price;
            lookedAt = seen.Slot;
            var before = pump.Succeeded;
            if (await ExecuteAsync(seen, plan, cancellation))
            {
                return;
            }

            if (pump.Succeeded > before)
            {
                round = 0; // slow is not stuck
            }

            log.Line($"Looking again: {refusedBefore ?? "not every transaction landed as planned"}");
            seen = await observer.LookAsync(Known(seen), cancellation);
            GuardUnchanged(first, seen);
            plan = DeployPlan.Make(request, seen).OrThrow();
        }
    }

    private Fault GivingUp() => refusedBefore is { } error
        ? new Fault(FaultCodes.TransactionRejected, "a deploy that comes to an end", $"after {MostRounds} attempts the cluster still answers otherwise than planned ({error})", "look at the program and the buffer in an explorer, then run again: nothing already written is lost")
        : new Fault(FaultCodes.TransactionsExpired, "transactions that land before their blockhash expires", $"{MostRounds} times in a row none did", "raise priority-fee or use another rpc-url, then run again: nothing already written is lost");

    /// <returns>Whether the plan was carried out to its end.</returns>
    private async Task<bool> ExecuteAsync(DeployState state, DeployPlan plan, CancellationToken cancellation)
    {
        var make = new DeployInstructions(request, state.BufferAddress, state.Rents);
        progress.HoldsBuffer = state.Buffer is BufferState.Ours;
        foreach (var step in plan.Steps.OfType<DeployStep.ReclaimBuffer>().Where(step => !progress.Reclaimed.Contains(step.Buffer.Address)))
        {
            await ReclaimAsync(step.Buffer, cancellation);
        }

        if (plan.Steps.OfType<DeployStep.CloseBuffer>().FirstOrDefault() is { } close && !await CloseAsync(make, Payer, close.Lamports, cancellation))
        {
            return false;
        }

        if (!plan.Steps.Any(step => step is DeployStep.FirstDeploy or DeployStep.Upgrade) && request.Mode == DeployMode.Deploy)
        {
            return !plan.Steps.Any(step => step is DeployStep.MakeImmutable) || await MakeImmutableAsync(make, cancellation);
        }

        if (!plan.Steps.Any(step => step is not DeployStep.ReclaimBuffer))
        {
            return true;
        }

        if (!await FillBufferAsync(make, state, cancellation))
        {
            return false;
        }

        return request.Mode == DeployMode.Buffer
            ? await FinishBufferAsync(make, state, cancellation)
            : await FinishDeployAsync(make, state, cancellation);
    }

    /// <summary>Creates the buffer if there is none and writes every byte in which it differs; all at once, each transaction one signature.</summary>
    private async Task<bool> FillBufferAsync(DeployInstructions make, DeployState state, CancellationToken cancellation)
    {
        var ours = state.Buffer as BufferState.Ours;
        var writer = WriterOf(state);
        var size = DeployPlan.ChunkSize(Payer, state.BufferAddress.Address, writer, price);
        var chunks = WriteChunks.Plan(request.Binary.Bytes.Span, ours is null ? default : ours.Data.Span, size);

        Outgoing? create = null;
        if (state.Buffer is BufferState.Missing { Lamports: var held })
        {
            create = await ComposeAsync(make.CreateBuffer(held), [payer], cancellation);
            progress.Creation = create;
            pump.Enqueue([create]);
            log.Line($"Creating the buffer {state.BufferAddress.Address}");
        }

        IReadOnlyList<ISigner> signers = SignersOf(writer);
        List<Outgoing> writes = [.. chunks.Select(chunk => Compose([make.Write(writer, chunk)], signers, DeployPlan.WriteUnits, isUrgent: false))];
        // Signed while the creation is on its way, sent once a node has executed it: a write that came first would fail and cost.
        pump.Enqueue(writes, create?.Processed);
        if (create is not null)
        {
            if ((await create.Settled.WaitAsync(cancellation)).Fate != Fate.Succeeded)
            {
                pump.Withdraw(writes);
                await Task.WhenAll(writes.Select(write => write.Settled)).WaitAsync(cancellation);
                return false;
            }

            progress.HoldsBuffer = true;
            progress.BufferRent += state.Rents.Buffer - Math.Min(state.Rents.Buffer, ((BufferState.Missing)state.Buffer).Lamports);
        }

        return await FollowAsync(writes, cancellation);
    }

    private async Task<bool> FollowAsync(List<Outgoing> writes, CancellationToken cancellation)
    {
        if (writes.Count == 0)
        {
            return true;
        }

        var shown = log.Progress("Writing", writes.Count);
        void Show(int settled) => shown.Report(writes.Count(write => write.Settled.IsCompletedSuccessfully));
        Show(0);
        pump.Progressed += Show;
        try
        {
            var all = Task.WhenAll(writes.Select(write => write.Settled));
            while (await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(1), time, cancellation)) != all)
            {
                cancellation.ThrowIfCancellationRequested();
                await ReconsiderPriceAsync(writes, cancellation);
            }

            return (await all).All(outcome => outcome.Fate == Fate.Succeeded);
        }
        finally
        {
            pump.Progressed -= Show;
        }
    }

    /// <summary>When nothing lands for a while and others pay more by now, what is still unsent goes out in a new round at the new price.</summary>
    private async Task ReconsiderPriceAsync(List<Outgoing> writes, CancellationToken cancellation)
    {
        if (pump.NewestSlot <= pump.LastProgressSlot + SlotsWithoutProgress || !writes.Exists(write => !write.WasSent))
        {
            return;
        }

        var asked = await observer.PriceAsync(cancellation);
        if (asked <= price)
        {
            return;
        }

        log.Line($"Nothing landed for {SlotsWithoutProgress} slots; continuing at {asked:N0} µlamports per compute unit instead of {price:N0}");
        pump.Withdraw(writes);
    }

    private async Task<bool> FinishBufferAsync(DeployInstructions make, DeployState state, CancellationToken cancellation)
    {
        if (await CheckAsync(make, state, cancellation) is not { } buffer)
        {
            return false;
        }

        if (buffer.Authority != request.BufferAuthority)
        {
            log.Line($"Handing the buffer over to {request.BufferAuthority}");
            if (!await LandAsync(make.HandOver(buffer.Authority, request.BufferAuthority), SignersOf(buffer.Authority), cancellation))
            {
                return false;
            }

            if (await ReadBackAsync(state, cancellation) is not { } handedOver || handedOver.Authority != request.BufferAuthority)
            {
                return false;
            }
        }

        progress.HasChanged = true;
        progress.Slot = pump.HighestLandedSlot;
        return true;
    }

    private async Task<bool> FinishDeployAsync(DeployInstructions make, DeployState state, CancellationToken cancellation)
    {
        var authority = state.BufferAddressAuthority(request);
        var additional = state.ExtendBy(request);
        var writer = WriterOf(state);
        var final = state.Program is ProgramState.Missing { Lamports: var held } ? make.FirstDeploy(held, authority) : make.Upgrade(authority);
        // The payer still owns the buffer here, so a refusal costs only fees.
        IReadOnlyList<Instruction> handOver = writer == authority ? [] : make.HandOver(writer, authority);
        // Nothing changes between the check and a final transaction without an extension: one round trip shows all of it.
        var simulated = additional == 0 ? SimulateAsync([.. handOver, .. final], cancellation) : null;
        var header = additional == 0 ? observer.ReadHeaderAsync(Known(state), cancellation) : null;
        if (await CheckAsync(make, state, cancellation) is not { } buffer)
        {
            return false;
        }

        if (additional > 0)
        {
            log.Line($"Extending the program by {additional:N0} bytes");
            if (!await LandAsync(make.Extend(additional), [payer], cancellation))
            {
                return false;
            }

            progress.Extended += state.ExtendLamports(additional);
        }

        simulated ??= SimulateAsync([.. handOver, .. final], cancellation);
        header ??= observer.ReadHeaderAsync(Known(state), cancellation);
        if (await simulated is { Error: { } error } simulation)
        {
            return await RefusedAsync(make, state, buffer, error, simulation.Logs, cancellation);
        }

        if (handOver.Count > 0)
        {
            log.Line($"Handing the buffer over to {authority}");
            if (!await LandAsync(handOver, SignersOf(buffer.Authority), cancellation))
            {
                return false;
            }

            if (await ReadBackAsync(state, cancellation) is not { } handedOver || handedOver.Authority != authority)
            {
                return false;
            }

            header = observer.ReadHeaderAsync(Known(state), cancellation);
        }

        var now = await header;
        if (!await IsAsSeenAsync(state, now, cancellation))
        {
            return false;
        }

        // Upgrade returns the buffer's lamports and what ProgramData holds beyond its rent.
        refundOfFinal = now is null ? 0 : buffer.Lamports + now.Lamports - Math.Min(buffer.Lamports + now.Lamports, state.Rents.Capacity);
        return await SendFinalAsync(state, final, FinalSigners(state, authority), cancellation);
    }

    /// <summary>Compares every byte on chain with the file, and has the cluster's verifier look at them, before anything irrevocable.</summary>
    private async Task<BufferState.Ours?> CheckAsync(DeployInstructions make, DeployState state, CancellationToken cancellation)
    {
        var writer = WriterOf(state);
        var repriced = observer.PriceAsync(cancellation);
        var verified = SimulateAsync(make.TryDeploy(Unused(), writer), cancellation);
        var buffer = await ReadBackAsync(state, cancellation);
        price = await repriced;
        if (buffer is null)
        {
            return null;
        }

        // Anything but a verdict (a payer too poor for a second program) leaves it to the final simulation.
        var simulation = await verified;
        isVerified = simulation.Error is null;
        if (simulation.Error is { } error && IsVerdict(error))
        {
            await RejectAsync(make, buffer, simulation.Logs, cancellation);
        }

        return buffer;
    }

    /// <summary>The loader says InvalidAccountData when its verifier refuses the bytes.</summary>
    private static bool IsVerdict(string error) => error.Contains("\"InvalidAccountData\"", StringComparison.Ordinal);

    private async Task RejectAsync(DeployInstructions make, BufferState.Ours buffer, IReadOnlyList<string> logs, CancellationToken cancellation)
    {
        var isClosed = await CloseAsync(make, buffer.Authority, buffer.Lamports, cancellation);
        throw new FaultException(new Fault(FaultCodes.VerifierRejected, "a program that the cluster's verifier accepts", $"it refuses the file: {Excerpt(logs)}", $"build the program for this cluster; {Rent(isClosed)}", "program"));
    }

    private static string Rent(bool isClosed) => isClosed ? "the buffer is closed, its rent returned" : "the buffer could not be closed and is listed with the stale ones";

    private async Task<BufferState.Ours?> ReadBackAsync(DeployState state, CancellationToken cancellation) =>
        await observer.ReadBufferAsync(state.BufferAddress.Address, state.BufferAddressAuthority(request), Known(state), cancellation) is BufferState.Ours ours && ours.Data.Span.SequenceEqual(request.Binary.Bytes.Span)
            ? ours
            : null;

    /// <summary>Whether the program is still the one the plan was made for; an extension by somebody else changes nothing.</summary>
    private async Task<bool> IsAsSeenAsync(DeployState state, ProgramHeader? now, CancellationToken cancellation)
    {
        if (state.Program is not ProgramState.Deployed before)
        {
            return now is null;
        }

        if (now is null || now.Authority != before.Authority)
        {
            return false;
        }

        return now.Slot == before.Slot
            || (await observer.ReadProgramDataAsync(Known(state), cancellation) is ProgramState.Deployed current && current.ExecutableHash == before.ExecutableHash);
    }

    /// <summary>Sends the one transaction that changes the program, and settles its fate before anything else happens.</summary>
    private async Task<bool> SendFinalAsync(DeployState state, IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, CancellationToken cancellation)
    {
        var final = await ComposeAsync(instructions, signers, cancellation);
        progress.Final = final;
        log.Line(state.Program is ProgramState.Deployed ? $"Upgrading {request.ProgramId}" : $"Deploying {request.ProgramId}");
        var outcome = await pump.SendAsync(final, cancellation);
        if (outcome.Fate != Fate.Succeeded)
        {
            refusedBefore = outcome.Error;
            return false;
        }

        var refund = refundOfFinal;
        Landed(outcome);
        if (await observer.ReadProgramDataAsync(outcome.Slot, cancellation) is not ProgramState.Deployed running || running.Slot < outcome.Slot)
        {
            NotLanded(refund);
            throw new FaultException(new Fault(FaultCodes.RpcInvalidAnswer, $"the program as of slot {outcome.Slot}, in which the endpoint says the deploy landed", "it shows no trace of it", "use another endpoint and run again: what is written is not written twice", "rpc-url"));
        }

        if (!running.Runs(request.Binary))
        {
            throw new FaultException(new Fault(FaultCodes.ProgramChanged, "the bytes just deployed", $"the deploy landed in slot {outcome.Slot}, but another change of the program came right after it", "find out who else deploys this program, then run again"));
        }

        progress.UpgradeAuthority = running.Authority;
        return true;
    }

    /// <summary>Notes that the final transaction landed.</summary>
    public void Landed(Outcome outcome)
    {
        progress.Signature = outcome.Signature;
        progress.Slot = outcome.Slot;
        progress.HasChanged = true;
        progress.HoldsBuffer = false;
        progress.Refunded += refundOfFinal;
        refundOfFinal = 0;
    }

    /// <summary>Takes back what a status claimed and the chain does not show.</summary>
    private void NotLanded(ulong refund)
    {
        progress.Signature = null;
        progress.Slot = null;
        progress.HasChanged = false;
        progress.HoldsBuffer = true;
        progress.Refunded -= refund;
    }

    private async Task<bool> MakeImmutableAsync(DeployInstructions make, CancellationToken cancellation)
    {
        var final = await ComposeAsync(make.MakeImmutable(), SignersOf(request.UpgradeAuthority.Address), cancellation);
        progress.Final = final;
        log.Line($"Removing the upgrade authority of {request.ProgramId}");
        var outcome = await pump.SendAsync(final, cancellation);
        if (outcome.Fate != Fate.Succeeded)
        {
            refusedBefore = outcome.Error;
            return false;
        }

        Landed(outcome);
        return true;
    }

    /// <summary>The cluster would refuse the final transaction. Seen twice with nothing else changed it is final, and the buffer's rent comes back.</summary>
    private async Task<bool> RefusedAsync(DeployInstructions make, DeployState state, BufferState.Ours buffer, string error, IReadOnlyList<string> logs, CancellationToken cancellation)
    {
        if (!isVerified && IsVerdict(error))
        {
            await RejectAsync(make, buffer, logs, cancellation);
        }

        if (refusedBefore != error)
        {
            refusedBefore = error;
            await Task.Delay(2 * ShortWait, time, cancellation);
            return false;
        }

        var isClosed = await CloseAsync(make, buffer.Authority, buffer.Lamports, cancellation);
        throw new FaultException(new Fault(FaultCodes.TransactionRejected, state.Program is ProgramState.Deployed ? "a cluster that accepts the upgrade" : "a cluster that accepts the deploy", $"it refuses ({error}): {Excerpt(logs)}", $"correct the cause; {Rent(isClosed)}"));
    }

    private async Task ReclaimAsync(StaleBuffer buffer, CancellationToken cancellation)
    {
        // Reclaims take a few slots each, and meanwhile a parallel job may have taken this one up.
        if (request.Reclaim is Reclaim.Idle && !await new StaleBuffers(rpc, request).IsIdleAsync(buffer.Address, cancellation))
        {
            return;
        }

        log.Line($"Closing the stale buffer {buffer.Address}");
        var outcome = await SendAsync([LoaderProgram.Close(buffer.Address, Payer, Payer, null)], [payer], cancellation);
        if (outcome.Fate != Fate.Succeeded)
        {
            return; // somebody was quicker, or owns it now: the list of stale buffers says so
        }

        progress.Reclaimed.Add(buffer.Address);
        progress.Refunded += buffer.Lamports;
    }

    private async Task<bool> CloseAsync(DeployInstructions make, Address authority, ulong lamports, CancellationToken cancellation)
    {
        if (!await LandAsync(make.CloseBuffer(authority), SignersOf(authority), cancellation))
        {
            return false;
        }

        progress.Refunded += lamports;
        progress.HoldsBuffer = false;
        return true;
    }

    private async Task<bool> LandAsync(IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, CancellationToken cancellation) =>
        (await SendAsync(instructions, signers, cancellation)).Fate == Fate.Succeeded;

    private async Task<Outcome> SendAsync(IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, CancellationToken cancellation) =>
        await pump.SendAsync(await ComposeAsync(instructions, signers, cancellation), cancellation);

    /// <summary>A transaction that others wait for. With a price it needs a limit: what a simulation used, and a tenth more.</summary>
    private async Task<Outgoing> ComposeAsync(IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, CancellationToken cancellation)
    {
        uint limit = 0;
        if (price > 0)
        {
            var simulation = await SimulateAsync([ComputeBudgetProgram.SetComputeUnitLimit(DeployCosts.UsualUnits), ComputeBudgetProgram.SetComputeUnitPrice(1), .. instructions], cancellation);
            // Never above what the plan reckoned with, or max-spend would cap nothing.
            limit = simulation is { Error: null, UnitsConsumed: > 0 } ? (uint)Math.Min(DeployCosts.UsualUnits, simulation.UnitsConsumed * 11 / 10) : DeployCosts.UsualUnits;
        }

        return Compose(instructions, signers, limit, isUrgent: true);
    }

    private Outgoing Compose(IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, uint limit, bool isUrgent)
    {
        IReadOnlyList<Instruction> all = price == 0
            ? instructions
            : [ComputeBudgetProgram.SetComputeUnitLimit(limit), ComputeBudgetProgram.SetComputeUnitPrice(price), .. instructions];
        return new Outgoing(blockhash => Message.Compile(Payer, all, blockhash), signers, Money.Fee(signers.Count, price, limit), isUrgent);
    }

    /// <summary>Simulates on the newest confirmed state; when the program changed in this very slot, waits for the next one.</summary>
    private async Task<Simulation> SimulateAsync(IReadOnlyList<Instruction> instructions, CancellationToken cancellation)
    {
        var transaction = Transaction.Unsigned(Message.Compile(Payer, instructions, default)).Serialize();
        for (var look = 1; ; look++)
        {
            var simulation = (await rpc.SimulateAsync(transaction, Commitment.Confirmed, cancellation, Math.Max(lookedAt, pump.HighestLandedSlot))).Value;
            if (look == MostLooks || !simulation.Logs.Any(line => line.Contains("deployed in this block already", StringComparison.Ordinal)))
            {
                return simulation;
            }

            await Task.Delay(ShortWait, time, cancellation);
        }
    }

    /// <summary>Who may write the buffer: the payer, until it is handed over.</summary>
    private Address WriterOf(DeployState state) => (state.Buffer as BufferState.Ours)?.Authority ?? Payer;

    private List<ISigner> SignersOf(Address authority) =>
        authority == Payer ? [payer]
        : authority == request.UpgradeAuthority.Address ? [payer, request.UpgradeAuthority.ToSigner("upgrade-authority").OrThrow()]
        : throw new FaultException(new Fault(FaultCodes.BufferForeign, "a buffer that this run can write", $"it was handed over to {authority} before it was complete", $"its owner closes it (solana program close), then run again", "buffer-authority"));

    private List<ISigner> FinalSigners(DeployState state, Address authority)
    {
        List<ISigner> signers = [payer];
        if (state.Program is ProgramState.Missing)
        {
            signers.Add(request.ProgramKey!.ToSigner("program-keypair").OrThrow());
        }

        if (authority != Payer)
        {
            signers.Add(request.UpgradeAuthority.ToSigner("upgrade-authority").OrThrow());
        }

        return signers;
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

    /// <summary>Reads after our own transactions must show them.</summary>
    private ulong Known(DeployState state) => Math.Max(state.Slot, pump.HighestLandedSlot);

    private static Address Unused()
    {
        using var key = LocalSigner.Generate();
        return key.Address;
    }

    /// <summary>The last lines of a program's log, which is where it says why; untrusted.</summary>
    private static string Excerpt(IReadOnlyList<string> logs) =>
        logs.Count == 0
            ? "no log"
            : PlainText.Bound(PlainText.CleanLine(string.Join(" | ", logs.Where(line => !line.StartsWith("Program ", StringComparison.Ordinal)).DefaultIfEmpty(logs[^1]).TakeLast(2))), LongestExcerpt);
}
