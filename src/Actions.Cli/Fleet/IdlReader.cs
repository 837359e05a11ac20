using Actions.Cli.VerifyProgram;
using Actions.Core.Metadata;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.Fleet;

/// <summary>Reads the IDLs that are published of a fleet's programs, and keeps only what tells them apart.</summary>
internal sealed class IdlReader(RpcClient rpc, Commitment commitment)
{
    private const int MostAccounts = 100;

    /// <summary>Almost every IDL is shorter as it is stored; a longer one is read alone, so that no answer grows with it.</summary>
    private static readonly DataSlice Part = new(0, 64 * 1024);

    /// <param name="programs">Those that run.</param>
    /// <param name="slot">No older state is believed.</param>
    public async Task<IReadOnlyDictionary<Address, MetadataSight>> ReadAsync(IReadOnlyList<Address> programs, ulong slot, CancellationToken cancellation)
    {
        Dictionary<Address, MetadataSight> sights = [];
        await LookAsync(programs, id => MetadataProgram.Canonical(id, MetadataDocument.Idl), (id, account) => sights[id] = Sight(id, account, null));
        // Anchor's account counts where nothing is published.
        IReadOnlyList<Address> others = [.. programs.Where(id => sights[id] is { IdlSha256: null, IdlProblem: null })];
        await LookAsync(others, LegacyIdl.AddressOf, (id, account) => sights[id] = Sight(id, null, account));
        return sights;

        // One answer after the other: what they hold is of no use once it is hashed.
        async Task LookAsync(IReadOnlyList<Address> ids, Func<Address, Address> addressOf, Action<Address, AccountInfo?> see)
        {
            foreach (var chunk in ids.Chunk(MostAccounts))
            {
                var addresses = await AllCores.SelectAsync(chunk, addressOf);
                var accounts = (await rpc.GetAccountsAsync(addresses, commitment, cancellation, slot, Part)).Value;
                foreach (var (id, address, account) in chunk.Zip(addresses, accounts))
                {
                    see(id, account?.Data.Length == Part.Length ? (await rpc.GetAccountAsync(address, commitment, cancellation, slot, longest: MetadataObserver.Longest)).Value : account);
                }
            }
        }
    }

    private static MetadataSight Sight(Address program, AccountInfo? canonical, AccountInfo? legacy)
    {
        var (sha256, problem) = MetadataObserver.Idl(program, canonical, legacy);
        return new MetadataSight(sha256, problem, null);
    }
}
