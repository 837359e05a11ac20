using Actions.Cli.Publish;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Everything a plan depends on, as one look at the cluster showed it.</summary>
public sealed record DeployState
{
    /// <summary>The slot of the look.</summary>
    public required ulong Slot { get; init; }

    public required ProgramState Program { get; init; }

    public required BufferState Buffer { get; init; }

    /// <summary>Where this run's buffer lies.</summary>
    public required SeededAddress BufferAddress { get; init; }

    public required ulong PayerLamports { get; init; }

    public required DeployRents Rents { get; init; }

    /// <summary>µlamports per compute unit; zero = no compute-budget instructions.</summary>
    public required ulong Price { get; init; }

    /// <summary>Whether the cluster runs this SBPF version; null when it did not say.</summary>
    public required bool? IsVersionEnabled { get; init; }

    /// <summary>Of the multisig, where this run proposes.</summary>
    public SquadsSight? Squads { get; init; }

    /// <summary>What is published about the program, where this run publishes.</summary>
    public PublishState? Published { get; init; }
    /// <summary>What dates an exported transaction, where the request names it.</summary>
    public ExportNonce? Nonce { get; init; }

    /// <summary>Who is to own the program, where this run hands it over.</summary>
    public NewAuthority? NewAuthority { get; init; }

    /// <summary>What is to be closed first, at the user's request.</summary>
    public IReadOnlyList<StaleBuffer> ToReclaim { get; init; } = [];
}

/// <summary>What lives at the program id.</summary>
public abstract record ProgramState
{
    private ProgramState()
    {
    }

    /// <param name="Lamports">What somebody put at the id already.</param>
    /// <param name="ProgramDataLamports">What somebody put at the ProgramData address: more than zero and no program can ever be deployed.</param>
    public sealed record Missing(ulong Lamports, ulong ProgramDataLamports) : ProgramState;

    public sealed record Foreign(string What) : ProgramState;

    public sealed record Closed : ProgramState;

    /// <param name="Data">The whole capacity, zero padded.</param>
    public sealed record Deployed(ulong Slot, Address? Authority, ReadOnlyMemory<byte> Data, ulong Lamports) : ProgramState
    {
        /// <summary>sha256 of what runs, without trailing zeros.</summary>
        public string ExecutableHash { get; } = Convert.ToHexStringLower(ProgramBinary.HashOf(Data.Span));

        public bool Runs(ProgramBinary binary) =>
            Data.Length >= binary.Bytes.Length
            && Data.Span[..binary.Bytes.Length].SequenceEqual(binary.Bytes.Span)
            && !Data.Span[binary.Bytes.Length..].ContainsAnyExcept((byte)0);
    }
}

/// <summary>What lives at the buffer's address.</summary>
public abstract record BufferState
{
    private BufferState()
    {
    }

    /// <param name="Lamports">What somebody put there already.</param>
    public sealed record Missing(ulong Lamports) : BufferState;

    /// <summary>Ours: of the right size and owned by the payer or the final authority.</summary>
    public sealed record Ours(Address Authority, ReadOnlyMemory<byte> Data, ulong Lamports) : BufferState;

    public sealed record Foreign(string What) : BufferState;
}

/// <summary>Rent exemptions as the cluster gives them, in lamports.</summary>
/// <param name="ProgramData">Of a first deploy's.</param>
/// <param name="Capacity">Of the existing program's ProgramData once it is large enough; zero when there is no program.</param>
public sealed record DeployRents(ulong Empty, ulong Program, ulong Buffer, ulong ProgramData, ulong Capacity);

/// <summary>A buffer of the payer or the upgrade authority that this run does not use.</summary>
/// <param name="LastSlot">Of its newest signature; null when the node knows none.</param>
/// <param name="IsMetadata">Of program-metadata, for a document; else of the loader.</param>
public sealed record StaleBuffer(Address Address, ulong Size, ulong Lamports, Address Authority, ulong? LastSlot, bool IsMetadata = false)
{
    /// <summary>Sends all it holds to its authority, which signs.</summary>
    public Instruction Close() => IsMetadata
        ? MetadataProgram.Close(Address, Authority, program: null, programData: null, Authority)
        : LoaderProgram.Close(Address, Authority, Authority, null);
}

/// <summary>What follows from a state for a request.</summary>
public static class DeployStateRules
{
    /// <summary>Who signs, or as a vault executes, the final Deploy or Upgrade.</summary>
    public static Address BufferAddressAuthority(this DeployState state, DeployRequest request) =>
        request.FinalAuthority(state.Program is ProgramState.Deployed);

    /// <summary>Bytes the program must grow by before it can take the file; zero when it is large enough or does not exist.</summary>
    public static uint ExtendBy(this DeployState state, DeployRequest request) =>
        state.Program is ProgramState.Deployed running && running.Data.Length < request.Binary.Bytes.Length
            ? LoaderProgram.ExtendBy(LoaderProgram.ProgramDataHeader + running.Data.Length, request.Binary.Bytes.Length - running.Data.Length)
            : 0;

    /// <summary>What the payer adds to ProgramData for it: rent of the new size, less what the account holds already.</summary>
    public static ulong ExtendLamports(this DeployState state, uint additional) =>
        additional > 0 && state.Program is ProgramState.Deployed running && state.Rents.Capacity > running.Lamports ? state.Rents.Capacity - running.Lamports : 0;
}
