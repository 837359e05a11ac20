using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.VerifyProgram;

/// <summary>What the upgrade authority says the program was built from.</summary>
/// <param name="Claim">Null when it says nothing.</param>
/// <param name="UpgradedAfter">The slot of an upgrade that came after the claim was last written; null when there was none.</param>
/// <param name="IsHistoryKnown">Whether the node still knows when the claim was written.</param>
public sealed record BuildClaimSight(BuildClaim? Claim, ulong? UpgradedAfter, bool IsHistoryKnown);

/// <summary>Looks at the claim of a program's upgrade authority, and at what happened since it was written; reads only.</summary>
internal sealed class BuildClaimObserver(RpcClient rpc, Commitment commitment)
{
    /// <summary>Anybody may mention an account in a transaction: so many of them are looked through, then the question stays open.</summary>
    private const int MostTransactions = 25;

    private const int LongestClaim = 10 * 1024;

    public async Task<BuildClaimSight> LookAsync(Address program, ProgramOnChain.Running running, ulong minContextSlot, CancellationToken cancellation)
    {
        if (running.Authority is not { } uploader)
        {
            return new BuildClaimSight(null, null, true);
        }

        var address = OtterProgram.ClaimAddress(program, uploader);
        var account = (await rpc.GetAccountAsync(address, commitment, cancellation, minContextSlot, longest: LongestClaim)).Value;
        if (account is null || account.Owner != OtterProgram.Id || !BuildClaimAccount.TryParse(account.Data, out var claimed)
            || claimed.Program != program || claimed.Uploader != uploader)
        {
            return new BuildClaimSight(null, null, true);
        }

        // Of all that happened to either account only what came after the program's last change can matter.
        var written = await NewestAsync(address, transaction => transaction.Claimed.Contains(address), cancellation);
        if (written is null || written >= running.Slot)
        {
            return new BuildClaimSight(claimed.Claim, null, written is not null);
        }

        // An extension changes the program's slot too, and anybody may extend: only an upgrade outdates a claim.
        var programData = LoaderProgram.ProgramDataAddress(program);
        var upgraded = await NewestAsync(programData, transaction => transaction.Deployed.Contains(programData), cancellation);
        return new BuildClaimSight(claimed.Claim, upgraded > written ? upgraded : null, upgraded is not null);
    }

    /// <summary>The slot of the newest successful transaction that did this to an account; null when none of the newest did.</summary>
    private async Task<ulong?> NewestAsync(Address account, Predicate<DeployTransaction> did, CancellationToken cancellation)
    {
        foreach (var signature in await rpc.GetSignaturesAsync(account, MostTransactions, commitment, cancellation))
        {
            if (signature.Error is null && await rpc.GetDeployAsync(signature.Signature, commitment, cancellation) is { Error: null } transaction && did(transaction))
            {
                return transaction.Slot;
            }
        }

        return null;
    }
}
