using Actions.Cli.Publish;
using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Finds buffers that the payer or the upgrade authority forgot.</summary>
/// <param name="authority">The payer's own where there is no other.</param>
/// <param name="hasMetadata">Whether those of program-metadata count, too.</param>
internal sealed class StaleBuffers(RpcClient rpc, Address payer, Address authority, Reclaim reclaim, bool hasMetadata = false)
{
    /// <summary>A buffer nothing has touched for so many slots is nobody's work in progress.</summary>
    public const ulong IdleSlots = 1_500;

    private const int MostDated = 20;
    private const int MostReclaimed = 50;

    /// <summary>The start of a buffer, be it the loader's or program-metadata's.</summary>
    private static readonly DataSlice Header = new(0, Math.Max(LoaderProgram.BufferHeader, MetadataProgram.HeaderSize));

    public static StaleBuffers Of(RpcClient rpc, DeployRequest request) => new(rpc, request.Payer.Address, request.UpgradeAuthority.Address, request.Reclaim);

    /// <returns>The buffers, largest first and the largest of them dated, and a warning when the endpoint does not list them.</returns>
    public async Task<(IReadOnlyList<StaleBuffer> Buffers, Fault? Warning)> FindAsync(IReadOnlySet<Address> own, CancellationToken cancellation)
    {
        try
        {
            var owners = new[] { payer, authority }.Distinct();
            var found = (await Task.WhenAll(owners.Select(owner => OfAsync(owner, cancellation)))).SelectMany(list => list)
                .Where(buffer => !own.Contains(buffer.Address))
                .OrderByDescending(buffer => buffer.Lamports).ToList();
            var dated = await Task.WhenAll(found.Take(MostDated).Select(buffer => DateAsync(buffer, cancellation)));
            return ([.. dated, .. found.Skip(MostDated)], null);
        }
        catch (Exception exception) when (exception is RpcRefusedException or FaultException)
        {
            var reason = exception is RpcRefusedException refused ? refused.Refusal.Message : ((FaultException)exception).Faults[0].Found;
            return ([], new Fault(FaultCodes.RpcInvalidAnswer, "a list of the payer's buffers (getProgramAccounts)", $"the endpoint does not give it: {reason}", "stale buffers cannot be reported here; `solana program show --buffers` on another endpoint lists them", "rpc-url").AsWarning());
        }
    }

    /// <summary>Which of them to close at the user's request, or why the one that was named must not be.</summary>
    public async Task<Result<IReadOnlyList<StaleBuffer>>> ToReclaimAsync(IReadOnlySet<Address> pending, IReadOnlySet<Address> own, CancellationToken cancellation)
    {
        switch (reclaim)
        {
            case Reclaim.One(var address):
                return await NamedAsync(address, pending, own, cancellation);
            case Reclaim.Idle:
                var candidates = (await OfAsync(payer, cancellation))
                    .Where(buffer => !own.Contains(buffer.Address) && !pending.Contains(buffer.Address))
                    .OrderByDescending(buffer => buffer.Lamports).Take(MostReclaimed).ToList();
                // Every one of them is asked about: what nobody asked about may be a parallel job's.
                var idle = await Task.WhenAll(candidates.Select(buffer => IsIdleAsync(buffer.Address, cancellation)));
                return Result<IReadOnlyList<StaleBuffer>>.Ok([.. candidates.Where((_, index) => idle[index])]);
            default:
                return Result<IReadOnlyList<StaleBuffer>>.Ok([]);
        }
    }

    /// <summary>Whether nothing touched a buffer for a while; false when the endpoint does not say.</summary>
    public async Task<bool> IsIdleAsync(Address buffer, CancellationToken cancellation)
    {
        try
        {
            var newest = await rpc.GetSignaturesAsync(buffer, 1, Commitment.Confirmed, cancellation);
            return newest.Count == 0 || newest[0].Slot + IdleSlots <= await rpc.GetSlotAsync(Commitment.Confirmed, cancellation);
        }
        catch (RpcRefusedException)
        {
            return false;
        }
    }

    private async Task<Result<IReadOnlyList<StaleBuffer>>> NamedAsync(Address address, IReadOnlySet<Address> pending, IReadOnlySet<Address> own, CancellationToken cancellation)
    {
        Fault Refuse(string found, string remedy) => new(FaultCodes.BufferInvalid, $"a buffer of the payer {payer} at {address}", found, remedy, "reclaim");

        var account = (await rpc.GetAccountAsync(address, Commitment.Confirmed, cancellation, slice: Header)).Value;
        if (account is null || (account.Owner == SystemProgram.Id && account.Space == 0))
        {
            return Result<IReadOnlyList<StaleBuffer>>.Ok([]); // closed already: nothing to do
        }

        if (own.Contains(address))
        {
            return Refuse("it is the buffer of this very deploy", "leave reclaim out: the deploy uses the buffer up");
        }

        if (pending.Contains(address))
        {
            return Refuse("a pending record of the ledger still needs it", "settle or cancel that record first");
        }

        if (hasMetadata && LeftBuffers.Own(account, payer) is not null)
        {
            return Result<IReadOnlyList<StaleBuffer>>.Ok([new StaleBuffer(address, account.Space, account.Lamports, payer, null, IsMetadata: true)]);
        }

        if (account.Owner != LoaderProgram.Id || !LoaderAccount.TryParse(account.Data, out var parsed) || parsed is not LoaderAccount.Buffer buffer)
        {
            return account.Owner == MetadataProgram.Id
                ? Refuse("an account of program-metadata that is no buffer of the payer", hasMetadata ? "check the address: what is published is not closed here" : "check the address; mode: reclaim takes the payer's buffers of program-metadata")
                : Refuse("it is not a loader buffer", "check the address");
        }

        return buffer.Authority == payer
            ? Result<IReadOnlyList<StaleBuffer>>.Ok([new StaleBuffer(address, account.Space, account.Lamports, buffer.Authority.Value, null)])
            : Refuse($"its authority is {buffer.Authority?.ToString() ?? "nobody"}", $"its authority closes it: solana program close {address}");
    }

    private async Task<IReadOnlyList<StaleBuffer>> OfAsync(Address owner, CancellationToken cancellation) =>
    [
        .. (await OwnedBuffers.OfAsync(rpc, owner, Commitment.Confirmed, cancellation)).Select(entry => new StaleBuffer(entry.Address, entry.Account.Space, entry.Account.Lamports, owner, null)),
        .. hasMetadata ? (await LeftBuffers.OfAsync(rpc, owner, cancellation)).Select(entry => new StaleBuffer(entry.Address, entry.Account.Space, entry.Account.Lamports, owner, null, IsMetadata: true)) : [],
    ];

    private async Task<StaleBuffer> DateAsync(StaleBuffer buffer, CancellationToken cancellation)
    {
        try
        {
            var newest = await rpc.GetSignaturesAsync(buffer.Address, 1, Commitment.Confirmed, cancellation);
            return newest.Count == 0 ? buffer : buffer with { LastSlot = newest[0].Slot };
        }
        catch (RpcRefusedException)
        {
            return buffer; // the list is worth having without dates
        }
    }
}
