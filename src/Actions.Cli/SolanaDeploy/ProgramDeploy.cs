using Actions.Cli.Publish;
using Actions.Core.Faults;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The deploy of one program: look and plan, then run and record. Whatever ends it, its report says how far it came.</summary>
/// <param name="isOurs">Whether an upgrade that shares a proposal with this one was released from here, too.</param>
internal sealed class ProgramDeploy(DeploySite site, DeployTarget target, DeployReport report, Func<AskedUpgrade, CancellationToken, Task<bool>> isOurs) : IAsyncDisposable
{
    /// <summary>How long a stopping run may still ask what became of its transactions.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(3);

    private readonly DeployRecord record = new(site, target);
    private DeployRequest request = target.Request;
    private DeployObserver? observer;
    private TransactionPump? pump;
    private Task warmUp = Task.CompletedTask;
    private DeployState? seen;
    private DeployPlan? plan;
    private DeployRun? run;
    private bool isRunning;
    private ProposalWait? wait;

    public DeployReport Report => report;

    /// <summary>Where this program's buffer lies.</summary>
    public Address Buffer => seen!.BufferAddress.Address;

    /// <summary>What the payer is poorer by afterwards, at the highest price; negative when more comes back than is spent.</summary>
    public long Debit => plan is null ? 0 : plan.Costs.Net + (long)(plan.Costs.FeeHighest - plan.Costs.Fee);

    /// <summary>Whether the transaction that changes the program is on chain, and what is to be published is.</summary>
    public bool HasLanded => report.Progress.Signature is not null && (request.Publish is null || report.Progress.IsPublished);

    /// <summary>What to say when the time is over while this program's proposal is waited for; null while none is.</summary>
    public Fault? Unmet => wait?.Unmet;

    /// <summary>Whether the record says how it ended, or there is none.</summary>
    public bool IsSettled => !record.IsOpen;

    /// <summary>What Squads shows; null where no multisig is asked.</summary>
    public SquadsSight? Squads => seen?.Squads;

    /// <summary>What the cluster said when it did not do what it should.</summary>
    public string? LastError => run?.LastError;

    /// <summary>What it brings into a proposal; null where there is one, or nothing to propose.</summary>
    public ProposalPart? Part => seen is { Squads: { Multisig: not null, Proposal: null }, Program: ProgramState.Deployed running } && (request.IsStandby || !running.Runs(request.Binary)) && report.Progress.Squads is null
        ? new ProposalPart(new AskedUpgrade(request.ProgramId!.Value, Buffer, request.Payer.Address), Math.Max(running.Data.Length, request.Binary.Bytes.Length) + request.Binary.Bytes.Length, [.. seen!.Published?.Documents.Select(sight => DocumentPlan.Of(request, sight)) ?? []])
        : null;

    /// <summary>Whether the plan is to execute the proposal.</summary>
    public bool Executes => plan?.Steps.Any(step => step is DeployStep.ExecuteProposal) == true;

    private DeployObserver Observer => observer ??= new DeployObserver(site.Rpc, request, request.IsStandby ? null : isOurs); // a way back shares with nobody

    /// <summary>Reads a blockhash while the cluster is looked at, so that the first transaction need not wait for it.</summary>
    public void WarmUp(CancellationToken cancellation)
    {
        pump = new TransactionPump(site.Rpc, site.Context.Time, cancellation);
        warmUp = pump.WarmUpAsync(cancellation);
    }

