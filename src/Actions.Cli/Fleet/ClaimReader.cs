using Actions.Cli.VerifyProgram;
using Actions.Core.Fleet;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Fleet;

/// <summary>Reads what the upgrade authorities of a fleet say their programs were built from; reads only.</summary>
/// <param name="known">What the last run saw; null for the first one.</param>
internal sealed class ClaimReader(RpcClient rpc, Commitment commitment, FleetSnapshot? known)
{
    private const int MostAccounts = 100;

    private static readonly DataSlice Part = new(0, BuildClaimObserver.LongestClaim);

    private readonly ILookup<string, FleetSnapshotProgram> byId = FleetSnapshot.ById(known);

    /// <param name="programs">Those that run, with whoever can upgrade them.</param>
    /// <param name="slot">No older state is believed.</param>
    public async Task<IReadOnlyDictionary<Address, BuildClaimSight>> ReadAsync(IReadOnlyList<(Address Id, Address Uploader, ulong Slot)> programs, ulong slot, CancellationToken cancellation)
    {
        var addresses = await AllCores.SelectAsync(programs, program => OtterProgram.ClaimAddress(program.Id, program.Uploader));
        var accounts = await Task.WhenAll(addresses.Chunk(MostAccounts).Select(chunk => rpc.GetAccountsAsync(chunk, commitment, cancellation, slot, Part)));
        var sights = await Task.WhenAll(programs.Zip(accounts.SelectMany(answer => answer.Value), (program, account) => LookAsync(program, account, cancellation)));
        return programs.Zip(sights).ToDictionary(pair => pair.First.Id, pair => pair.Second);
    }

    private async Task<BuildClaimSight> LookAsync((Address Id, Address Uploader, ulong Slot) program, AccountInfo? account, CancellationToken cancellation)
    {
        if (BuildClaimObserver.Claim(account, program.Id, program.Uploader) is not { } claim)
        {
            return new BuildClaimSight(null, null, true);
        }

        var before = Known(program);
        // What was written after the last upgrade stays so: only what is older, or was never asked about, is.
        if (claim.DeploySlot >= program.Slot || before is { UpgradedAfter: null })
        {
            return new BuildClaimSight(claim, null, true);
        }

        var sight = await SinceAsync(claim, program, cancellation);
        return before is { UpgradedAfter: { } upgraded } && !sight.IsHistoryKnown ? new BuildClaimSight(claim, upgraded, true) : sight;
    }

    /// <summary>An endpoint that keeps no history does not know; that is said as a finding.</summary>
    private async Task<BuildClaimSight> SinceAsync(BuildClaim claim, (Address Id, Address Uploader, ulong Slot) program, CancellationToken cancellation)
    {
        try
        {
            return await new BuildClaimObserver(rpc, commitment).SinceAsync(claim, program.Id, program.Uploader, program.Slot, cancellation);
        }
        catch (RpcRefusedException)
        {
            return new BuildClaimSight(claim, null, false);
        }
    }

    private FleetSnapshotClaim? Known((Address Id, Address Uploader, ulong Slot) program) =>
        byId[program.Id.ToString()].FirstOrDefault(seen => seen.GenesisHash == rpc.GenesisHash && seen.Slot == program.Slot && seen.Claim?.Uploader == program.Uploader.ToString())?.Claim;
}
