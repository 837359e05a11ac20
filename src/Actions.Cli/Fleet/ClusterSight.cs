using Actions.Cli.VerifyProgram;
using Actions.Core.Fleet;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.Fleet;

/// <summary>What a run saw of one cluster.</summary>
/// <param name="GenesisHash">What the cluster really is.</param>
/// <param name="Slot">The oldest state that anything here shows.</param>
internal sealed record ClusterSight(Cluster Cluster, string GenesisHash, ulong Slot)
{
    /// <summary>The newest state that a program's header shows; what is read after it is no older.</summary>
    public required ulong NewestSlot { get; init; }

    public required IReadOnlyDictionary<Address, ProgramSight> Programs { get; init; }

    /// <summary>In lamports.</summary>
    public required IReadOnlyDictionary<Address, ulong> Payers { get; init; }

    /// <summary>The gates of SBPF versions.</summary>
    public required IReadOnlyDictionary<Address, GateState> Gates { get; init; }

    /// <summary>The accounts that hold configuration, as much of them as is read; null where there is none.</summary>
    public required IReadOnlyDictionary<Address, AccountInfo?> Accounts { get; init; }

    /// <summary>The loader's buffers of the fleet's authorities and payers; null where the endpoint does not list them.</summary>
    public IReadOnlyList<BufferSight>? Buffers { get; init; }

    /// <summary>What upgrade authorities say about builds, of the programs that are asked about.</summary>
    public IReadOnlyDictionary<Address, BuildClaimSight> Claims { get; init; } = new Dictionary<Address, BuildClaimSight>();

    /// <summary>What is published, of the programs that are asked about.</summary>
    public IReadOnlyDictionary<Address, MetadataSight> Idls { get; init; } = new Dictionary<Address, MetadataSight>();

    /// <summary>What a byte of rent costs, and an empty account; null where no payer is watched.</summary>
    public RentRate? Rent { get; init; }

    /// <summary>Of how many programs the bytes were read.</summary>
    public int BytesRead { get; init; }
}

/// <summary>What a run saw of one program.</summary>
/// <param name="Ended">Null for a program that runs.</param>
internal sealed record ProgramSight(ProgramOnChain? Ended)
{
    /// <summary>Of its last deploy, upgrade or extension.</summary>
    public ulong Slot { get; init; }

    /// <summary>Null: nobody can upgrade it.</summary>
    public Address? Authority { get; init; }

    /// <summary>Of its ProgramData account, in bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>Null for a program that does not run.</summary>
    public ProgramFacts? Facts { get; init; }

    /// <summary>Whether its slot can no longer be undone, so that the same slot means the same bytes.</summary>
    public bool IsSettled { get; init; }
}

internal enum GateState
{
    Absent,

    /// <summary>It becomes active with the next epoch.</summary>
    Pending,
    Active,
}

/// <summary>A buffer of the loader.</summary>
internal sealed record BufferSight(Address Address, Address Authority, ulong Lamports)
{
    /// <summary>Of its last transaction; null where nobody asked.</summary>
    public ulong? LastSlot { get; init; }
}

/// <summary>The cluster's rent: so much for every byte, and for every account so many bytes more.</summary>
/// <param name="Empty">Of an account without data, in lamports.</param>
internal sealed record RentRate(ulong Empty)
{
    /// <remarks>https://github.com/anza-xyz/solana-sdk, rent/src/lib.rs: ACCOUNT_STORAGE_OVERHEAD</remarks>
    private const ulong Overhead = 128;

    public ulong Of(ulong bytes) => Empty / Overhead * (Overhead + bytes);
}
