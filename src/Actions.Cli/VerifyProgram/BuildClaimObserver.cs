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

    internal const int LongestClaim = 10 * 1024;

    public async Task<BuildClaimSight> LookAsync(Address program, ProgramOnChain.Running running, ulong minContextSlot, CancellationToken cancellation)
    {
        if (running.Authority is not { } uploader)
        {
            return new BuildClaimSight(null, null, true);
        }

        var account = (await rpc.GetAccountAsync(OtterProgram.ClaimAddress(program, uploader), commitment, cancellation, minContextSlot, longest: LongestClaim)).Value;
        return Claim(account, program, uploader) is { } claim ? await SinceAsync(claim, program, uploader, running.Slot, cancellation) : new BuildClaimSight(null, null, true);
    }

    /// <summary>Null for an account that holds no claim of this uploader about this program.</summary>
    internal static BuildClaim? Claim(AccountInfo? account, Address program, Address uploader) =>
        account is not null && account.Owner == OtterProgram.Id && BuildClaimAccount.TryParse(account.Data, out var claimed) && claimed.Program == program && claimed.Uploader == uploader
            ? claimed.Claim
            : null;

    /// <summary>What happened to the program since the claim was written, as far as the node knows.</summary>
    /// <param name="slot">Of the program's last change.</param>
    internal async Task<BuildClaimSight> SinceAsync(BuildClaim claim, Address program, Address uploader, ulong slot, CancellationToken cancellation)
    {
        var address = OtterProgram.ClaimAddress(program, uploader);

        // Of all that happened to either account only what came after the program's last change can matter.
        var written = await NewestAsync(address, transaction => transaction.Claimed.Contains(address), cancellation);
        if (written is null || written >= slot)
        {
            return new BuildClaimSight(claim, null, written is not null);
        }

        // An extension changes the program's slot too, and anybody may extend: only an upgrade outdates a claim.
        var programData = LoaderProgram.ProgramDataAddress(program);
        var upgraded = await NewestAsync(programData, transaction => transaction.Deployed.Contains(programData), cancellation);
        return new BuildClaimSight(claim, upgraded > written ? upgraded : null, upgraded is not null);
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
