using Actions.Cli.VerifyProgram;
using Actions.Core.Fleet;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.Fleet;

/// <summary>Looks at everything of a fleet that is on one cluster; reads only. Headers of all programs, bytes only of those that changed.</summary>
/// <param name="known">What the last run saw; null for the first one.</param>
internal sealed class FleetObserver(RpcClient rpc, Commitment commitment, FleetSnapshot? known)
{
    /// <summary>The most addresses that getMultipleAccounts takes.</summary>
    private const int MostAccounts = 100;

    /// <summary>Slots after which a confirmed block is rooted.</summary>
    private const ulong Rooted = 32;

    /// <summary>Fields of a configuration lie at its start; what is larger is read that far.</summary>
    private const int ConfigPart = 16 * 1024;

    private static readonly DataSlice Header = new(0, LoaderProgram.ProgramDataHeader);
    private static readonly Address[] Gates = [FeatureGates.SbpfV1, FeatureGates.SbpfV2, FeatureGates.SbpfV3, FeatureGates.NoSbpfBelowV3];

    private readonly ILookup<string, FleetSnapshotProgram> byId = FleetSnapshot.ById(known);

    public async Task<ClusterSight> LookAsync(Cluster cluster, FleetDeclared declared, CancellationToken cancellation)
    {
        var programs = declared.Programs.Select(program => program.Id).Distinct().ToList();
        var data = await AllCores.SelectAsync(programs, LoaderProgram.ProgramDataAddress);
        // A program stands beside its bytes, so that both are of one state.
        List<Address> addresses = [.. programs.Zip(data).SelectMany(pair => (Address[])[pair.First, pair.Second]), .. declared.Payers, .. Gates];
        var headers = await HeadersAsync(addresses, cancellation);
        var (slot, newest) = (headers.Min(answer => answer.Slot), headers.Max(answer => answer.Slot));
        var accounts = addresses.Zip(headers.SelectMany(answer => answer.Value)).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second);
        var sights = programs.Zip(data).ToDictionary(pair => pair.First, pair => OfHeaders(pair.First, pair.Second, accounts, slot));
        var changed = await new ProgramReader(rpc, commitment).ReadAsync(
            [.. programs.Zip(data).Where(pair => sights[pair.First] is { Ended: null, Facts: null }).Select(pair => (pair.First, pair.Second, sights[pair.First].Size))],
            newest, cancellation);
        foreach (var (id, seen) in changed)
        {
            sights[id] = seen with { IsSettled = IsSettled(seen.Slot, slot) };
        }

        return new ClusterSight(cluster, rpc.GenesisHash, slot)
        {
            NewestSlot = newest,
            Programs = sights,
            Payers = declared.Payers.Distinct().ToDictionary(payer => payer, payer => accounts[payer]?.Lamports ?? 0),
            Gates = Gates.ToDictionary(gate => gate, gate => StateOf(accounts[gate])),
            Accounts = await ConfigAsync(declared.Accounts, cancellation),
            Rent = declared.Payers.Count > 0 ? new RentRate(await rpc.GetRentAsync(0, cancellation)) : null,
            BytesRead = changed.Count,
        };
    }

    private async Task<IReadOnlyList<At<IReadOnlyList<AccountInfo?>>>> HeadersAsync(IReadOnlyList<Address> addresses, CancellationToken cancellation) =>
        await Task.WhenAll(addresses.Chunk(MostAccounts).Select(chunk => rpc.GetAccountsAsync(chunk, commitment, cancellation, slice: Header)));

    private async Task<IReadOnlyDictionary<Address, AccountInfo?>> ConfigAsync(IReadOnlyList<Address> addresses, CancellationToken cancellation)
    {
        Dictionary<Address, AccountInfo?> accounts = [];
        foreach (var chunk in addresses.Distinct().Chunk(MostAccounts))
        {
            var answer = await rpc.GetAccountsAsync(chunk, commitment, cancellation, slice: new DataSlice(0, ConfigPart));
            foreach (var (address, account) in chunk.Zip(answer.Value))
            {
                accounts[address] = account;
            }
        }

        return accounts;
    }

    private ProgramSight OfHeaders(Address id, Address address, Dictionary<Address, AccountInfo?> accounts, ulong slot)
    {
        var data = accounts[address];
        if (ProgramOnChain.WithoutBytes(accounts[id], address, data) is { } ended)
        {
            return new ProgramSight(ended);
        }

        if (!LoaderAccount.TryParse(data!.Data, out var parsed) || parsed is not LoaderAccount.ProgramData header)
        {
            return new ProgramSight(ProgramOnChain.WithBytes(data));
        }

        return new ProgramSight((ProgramOnChain?)null)
        {
            Slot = header.Slot,
            Authority = header.Authority,
            Size = data.Space,
            Facts = KnownFacts(id, header.Slot),
            IsSettled = IsSettled(header.Slot, slot),
        };
    }

    private ProgramFacts? KnownFacts(Address id, ulong slot)
    {
        var text = id.ToString();
        return byId[text].Select(seen => ProgramFacts.Known(seen, rpc.GenesisHash, text, slot)).FirstOrDefault(facts => facts is not null);
    }

    /// <summary>A block that is only confirmed can still be replaced by one with other bytes in the same slot.</summary>
    private bool IsSettled(ulong slot, ulong seenAt) => commitment == Commitment.Finalized || slot + Rooted <= seenAt;

    private static GateState StateOf(AccountInfo? account) =>
        account is null || account.Owner != FeatureGates.Owner ? GateState.Absent
        : FeatureGates.ActivationSlot(account.Owner, account.Data.Span) is null ? GateState.Pending
        : GateState.Active;
}

/// <summary>What a run looks at on one cluster.</summary>
/// <param name="Accounts">Those that hold configuration.</param>
internal sealed record FleetDeclared(IReadOnlyList<FleetProgram> Programs, IReadOnlyList<Address> Payers, IReadOnlyList<Address> Accounts);
