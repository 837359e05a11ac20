using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.VerifyProgram;

/// <summary>What lives at a program id.</summary>
public abstract record ProgramOnChain
{
    private static readonly Dictionary<Address, string> OtherLoaders = new()
    {
        [Address.Parse("BPFLoader1111111111111111111111111111111111")] = "the first loader (BPFLoader1)",
        [Address.Parse("BPFLoader2111111111111111111111111111111111")] = "the second loader (BPFLoader2), whose programs are immutable",
        [Address.Parse("LoaderV411111111111111111111111111111111111")] = "loader v4",
        [Address.Parse("NativeLoader1111111111111111111111111111111")] = "the native loader: it is part of the cluster's software",
    };

    private ProgramOnChain()
    {
    }

    /// <summary>What the account at the id says, before its bytes are read; null when there is a program whose bytes are worth reading.</summary>
    /// <param name="id">The program id.</param>
    /// <param name="program">The account at the id.</param>
    /// <param name="data">The account at the id's ProgramData address, or the start of it.</param>
    public static ProgramOnChain? WithoutBytes(Address id, AccountInfo? program, AccountInfo? data) => WithoutBytes(program, LoaderProgram.ProgramDataAddress(id), data);

    /// <summary>The same where the ProgramData address is known: to compute it takes a while, and a fleet has a thousand.</summary>
    internal static ProgramOnChain? WithoutBytes(AccountInfo? program, Address programData, AccountInfo? data) => program switch
    {
        null => new Missing("no account"),
        { Space: 0 } when program.Owner == SystemProgram.Id => new Missing($"a wallet that holds {program.Lamports} lamports"),
        { } when OtherLoaders.TryGetValue(program.Owner, out var loader) => new Foreign($"a program of {loader}"),
        { } when program.Owner != LoaderProgram.Id => new Foreign($"an account of {program.Owner}"),
        { } => LoaderAccount.TryParse(program.Data, out var parsed) ? OfLoader(programData, parsed, data) : new Foreign("an account of the loader that it cannot have written"),
    };

    /// <summary>The program by its ProgramData account, read whole.</summary>
    public static ProgramOnChain WithBytes(AccountInfo? data) =>
        IsClosed(data) ? new Closed()
        : data!.Data.Length >= LoaderProgram.ProgramDataHeader && LoaderAccount.TryParse(data.Data, out var parsed) && parsed is LoaderAccount.ProgramData content
            ? new Running(content.Slot, content.Authority, content.Data)
        : new Foreign("a program whose ProgramData account holds something else");

    private static ProgramOnChain? OfLoader(Address programData, LoaderAccount account, AccountInfo? data) => account switch
    {
        LoaderAccount.Program { ProgramDataAddress: var pointer } when pointer != programData =>
            new Foreign($"a program that points at {pointer} instead of its own ProgramData account"),
        LoaderAccount.Program => IsClosed(data) ? new Closed() : null,
        LoaderAccount.ProgramData => new Foreign("a ProgramData account, which only holds a program's bytes"),
        LoaderAccount.Buffer => new Foreign("a buffer, which is not a program yet"),
        _ => new Foreign("an account of the loader that holds nothing yet"),
    };

    /// <summary>The loader leaves nothing of a closed ProgramData account; anybody may send lamports to its address afterwards.</summary>
    private static bool IsClosed(AccountInfo? data) =>
        data is null || data.Owner != LoaderProgram.Id || (LoaderAccount.TryParse(data.Data, out var parsed) && parsed is LoaderAccount.Uninitialized);

    public sealed record Missing(string Found) : ProgramOnChain;

    public sealed record Closed : ProgramOnChain;

    public sealed record Foreign(string Found) : ProgramOnChain;

    /// <param name="Slot">When it was last deployed, upgraded or extended.</param>
    /// <param name="Authority">Null = immutable.</param>
    /// <param name="Data">The whole capacity, zero padded.</param>
    public sealed record Running(ulong Slot, Address? Authority, ReadOnlyMemory<byte> Data) : ProgramOnChain
    {
        public string ExecutableHash { get; } = Convert.ToHexStringLower(ProgramBinary.HashOf(Data.Span));
    }
}
