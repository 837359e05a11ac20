using Actions.Core.Faults;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Proposes the upgrades of a run to the members of its vault, as few proposals as can carry them, and executes what they approved.</summary>
/// <remarks>All buffers are written before the first is handed over: what fails until then leaves the vault nothing that only its members can close.</remarks>
internal sealed class SharedProposals(DeploySite site, DeployReports reports)
{
    private const int MostRounds = 8;

    /// <summary>Whether an upgrade that shares a proposal with one of this run's was released from here, too: now, or by an earlier run.</summary>
    public static Func<AskedUpgrade, CancellationToken, Task<bool>> Ours(DeploySite site, IReadOnlyList<DeployTarget> targets)
    {
        HashSet<(Address?, Address)> now =
        [
            .. from target in targets
               let request = target.Request
               where request is { Mode: DeployMode.Propose, IsStandby: false }
               select (request.ProgramId, Core.Loader.BufferAddress.Derive(request.Payer.Address, request.ProgramId, request.UpgradeAuthority.Address, request.Binary.Sha256.Span).Address),
        ];
        return async (upgrade, cancellation) => now.Contains((upgrade.Program, upgrade.Buffer))
            || (await site.Book.ReadAsync(upgrade.Program, cancellation)).Any(record => record.State == Core.Ledger.RecordState.Pending && record.Facts.Buffer == upgrade.Buffer);
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
        foreach (var together in deploys.Where(deploy => deploy.Executes).GroupBy(deploy => deploy.Squads!.Proposal!.Index))
        {
            var asked = together.First().Squads!.Asked!;
            var programs = together.Select(deploy => deploy.Report.Target.Request.ProgramId!.Value).ToHashSet();
            if (asked.Upgrades.FirstOrDefault(upgrade => !programs.Contains(upgrade.Program)) is { } other)
            {
                yield return new Fault(
                    FaultCodes.ProposalNotExecutable, $"Expected every program that proposal {together.Key} upgrades to be in this run, which compares their buffers", $"found that it upgrades {other.Program}, too",
                    "run for all programs of the release at once, or let continue execute it", "execute");
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

                if (round == MostRounds)
                {
                    throw new FaultException(deploys[0].GivingUp());
                }

                site.Context.Log.Line($"Looking again: {deploys[0].LastError ?? "the proposal did not land as planned"}");
            }

            foreach (var deploy in deploys)
            {
                reports.Now(deploy.Report);
                await deploy.FinishAsync(cancellation);
            }
        }
        catch (Exception exception) when (ProgramDeploy.IsEnd(exception))
        {
            foreach (var deploy in deploys)
            {
                await deploy.StopAsync(cancellation.IsCancellationRequested);
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
            if (await members[0].ProposeAsync(group, cancellation) is not var (squads, slot))
            {
                return false;
            }

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

        foreach (var together in deploys.Where(deploy => deploy.Executes).GroupBy(deploy => deploy.Squads!.Proposal!.Index).Select(group => group.ToList()).ToList())
        {
            foreach (var deploy in together)
            {
                if (!await deploy.CompareAsync(cancellation))
                {
                    return false;
                }
            }

            reports.Now(together[0].Report);
            if (await together[0].ExecuteAsync(cancellation) is not { } outcome)
            {
                return false;
            }

            foreach (var deploy in together.Skip(1))
            {
                reports.Now(deploy.Report);
                await deploy.ExecutedAsync(outcome, cancellation);
            }
        }

        return true;
    }

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
