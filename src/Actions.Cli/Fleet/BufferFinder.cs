using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.Fleet;

/// <summary>Finds the loader's buffers that belong to a fleet's authorities and payers.</summary>
internal sealed class BufferFinder(RpcClient rpc, Commitment commitment, FleetSnapshot? known)
{
    /// <summary>New buffers that are asked about each run; of others their second sight tells how old they are.</summary>
    private const int MostDated = 5;

    /// <returns>The buffers, largest first; null, and a warning, where the endpoint does not list them.</returns>
    public async Task<(IReadOnlyList<BufferSight>? Buffers, Fault? Warning)> FindAsync(IReadOnlyCollection<Address> authorities, CancellationToken cancellation)
    {
        try
        {
            var found = await Task.WhenAll(authorities.Select(authority => OfAsync(authority, cancellation)));
            List<BufferSight> buffers = [.. found.SelectMany(list => list).OrderByDescending(buffer => buffer.Lamports).ThenBy(buffer => buffer.Address)];
            var fresh = buffers.Where(buffer => known?.Buffers.ContainsKey(buffer.Address.ToString()) != true).Take(MostDated);
            var dated = (await Task.WhenAll(fresh.Select(buffer => DateAsync(buffer, cancellation)))).ToDictionary(buffer => buffer.Address);
            return (buffers.ConvertAll(buffer => dated.GetValueOrDefault(buffer.Address, buffer)), null);
        }
        catch (RpcRefusedException refused)
        {
            return (null, new Fault(
                FaultCodes.RpcInvalidAnswer, "a list of the fleet's buffers (getProgramAccounts)", $"the endpoint does not give it: {refused.Refusal.Message}",
                "stale buffers are not looked for; another endpoint may list them", "rpc-url").AsWarning());
        }
    }

    private async Task<IReadOnlyList<BufferSight>> OfAsync(Address authority, CancellationToken cancellation) =>
        [.. (await OwnedBuffers.OfAsync(rpc, authority, commitment, cancellation)).Select(entry => new BufferSight(entry.Address, authority, entry.Account.Lamports))];

    /// <summary>The slot of its last transaction, 0 when no node remembers one.</summary>
    private async Task<BufferSight> DateAsync(BufferSight buffer, CancellationToken cancellation)
    {
        try
        {
            var newest = await rpc.GetSignaturesAsync(buffer.Address, 1, commitment, cancellation);
            return buffer with { LastSlot = newest.Count == 0 ? 0 : newest[0].Slot };
        }
        catch (RpcRefusedException)
        {
            return buffer;
        }
    }
}
