using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Deploys programs one after the other and stops at the first that fails. All of them are planned before the first costs anything.</summary>
internal sealed class DeploySequence(DeploySite site, DeployReports reports)
{
    private static readonly IReadOnlySet<Address> Nothing = new HashSet<Address>();

    private readonly SharedProposals proposals = new(site, reports);
    private List<ProgramDeploy> deploys = [];

    /// <summary>Whether the last program's final transaction is on chain: a signal or the timeout came too late to stop anything.</summary>
    public bool HasLanded => deploys.Count > 0 && deploys[^1].HasLanded;

    /// <summary>What to say when the time is over while members are waited for; null while they are not.</summary>
    public Fault? Unmet => deploys.Select(deploy => deploy.Unmet).FirstOrDefault(fault => fault is not null);

    /// <summary>Of every program, in the order of their deploys.</summary>
    public IReadOnlyList<DeployReport> Reports => deploys.ConvertAll(deploy => deploy.Report);

    /// <summary>Whether the records say so, too.</summary>
    public bool IsSettled => deploys.Count > 0 && deploys[^1].IsSettled;

    /// <summary>Runs to the end, or throws what stopped it.</summary>
    /// <param name="targets">In the order of their deploys.</param>
    /// <param name="begin">Called when nothing stands in the way of any of them, before anything is sent. Gives what their records share; null where each stands alone.</param>
    public async Task RunAsync(IReadOnlyList<DeployTarget> targets, Func<CancellationToken, Task<string?>>? begin, CancellationToken cancellation)
    {
        var isDryRun = targets[0].Request.IsDryRun;
        var stale = StaleBuffers.Of(site.Rpc, targets[0].Request);
        var isOurs = SharedProposals.Ours(site, targets);
        deploys = [.. targets.Select(target => new ProgramDeploy(site, target, reports.Add(site, target), isOurs))];
        try
        {
            if (!isDryRun)
            {
                deploys[0].WarmUp(cancellation);
            }

            foreach (var deploy in deploys)
            {
                await deploy.LookAsync(cancellation);
            }

            await proposals.GroupAsync(deploys, cancellation);
            deploys[0].IsFresh = true;
            deploys[0].Reclaim(await ToReclaimAsync(stale, targets[0].Request, cancellation));
            var refusals = Plan();
            if (refusals.Count > 0 || isDryRun)
            {
                // A refused plan uses nothing: what an earlier run left at its address is said like any other buffer.
                reports.Stale(await stale.FindAsync(refusals.Count == 0 ? InUse() : Nothing, cancellation));
                if (refusals.Count > 0)
                {
                    throw new FaultException(refusals);
                }

                return;
            }

            var releaseId = begin is null ? null : await begin(cancellation);
            await RunAsync(releaseId, stale, cancellation);
        }
        finally
        {
            foreach (var deploy in deploys)
            {
                await deploy.DisposeAsync();
            }
        }
    }

    private async Task RunAsync(string? releaseId, StaleBuffers stale, CancellationToken cancellation)
    {
        try
        {
            if (deploys[0].Report.Target.Request.Mode == DeployMode.Propose)
            {
                await ProposeAsync(releaseId, cancellation);
            }
            else
            {
                foreach (var deploy in deploys)
                {
                    reports.Now(deploy.Report);
                    await deploy.LookAgainAsync(cancellation);
                    await deploy.RunAsync(releaseId, cancellation);
                }
            }

            // In buffer mode the buffers are the product; otherwise one that is still there is said like any other.
            reports.Stale(await stale.FindAsync(deploys[0].Report.Target.Request.HandsOver ? Buffers() : Nothing, cancellation));
        }
        catch (Exception exception) when (exception is FaultException or RpcRefusedException && !cancellation.IsCancellationRequested)
        {
            if (exception is not FaultException { Faults: [{ Code.Exit: ExitCode.Unavailable }, ..] })
            {
                // What this run leaves behind is said like anybody else's; an endpoint that is gone is not asked for it.
                reports.Stale(await stale.FindAsync(Nothing, cancellation));
            }

            throw;
        }
    }

    /// <summary>The release first, and of one mind; then the ways back, each by itself.</summary>
    private async Task ProposeAsync(string? releaseId, CancellationToken cancellation)
    {
        await proposals.RunAsync(deploys.FindAll(deploy => !deploy.Report.IsAside), releaseId, _ => null, cancellation);
        foreach (var standby in deploys.FindAll(deploy => deploy.Report.IsAside))
        {
            await proposals.RunAsync([standby], releaseId, TakesBack, cancellation);
        }

        await proposals.WaitAsync(deploys, cancellation);
    }

    /// <summary>The record of the release that a standby would take back.</summary>
    private string? TakesBack(ProgramDeploy standby) => deploys.Find(other => other.Report.Target == standby.Report.Target.Subject.TakesBack)?.Report.Record;

    /// <summary>Every reason why any of the programs cannot be deployed.</summary>
    private List<Fault> Plan()
    {
        List<Fault> refusals = [];
        var spent = 0L;
        foreach (var deploy in deploys)
        {
            refusals.AddRange(deploy.Plan(spent).Faults.Select(fault => deploys.Count == 1 ? fault : fault with { Expected = $"{deploy.Report.Target.Name}: {fault.Expected}" }));
            spent += deploy.Debit;
        }

        return refusals.Count > 0 ? refusals : [.. SharedProposals.Refusals(deploys)];
    }

    private HashSet<Address> Buffers() => [.. deploys.Select(deploy => deploy.Buffer)];

    private HashSet<Address> InUse() => [.. from deploy in deploys where deploy.Report.Steps.Any() select deploy.Buffer];

    private async Task<IReadOnlyList<StaleBuffer>> ToReclaimAsync(StaleBuffers stale, DeployRequest request, CancellationToken cancellation) =>
        request.Reclaim is Reclaim.None
            ? []
            : (await stale.ToReclaimAsync(LedgerRules.PendingBuffers(await site.Book.ReadAllAsync(cancellation)), Buffers(), cancellation)).OrThrow();
}