    /// <summary>Reads what the plan depends on.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        seen = await Observer.LookAsync(null, cancellation);
        report.Observed(seen);
    }

    /// <summary>Closes these buffers before anything else.</summary>
    public void Reclaim(IReadOnlyList<StaleBuffer> buffers) => seen = seen! with { ToReclaim = buffers };

    /// <summary>Is to be proposed with these others.</summary>
    /// <param name="rent">Of the accounts that the proposal needs.</param>
    public void Group(ProposalGroup group, ulong rent)
    {
        Observer.Shared = (group, rent); // for every later look: what is planned with is what it is refused by
        seen = Observer.Sharing(seen!);
    }

    /// <summary>Plans, or says why it refuses.</summary>
    /// <param name="spent">What the programs before it take from the payer.</param>
    public Result<DeployPlan> Plan(long spent)
    {
        request = target.Request with { MaxSpend = target.Request.MaxSpend is { } cap ? Less(cap, spent) : null };
        var made = DeployPlan.Make(request, seen! with { PayerLamports = Less(seen.PayerLamports, spent) });
        if (made.IsOk)
        {
            plan = made.Value;
            report.Planned(made.Value);
        }

        return made;
    }

    /// <summary>Whether nothing was sent since the last look.</summary>
    public bool IsFresh { get; set; }

    /// <summary>Looks again where other programs came first, for they spent of the same payer.</summary>
    public async Task LookAgainAsync(CancellationToken cancellation)
    {
        if (IsFresh)
        {
            IsFresh = false;
            return;
        }

        seen = await Observer.LookAsync(pump?.HighestLandedSlot, cancellation);
        plan = DeployPlan.Make(request, seen).OrThrow();
    }

    /// <summary>Carries out the plan to its end.</summary>
    /// <param name="releaseId">Shared by the records of all programs of a release; null for one of its own.</param>
    public async Task RunAsync(string? releaseId, CancellationToken cancellation)
    {
        try
        {
            await PrepareAsync(releaseId, takesBack: null, keepsBuffer: false, cancellation);
            await SettleAsync(cancellation);
            await PublishAsync(cancellation);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            await StopAsync(cancellation.IsCancellationRequested);
            throw;
        }
    }

    /// <summary>Opens the record and does what the plan says, up to what only members decide.</summary>
    /// <param name="takesBack">Of a standby, the record of the release that it would take back.</param>
    /// <param name="keepsBuffer">Ends before the buffer is handed over to a vault.</param>
    public async Task PrepareAsync(string? releaseId, string? takesBack, bool keepsBuffer, CancellationToken cancellation)
    {
        await warmUp;
        pump ??= new TransactionPump(site.Rpc, site.Context.Time, cancellation);
        run ??= new DeployRun(site.Rpc, Observer, request, pump, report.Progress, site.Context.Log, site.Context.Time);
        (record.ReleaseId, record.TakesBack) = (releaseId, takesBack);
        if (!record.IsOpen && plan!.NeedsRecord(request.Mode))
        {
            await record.OpenAsync(seen!, resumes: Executes, cancellation);
        }

        report.Recorded(record.Id);
        isRunning = true;
        var last = await run.RunAsync(seen!, plan!, keepsBuffer, cancellation);
        (seen, plan) = (last, last == seen ? plan : DeployPlan.Make(request, last).OrThrow());
        report.Counted(pump);
        if (request.Mode == DeployMode.Propose && !keepsBuffer)
        {
            // What the members decide about has to be there before they are asked.
            await PublishingAsync(publish => publish.RunAsync(seen.Price, seen.Slot, cancellation));
        }
    }

    /// <summary>Proposes a group of upgrades, this one first among them.</summary>
    /// <returns>What Squads shows of it, and the slot; null when the next look has to say what happened.</returns>
    public async Task<(SquadsSight Squads, ulong Slot)?> ProposeAsync(ProposalGroup group, CancellationToken cancellation)
    {
        var squads = await run!.Proposals.ProposeAsync(group, cancellation);
        report.Counted(pump!);
        return squads is null ? null : (squads, pump!.HighestLandedSlot);
    }

    /// <summary>Its upgrade is proposed.</summary>
    public void Proposed(SquadsSight squads, ulong slot) => run!.Proposals.Proposed(squads, slot);

    /// <summary>Compares what its proposal would deploy, right before the execution.</summary>
    public Task<bool> CompareAsync(CancellationToken cancellation) => run!.Proposals.CompareAsync(seen!, cancellation);

    /// <summary>Executes the proposal that carries its upgrade, and those of the others.</summary>
    /// <returns>Null when the cluster did not do it.</returns>
    public async Task<Outcome?> ExecuteAsync(CancellationToken cancellation)
    {
        var outcome = await run!.Proposals.ExecuteAsync(seen!, cancellation);
        report.Counted(pump!);
        return outcome;
    }

    /// <summary>Its proposal was executed, by its own transaction or by that of another program in it.</summary>
    public void Executed(Outcome outcome) => run!.Proposals.Executed(seen!, outcome);

    /// <summary>Makes sure that it runs the bytes since then.</summary>
    public Task ConfirmAsync(Outcome outcome, CancellationToken cancellation) => run!.Proposals.ConfirmAsync(outcome, cancellation);

    /// <summary>Why nothing came of it, although it was tried again and again.</summary>
    public Fault GivingUp() => run!.GivingUp();

    /// <summary>Waits for what the inputs ask for.</summary>
    /// <returns>The proposal as it was seen last.</returns>
    public async Task<SquadsSight> WaitAsync(CancellationToken cancellation)
    {
        wait = new ProposalWait(site.Rpc, site.Context, report.Squads!, request.WaitsFor!.Value, request.Executes);
        await wait.RunAsync(cancellation);
        var latest = wait.Latest;
        wait = null;
        return latest;
    }

    /// <summary>Whether this run waits for its proposal.</summary>
    public bool IsAwaited => request.WaitsFor is not null && report is { Waits: true, Squads.Proposal: not null };

    /// <summary>What goes on when the wait is over.</summary>
    /// <returns>Whether it is this run's turn to execute the proposal.</returns>
    public async Task<bool> AwaitedAsync(SquadsSight latest, CancellationToken cancellation)
    {
        report.Progress.Squads = latest;
        var isExecuted = latest.Proposal!.Status == ProposalStatus.Executed;
        if (!isExecuted && request.WaitsFor == WaitGoal.Approved)
        {
            return false;
        }

        if (!isExecuted)
        {
            return true;
        }

        seen = await Observer.LookAsync(Math.Max(seen!.Slot, pump!.HighestLandedSlot), cancellation);
        await DoneByOthersAsync(cancellation);
        return false;
    }

    private async Task DoneByOthersAsync(CancellationToken cancellation)
    {
        if (seen!.Program is not ProgramState.Deployed running || !running.Runs(request.Binary))
        {
            throw new FaultException(new Fault(FaultCodes.HashMismatch, "the bytes proposed, after the proposal was executed", "other bytes run", "find out who changed buffer or program"));
        }

        await record.UnchangedAsync(running, cancellation);
        (report.Progress.IsDoneByOthers, report.Progress.Slot) = (true, running.Slot);
        report.Recorded(record.Id);
    }

    public async ValueTask DisposeAsync()
    {
        if (pump is not null)
        {
            await pump.DisposeAsync();
        }
    }

    /// <summary>Says in the record how it ended.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        report.Counted(pump!);
        if (request.IsDrill)
        {
            return; // nothing became of the program, so there is nothing to record about it
        }

        var (count, fees) = pump!.Landed;
        if (report.Progress.Exported is { } exported)
        {
            report.Exported(ExportFile.Write(site.Context, target, exported));
        }

        if (request.Mode == DeployMode.Buffer || (request.HandsOver && report.Waits))
        {
            await record.PendAsync(seen!, report.Squads, count, fees, cancellation);
        }
        else if (report.Progress.HasChanged)
        {
            await record.SucceedAsync(report.Progress, count, fees, cancellation);
        }
        else if (await Observer.ReadProgramDataAsync(seen!.Slot, cancellation) is ProgramState.Deployed running)
        {
            await record.UnchangedAsync(running, cancellation);
        }

        report.Recorded(record.Id);
    }

    /// <summary>What the program says about itself comes last: nobody is to read of what does not run yet.</summary>
    public async Task PublishAsync(CancellationToken cancellation)
    {
        if (request.Publish is not null)
        {
            await PublishingAsync(publish => publish.FinishAsync(seen!.Price, seen.Slot, cancellation));
            if (request.Publish.Claim?.Api is { } api)
            {
                await new RemoteBuildCheck(site, target, api).RunAsync(record.Id, cancellation);
                report.Progress.BuiltAgainBy = api.Host;
            }

            report.Progress.IsPublished = true;
            report.Counted(pump!);
        }

        isRunning = false;
    }

    private async Task PublishingAsync(Func<PublishRun, Task> work)
    {
        if (request.Publish is not null)
        {
            await work(new PublishRun(site.Rpc, request, pump!, report.Progress, site.Context));
            report.Counted(pump!);
        }
    }

    /// <summary>What ends a run before it is done.</summary>
    public static bool IsEnd(Exception exception) => exception is FaultException or RpcRefusedException or OperationCanceledException;

    /// <summary>
    /// A fault, a signal or the timeout: nothing more is sent; what landed is found out and said, and for a final transaction whose fate is
    /// open that is worth a moment's wait.
    /// </summary>
    /// <param name="executed">What became of the transaction of another program that carries this one's upgrade; null for nothing.</param>
    /// <returns>The final transaction, if it landed after all.</returns>
    public async Task<Outcome?> StopAsync(bool isStopped, Outcome? executed = null)
    {
        if (!isRunning)
        {
            return null;
        }

        isRunning = false;
        using var patience = new CancellationTokenSource(LastLook, site.Context.Time);
        var open = report.Progress.Final is { Known: null } final ? final : null;
        var outcome = await pump!.LastLookAsync(open, patience.Token) ?? executed;
        if (outcome is { Fate: Fate.Succeeded })
        {
            run!.Landed(outcome);
        }

        report.Counted(pump);
        var (count, fees) = pump.Landed;
        try
        {
            if (outcome is { Fate: Fate.Succeeded })
            {
                await record.SucceedAsync(report.Progress, count, fees, patience.Token);
            }
            else
            {
                await record.FailAsync(isStopped, mayStillLand: report.Progress.Signature is not null || (open is { WasSent: true } && outcome is null), Asked, count, fees, patience.Token);
            }
        }
        catch (Exception exception) when (exception is FaultException or OperationCanceledException)
        {
            // The fault that ended the run is worth more than this one, which comes on top: the next run settles the record.
            if (exception is FaultException fault)
            {
                report.Add(fault.Faults);
            }
        }

        return outcome is { Fate: Fate.Succeeded } ? outcome : null;
    }

    /// <summary>What this run asked the members for; null for nothing.</summary>
    private (DeployState, SquadsSight)? Asked => report.Progress.Squads is { Proposal: not null } squads ? (seen!, squads) : null;

    private static ulong Less(ulong lamports, long spent) =>
        spent < 0 ? lamports + (ulong)-spent : lamports - Math.Min(lamports, (ulong)spent);
}
