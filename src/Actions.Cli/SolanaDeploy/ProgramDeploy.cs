using Actions.Cli.Publish;
using Actions.Core.Faults;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The deploy of one program: look and plan, then run and record. Whatever ends it, its report says how far it came.</summary>
internal sealed class ProgramDeploy(DeploySite site, DeployTarget target, DeployReport report) : IAsyncDisposable
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

    private DeployObserver Observer => observer ??= new DeployObserver(site.Rpc, request);

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

    /// <summary>Looks again where other programs came first, for they spent of the same payer.</summary>
    public async Task LookAgainAsync(CancellationToken cancellation)
    {
        seen = await Observer.LookAsync(null, cancellation);
        plan = DeployPlan.Make(request, seen).OrThrow();
    }

    /// <summary>Carries out the plan.</summary>
    /// <param name="releaseId">Shared by the records of all programs of a release; null for one of its own.</param>
    /// <param name="takesBack">Of a standby, the record of the release that it would take back.</param>
    public async Task RunAsync(string? releaseId, string? takesBack, CancellationToken cancellation)
    {
        await warmUp;
        record.TakesBack = takesBack;
        pump ??= new TransactionPump(site.Rpc, site.Context.Time, cancellation);
        record.ReleaseId = releaseId;
        if (plan!.NeedsRecord(request.Mode))
        {
            await record.OpenAsync(seen!, resumes: plan.Steps.Any(step => step is DeployStep.ExecuteProposal), cancellation);
        }

        report.Recorded(record.Id);
        await CarryOutAsync(cancellation);
    }

    /// <summary>Waits for what the inputs ask for; what this run may execute then, it does.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        if (request.WaitsFor is not { } goal || !report.Waits || report.Squads is not { Proposal: not null } squads)
        {
            return;
        }

        wait = new ProposalWait(site.Rpc, site.Context, squads, goal, request.Executes);
        await wait.RunAsync(cancellation);
        var isExecuted = wait.Latest.Proposal!.Status == ProposalStatus.Executed;
        (report.Progress.Squads, wait) = (wait.Latest, null);
        if (isExecuted || goal == WaitGoal.Executed)
        {
            seen = await Observer.LookAsync(Math.Max(seen!.Slot, pump!.HighestLandedSlot), cancellation);
            await (isExecuted ? DoneByOthersAsync(cancellation) : ExecuteAsync(cancellation));
        }
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

    private async Task ExecuteAsync(CancellationToken cancellation)
    {
        plan = DeployPlan.Make(request, seen!).OrThrow();
        await record.OpenAsync(seen!, resumes: true, cancellation);
        await CarryOutAsync(cancellation);
    }

    private async Task CarryOutAsync(CancellationToken cancellation)
    {
        var run = new DeployRun(site.Rpc, Observer, request, pump!, report.Progress, site.Context.Log, site.Context.Time);
        try
        {
            await run.RunAsync(seen!, plan!, cancellation);
            report.Counted(pump!);
            await SettleAsync(cancellation);
            await PublishAsync(cancellation);
        }
        catch (Exception exception) when (exception is FaultException or RpcRefusedException or OperationCanceledException)
        {
            await StopAsync(run, cancellation.IsCancellationRequested);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (pump is not null)
        {
            await pump.DisposeAsync();
        }
    }

    private async Task SettleAsync(CancellationToken cancellation)
    {
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
    private async Task PublishAsync(CancellationToken cancellation)
    {
        if (request.Publish is not null)
        {
            await new PublishRun(site.Rpc, request, pump!, report.Progress, site.Context).RunAsync(seen!.Price, seen.Slot, cancellation);
            report.Counted(pump!);
            if (request.Publish.Claim?.Api is { } api)
            {
                await new RemoteBuildCheck(site, target, api).RunAsync(record.Id, cancellation);
                report.Progress.BuiltAgainBy = api.Host;
            }

            report.Progress.IsPublished = true;
            report.Counted(pump!);
        }
    }

    /// <summary>
    /// A fault, a signal or the timeout: nothing more is sent; what landed is found out and said, and for a final transaction whose fate is
    /// open that is worth a moment's wait.
    /// </summary>
    private async Task StopAsync(DeployRun run, bool isStopped)
    {
        using var patience = new CancellationTokenSource(LastLook, site.Context.Time);
        var open = report.Progress.Final is { Known: null } final ? final : null;
        var outcome = await pump!.LastLookAsync(open, patience.Token);
        if (outcome is { Fate: Fate.Succeeded })
        {
            run.Landed(outcome);
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
                await record.FailAsync(isStopped, mayStillLand: report.Progress.Signature is not null || (open is { WasSent: true } && outcome is null), count, fees, patience.Token);
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
    }

    private static ulong Less(ulong lamports, long spent) =>
        spent < 0 ? lamports + (ulong)-spent : lamports - Math.Min(lamports, (ulong)spent);
}
