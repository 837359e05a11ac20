using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Sending;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Proposes the upgrades of a run to the members of its vault, as few proposals as can carry them, and executes what they approved.</summary>
/// <remarks>All buffers are written before the first is handed over: what fails until then leaves the vault nothing that only its members can close.</remarks>
internal sealed class SharedProposals(DeploySite site, DeployReports reports)
{
    /// <summary>Whose proposal the transaction of the first among them executes right now.</summary>
    private IReadOnlyList<ProgramDeploy> executing = [];
    private List<ProgramDeploy> asking = [];

    /// <summary>Whether an upgrade that shares a proposal with one of this run's was released from here, too: now, or by an earlier run.</summary>
    public static Func<AskedUpgrade, CancellationToken, Task<bool>> Ours(DeploySite site, IReadOnlyList<DeployTarget> targets)
    {
        var now = (from target in targets let request = target.Request where request is { Mode: DeployMode.Propose, IsStandby: false } select request).ToDictionary(
            request => request.ProgramId!.Value,
            request => BufferAddress.Derive(request.Payer.Address, request.ProgramId, request.UpgradeAuthority.Address, request.Binary.Sha256.Span).Address);
        // A program of this run is to get the bytes of this run: a proposal of an older release would take it back.
        return async (upgrade, cancellation) => now.TryGetValue(upgrade.Program, out var buffer)
            ? buffer == upgrade.Buffer
            : (await site.Book.ReadAsync(upgrade.Program, cancellation)).Any(record =>
                record is { State: RecordState.Pending, IsStandby: false } && record.Facts.Buffer == upgrade.Buffer && record.Facts.GenesisHash == site.Rpc.GenesisHash);
    }

    /// <summary>Decides, before anything is planned, which programs go into one proposal.</summary>
    public async Task GroupAsync(IReadOnlyList<ProgramDeploy> deploys, CancellationToken cancellation)
    {
        foreach (var (group, members) in Groups(deploys))
        {
            if (group.Instructions.Count == 1)
            {
                continue; // as it is planned for anyway
            }

            var squads = members[0].Squads!;
            var rent = await new SquadsObserver(site.Rpc).RentAsync(VaultMessage.Compile(squads.Vault.Address, group.Instructions), squads.Multisig!, cancellation);
            members.ForEach(deploy => deploy.Group(group, rent));
        }
    }

    /// <summary>Why a proposal that is to be executed must not be: it carries more than this run answers for.</summary>
    public static IEnumerable<Fault> Refusals(IReadOnlyList<ProgramDeploy> deploys)
    {
        foreach (var together in Executable(deploys))
        {
            var (index, asked) = (together[0].Squads!.Proposal!.Index, together[0].Squads!.Asked!);
            var programs = together.Select(deploy => deploy.Report.Target.Request.ProgramId!.Value).ToHashSet();
            if (asked.Upgrades.FirstOrDefault(upgrade => !programs.Contains(upgrade.Program)) is { } other)
            {
                yield return new Fault(
                    FaultCodes.ProposalNotExecutable, $"Expected every program that proposal {index} upgrades to be in this run, which compares their buffers", $"found that it upgrades {other.Program}, too",
                    "run for all programs of the release at once, or let continue execute it; where one of them runs its bytes already, let the members cancel the proposal, then run again", "execute");
            }
        }
    }

    /// <summary>From the look to the proposal, or to its execution; then every record says so.</summary>
    /// <param name="releaseId">Shared by the records of all programs of a release; null where each stands alone.</param>
    /// <param name="takesBack">Of standbys, the records of the releases that they would take back.</param>
    public async Task RunAsync(IReadOnlyList<ProgramDeploy> deploys, string? releaseId, Func<ProgramDeploy, string?> takesBack, CancellationToken cancellation)
    {
        try
        {
            if (deploys.Count > 1)
            {
                await PrepareAsync(keepsBuffers: true);
            }

            for (var round = 1; ; round++)
            {
                await PrepareAsync(keepsBuffers: false);
                if (await ProposeAsync(deploys, cancellation) && await ExecuteAsync(deploys, cancellation))
                {
                    break;
                }

                var stuck = deploys.FirstOrDefault(deploy => deploy.LastError is not null) ?? deploys[0];
                if (round == DeployRun.MostRounds)
                {
                    throw new FaultException(stuck.GivingUp());
                }

                site.Context.Log.Line($"Looking again: {stuck.LastError ?? "the proposal did not land as planned"}");
            }

            // All records first: publishing can fail, and what the members are asked for by then must be on record.
            foreach (var deploy in deploys)
            {
                reports.Now(deploy.Report);
                await deploy.SettleAsync(cancellation);
            }

            foreach (var deploy in deploys)
            {
                reports.Now(deploy.Report);
                await deploy.PublishAsync(cancellation);
            }
        }
        catch (Exception exception) when (ProgramDeploy.IsEnd(exception))
        {
            if (asking is [var first, ..] && await first.LastLookAtProposalAsync() is var (squads, slot))
            {
                asking.ForEach(deploy => deploy.Proposed(squads, slot));
            }

            Outcome? executed = null;
            foreach (var deploy in deploys)
            {
                executed = await deploy.StopAsync(cancellation.IsCancellationRequested, executing.Contains(deploy) ? executed : null) ?? executed;
            }

            throw;
        }

        async Task PrepareAsync(bool keepsBuffers)
        {
            foreach (var deploy in deploys)
            {
                reports.Now(deploy.Report);
                await deploy.LookAgainAsync(cancellation);
                await deploy.PrepareAsync(releaseId, takesBack(deploy), keepsBuffers, cancellation);
            }
        }
    }

