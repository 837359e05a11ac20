using Actions.Core.Inputs;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What a compute unit costs now, in µlamports.</summary>
internal static class RecentPrice
{
    /// <summary>p75 of what others paid lately for these accounts, capped; zero when nobody paid.</summary>
    public static async Task<ulong> OfAsync(RpcClient rpc, PriorityFee asked, ulong highest, IReadOnlyList<Address> locked, CancellationToken cancellation)
    {
        if (asked is PriorityFee.Fixed { MicroLamports: var price })
        {
            return price;
        }

        try
        {
            var paid = (await rpc.GetRecentFeesAsync(locked, cancellation)).Select(recent => recent.Fee).Where(fee => fee > 0).Order().ToList();
            return paid.Count == 0 ? 0 : Math.Min(highest, paid[Math.Min(paid.Count - 1, paid.Count * 3 / 4)]);
        }
        catch (RpcRefusedException)
        {
            return 0; // not every endpoint serves it, and a transaction without a priority fee is still one
        }
    }
}
