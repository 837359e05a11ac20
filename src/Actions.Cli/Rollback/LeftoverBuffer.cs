using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.Rollback;

/// <summary>The buffer of an attempt that never reached the chain: its rent goes back to the payer.</summary>
internal sealed class LeftoverBuffer(RollbackInputs inputs, DeploySite site)
{
    private Address Payer => inputs.Keys.Payer.Address;

    /// <returns>Null when there is no buffer any more, or it is not ours to close; then a warning says who can.</returns>
    public async Task<(ClosedBuffer? Closed, Fault? Warning)> CloseAsync(Address address, CancellationToken cancellation)
    {
        if (await OwnerAsync(address, cancellation) is not { } found)
        {
            return (null, null);
        }

        if (found.Authority != Payer && found.Authority != inputs.Keys.UpgradeAuthority.Address)
        {
            return (null, NotOurs(address, found.Authority));
        }

        await using var pump = new TransactionPump(site.Rpc, site.Context.Time, cancellation);
        List<ISigner> signers = [inputs.Keys.Payer.ToSigner("payer").OrThrow()];
        if (found.Authority != Payer)
        {
            signers.Add(inputs.Keys.UpgradeAuthority.ToSigner("upgrade-authority").OrThrow());
        }

        site.Context.Log.Line($"Closing the buffer {address} of an attempt that never reached the chain");
        var outcome = await new LoneTransaction(site.Rpc, pump, inputs.PriorityFee, inputs.MaxPriorityFee)
            .SendAsync([LoaderProgram.Close(address, Payer, found.Authority, null)], signers, DeployCosts.UsualUnits, [address], cancellation);
        var (count, fees) = pump.Landed;
        return outcome.Fate == Fate.Succeeded ? (new ClosedBuffer(address, found.Lamports, count, fees), null)
            : (null, new Fault(
                FaultCodes.BufferInvalid, $"Expected to close the buffer {address}", $"found that the transaction did not land ({outcome.Error ?? "it expired"})", $"close it by hand: solana program close {address}").AsWarning());
    }

    private async Task<(Address Authority, ulong Lamports)?> OwnerAsync(Address address, CancellationToken cancellation)
    {
        var account = (await site.Rpc.GetAccountAsync(address, Commitment.Confirmed, cancellation, slice: new DataSlice(0, LoaderProgram.BufferHeader))).Value;
        return account is not null && account.Owner == LoaderProgram.Id && LoaderAccount.TryParse(account.Data, out var parsed) && parsed is LoaderAccount.Buffer { Authority: { } authority }
            ? (authority, account.Lamports)
            : null;
    }

    private static Fault NotOurs(Address address, Address authority) => new Fault(
        FaultCodes.BufferForeign, $"Expected a buffer of the payer or the upgrade authority at {address}, which a failed attempt left", $"found one of {authority}",
        $"its authority closes it: solana program close {address}").AsWarning();
}
