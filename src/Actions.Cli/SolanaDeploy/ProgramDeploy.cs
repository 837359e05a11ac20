using Actions.Cli.Publish;
using Actions.Core.Faults;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The deploy of one program: look and plan, then run and record. Whatever ends it, its report says how far it came.</summary>
/// <param name="isOurs">Whether an upgrade that shares a proposal with this one was released from here, too.</param>
internal sealed partial class ProgramDeploy(DeploySite site, DeployTarget target, DeployReport report, Func<AskedUpgrade, CancellationToken, Task<bool>> isOurs) : IAsyncDisposable
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

    public DeployReport Report => report;

    /// <summary>Where this program's buffer lies.</summary>
    public Address Buffer => seen!.BufferAddress.Address;

    /// <summary>What the payer is poorer by afterwards, at the highest price; negative when more comes back than is spent.</summary>
    public long Debit => plan is null ? 0 : plan.Costs.Net + (long)(plan.Costs.FeeHighest - plan.Costs.Fee);

    /// <summary>Whether the transaction that changes the program is on chain, and what is to be published is.</summary>
    public bool HasLanded => report.Progress.Signature is not null && (request.Publish is null || report.Progress.IsPublished);

    /// <summary>Whether the record says how it ended, or there is none.</summary>
    public bool IsSettled => !record.IsOpen;

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
        // Its fate may be known already, and only the run was over before it heard of it.
        var open = report.Progress is { Signature: null, IsDenied: false } ? report.Progress.Final : null;
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

    private static ulong Less(ulong lamports, long spent) =>
        spent < 0 ? lamports + (ulong)-spent : lamports - Math.Min(lamports, (ulong)spent);
}
