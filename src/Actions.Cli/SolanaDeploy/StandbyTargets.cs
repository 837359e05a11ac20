using Actions.Cli.VerifyProgram;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Rpc;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Makes of what runs now, before an upgrade, the target that would bring it back.</summary>
internal sealed class StandbyTargets(DeploySite site, DeployReports reports)
{
    /// <returns>One for each upgrade; none where the new bytes run already, for what they replaced is gone from the chain.</returns>
    public async Task<IReadOnlyList<DeployTarget>> MakeAsync(IReadOnlyList<DeployTarget> upgrades, CancellationToken cancellation)
    {
        List<DeployTarget> standbys = [];
        foreach (var upgrade in upgrades)
        {
            if ((await new VerifyObserver(site.Rpc, Commitment.Confirmed).LookAsync(upgrade.Request.ProgramId!.Value, cancellation)).Value is ProgramOnChain.Running running
                && running.ExecutableHash != Convert.ToHexStringLower(upgrade.Request.Binary.ExecutableHash.Span)
                && await MakeAsync(upgrade, running, cancellation) is { } standby)
            {
                standbys.Add(standby);
            }
        }

        return standbys;
    }

    private async Task<DeployTarget?> MakeAsync(DeployTarget upgrade, ProgramOnChain.Running running, CancellationToken cancellation)
    {
        var records = await site.Book.ReadAsync(upgrade.Request.ProgramId!.Value, cancellation);
        var current = LedgerRules.Current(records, running.ExecutableHash);
        var binary = ProgramBinary.Read(RecordedFile.Cut(running.Data, current?.Facts.Sha256), "standby");
        if (!binary.IsOk)
        {
            reports.Add(binary.Faults.Select(fault => (fault with { Remedy = $"there is no standby for {upgrade.Name}: what runs now cannot be brought back" }).AsWarning()));
            return null;
        }

        return new DeployTarget(
            upgrade.Name,
            upgrade.Request with { Binary = binary.Value, Executes = false, WaitsFor = null, IsStandby = true, Publish = null, Reclaim = new Reclaim.None() },
            new RecordSubject
            {
                Kind = RecordKind.Rollback,
                Name = current?.Facts.Name,
                Version = current?.Facts.Version,
                Variant = current?.Facts.Variant,
                Restores = current?.Id,
                TakesBack = upgrade,
            });
    }
}
