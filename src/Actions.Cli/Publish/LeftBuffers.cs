using Actions.Core.Metadata;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.Publish;

/// <summary>Buffers of program-metadata that belong to the payer: an interrupted run left them, and where the document changed since, no run will finish them.</summary>
internal static class LeftBuffers
{
    private const int ProgramAt = 1;
    private const int AuthorityAt = 33;

    /// <returns>Those for documents of one program, apart from where it is published itself. None where the endpoint does not list accounts.</returns>
    public static async Task<IReadOnlyList<(Address Address, ulong Lamports)>> OfAsync(RpcClient rpc, Address program, Address payer, CancellationToken cancellation) =>
        [.. from left in await ListAsync(rpc, payer, [new MemoryFilter(ProgramAt, program.ToArray())], cancellation)
            where left.Buffer.Program == program && !left.Buffer.IsCanonical
            select (left.Entry.Address, left.Entry.Account.Lamports)];

    /// <returns>All of them. None where the endpoint does not list accounts.</returns>
    public static async Task<IReadOnlyList<KeyedAccount>> OfAsync(RpcClient rpc, Address payer, CancellationToken cancellation) =>
        [.. (await ListAsync(rpc, payer, [], cancellation)).Select(left => left.Entry)];

    /// <summary>Null for what is published, which is no buffer, and for what somebody else owns.</summary>
    public static MetadataAccount.Buffer? Own(AccountInfo account, Address payer) =>
        account.Owner == MetadataProgram.Id && MetadataAccount.TryParse(account.Data, out var parsed) && parsed is MetadataAccount.Buffer buffer && buffer.Authority == payer ? buffer : null;

    private static async Task<IEnumerable<(KeyedAccount Entry, MetadataAccount.Buffer Buffer)>> ListAsync(RpcClient rpc, Address payer, MemoryFilter[] more, CancellationToken cancellation)
    {
        try
        {
            var accounts = await rpc.GetProgramAccountsAsync(
                MetadataProgram.Id,
                [new MemoryFilter(0, new byte[] { 1 }), new MemoryFilter(AuthorityAt, payer.ToArray()), .. more],
                new DataSlice(0, MetadataProgram.HeaderSize),
                Commitment.Confirmed,
                cancellation);
            // The filters are the node's word.
            return from entry in accounts let buffer = Own(entry.Account, payer) where buffer is not null select (entry, buffer);
        }
        catch (RpcRefusedException)
        {
            return [];
        }
    }
}
