using Actions.Core.Metadata;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.Publish;

/// <summary>Buffers for documents of a program that an interrupted run of this payer left, and that no run will finish, for the document has changed since.</summary>
internal static class LeftBuffers
{
    private const int ProgramAt = 1;
    private const int AuthorityAt = 33;

    /// <returns>None where the endpoint does not list accounts.</returns>
    public static async Task<IReadOnlyList<(Address Address, ulong Lamports)>> OfAsync(RpcClient rpc, Address program, Address payer, CancellationToken cancellation)
    {
        try
        {
            var accounts = await rpc.GetProgramAccountsAsync(
                MetadataProgram.Id,
                [new MemoryFilter(0, new byte[] { 1 }), new MemoryFilter(ProgramAt, program.ToArray()), new MemoryFilter(AuthorityAt, payer.ToArray())],
                new DataSlice(0, MetadataProgram.HeaderSize),
                Commitment.Confirmed,
                cancellation);
            // The filters are the node's word.
            return [.. accounts.Where(entry => MetadataAccount.TryParse(entry.Account.Data, out var parsed) && parsed is MetadataAccount.Buffer { IsCanonical: false } buffer && buffer.Program == program && buffer.Authority == payer).Select(entry => (entry.Address, entry.Account.Lamports))];
        }
        catch (RpcRefusedException)
        {
            return [];
        }
    }
}