    /// <summary>Waits for members and time locks, proposal by proposal.</summary>
    public async Task WaitAsync(IReadOnlyList<ProgramDeploy> deploys, CancellationToken cancellation)
    {
        foreach (var together in deploys.Where(deploy => deploy.IsAwaited).GroupBy(deploy => deploy.Report.Squads!.Proposal!.Index).ToList())
        {
            List<ProgramDeploy> ready = [];
            reports.Now(together.First().Report);
            var latest = await together.First().WaitAsync(cancellation);
            foreach (var deploy in together)
            {
                reports.Now(deploy.Report);
                if (await deploy.AwaitedAsync(latest, cancellation))
                {
                    ready.Add(deploy);
                }
            }

            if (ready.Count > 0)
            {
                await RunAsync(ready, null, _ => null, cancellation);
            }
        }
    }

    private async Task<bool> ProposeAsync(IReadOnlyList<ProgramDeploy> deploys, CancellationToken cancellation)
    {
        foreach (var (group, members) in Groups(deploys))
        {
            reports.Now(members[0].Report);
            asking = members;
            if (await members[0].ProposeAsync(group, cancellation) is not var (squads, slot))
            {
                return false;
            }

            asking = [];
            members.ForEach(deploy => deploy.Proposed(squads, slot));
        }

        return true;
    }

    private async Task<bool> ExecuteAsync(IReadOnlyList<ProgramDeploy> deploys, CancellationToken cancellation)
    {
        if (Refusals(deploys).ToList() is { Count: > 0 } refusals)
        {
            throw new FaultException(refusals);
        }

        foreach (var together in Executable(deploys))
        {
            foreach (var deploy in together)
            {
                if (!await deploy.CompareAsync(cancellation))
                {
                    return false;
                }
            }

            reports.Now(together[0].Report);
            executing = together;
            if (await together[0].ExecuteAsync(cancellation) is not { } outcome)
            {
                return false;
            }

            executing = [];
            together.ForEach(deploy => deploy.Executed(outcome)); // all of them, whatever a look at one shows
            foreach (var deploy in together)
            {
                reports.Now(deploy.Report);
                await deploy.ConfirmAsync(outcome, cancellation);
            }
        }

        return true;
    }

    /// <summary>The programs whose plans are to execute a proposal, by their proposals.</summary>
    private static List<List<ProgramDeploy>> Executable(IReadOnlyList<ProgramDeploy> deploys) =>
        [.. deploys.Where(deploy => deploy.Executes).GroupBy(deploy => deploy.Squads!.Proposal!.Index).Select(group => group.ToList())];

    /// <summary>What is still to be proposed, with the programs whose it is. A standby stays by itself: one program may have to go back alone.</summary>
    private static IEnumerable<(ProposalGroup Group, List<ProgramDeploy> Members)> Groups(IReadOnlyList<ProgramDeploy> deploys)
    {
        List<(ProgramDeploy Deploy, ProposalPart Part)> parts = [.. from deploy in deploys let part = deploy.Part where part is not null select (deploy, part)];
        if (parts.Count == 0)
        {
            return [];
        }

        var request = parts[0].Deploy.Report.Target.Request;
        return [.. from batch in parts.GroupBy(one => one.Deploy.Report.IsAside ? one.Deploy.Buffer : default)
                   from packed in ProposalGroup.Of(request.Vault!, request.Payer.Address, [.. batch.Select(one => one.Part)])
                   select (packed, parts.FindAll(one => batch.Contains(one) && packed.Programs.Contains(one.Part.Upgrade.Program)).ConvertAll(one => one.Deploy))];
    }
}
