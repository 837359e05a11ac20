using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The loader's buffers of one authority.</summary>
internal static class OwnedBuffers
{
    /// <returns>Their headers, in the endpoint's order.</returns>
    /// <exception cref="RpcRefusedException">The endpoint does not list accounts.</exception>
    public static async Task<IReadOnlyList<KeyedAccount>> OfAsync(RpcClient rpc, Address authority, Commitment commitment, CancellationToken cancellation)
    {
        var accounts = await rpc.GetProgramAccountsAsync(
            LoaderProgram.Id,
            [new MemoryFilter(0, new byte[] { 1, 0, 0, 0 }), new MemoryFilter(4, new byte[] { 1 }), new MemoryFilter(5, authority.ToArray())],
            new DataSlice(0, LoaderProgram.BufferHeader),
            commitment,
            cancellation);
        // The filters are the node's word; the header is checked here, for what is listed may be closed.
        return [.. accounts.Where(entry => LoaderAccount.TryParse(entry.Account.Data, out var parsed) && parsed is LoaderAccount.Buffer { Authority: var owner } && owner == authority)];
    }
}
