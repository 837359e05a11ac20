using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The instructions of each transaction of a deploy; pure.</summary>
internal sealed class DeployInstructions(DeployRequest request, SeededAddress buffer, DeployRents rents)
{
    private Address Payer => request.Payer.Address;

    private Address Program => request.ProgramId!.Value;

    private long Length => request.Binary.Bytes.Length;

    /// <summary>Creation ends with InitializeBuffer: split in two, a stranger could take the rent in between.</summary>
    /// <param name="held">What the address holds already; anyone may put lamports there, and then it cannot be created, only filled up.</param>
    public IReadOnlyList<Instruction> CreateBuffer(ulong held)
    {
        var size = (ulong)(LoaderProgram.BufferHeader + Length);
        var initialize = LoaderProgram.InitializeBuffer(buffer.Address, Payer);
        if (held == 0)
        {
            return [SystemProgram.CreateAccountWithSeed(Payer, buffer, rents.Buffer, size), initialize];
        }

        var allocate = SystemProgram.AllocateWithSeed(buffer, size);
        return held < rents.Buffer
            ? [SystemProgram.Transfer(Payer, buffer.Address, rents.Buffer - held), allocate, initialize]
            : [allocate, initialize];
    }

    public Instruction Write(Address writer, WriteChunk chunk) =>
        LoaderProgram.Write(buffer.Address, writer, (uint)chunk.Offset, request.Binary.Bytes.Slice(chunk.Offset, chunk.Length));

    public IReadOnlyList<Instruction> HandOver(Address from, Address to) => [LoaderProgram.SetAuthority(buffer.Address, from, to)];

    public IReadOnlyList<Instruction> CloseBuffer(Address authority) => [LoaderProgram.Close(buffer.Address, Payer, authority, null)];

    public IReadOnlyList<Instruction> Extend(uint additional) => [LoaderProgram.ExtendProgram(Program, additional, Payer)];

    public IReadOnlyList<Instruction> Upgrade(Address authority) =>
        [LoaderProgram.Upgrade(Program, buffer.Address, authority, Payer), .. Finalize(authority, authority)];

    /// <param name="held">What the program id holds already.</param>
    /// <param name="authority">Who signs; when the upgrade authority cannot, the payer deploys and hands over at once.</param>
    public IReadOnlyList<Instruction> FirstDeploy(ulong held, Address authority) =>
    [
        .. CreateProgram(Program, held),
        LoaderProgram.DeployWithMaxDataLen(Payer, Program, buffer.Address, authority, (ulong)Length),
        .. Finalize(authority, request.UpgradeAuthority.Address),
    ];

    /// <summary>A first deploy under an id nobody will use: simulated, it runs the cluster's verifier over the buffer.</summary>
    public IReadOnlyList<Instruction> TryDeploy(Address unused, Address authority) =>
        [.. CreateProgram(unused, 0), LoaderProgram.DeployWithMaxDataLen(Payer, unused, buffer.Address, authority, (ulong)Length)];

    /// <summary>Gives the program to whom it is to belong in the end, or to nobody.</summary>
    public IReadOnlyList<Instruction> SetAuthority() => Finalize(request.UpgradeAuthority.Address, request.UpgradeAuthority.Address);

    private IReadOnlyList<Instruction> Finalize(Address signer, Address wanted) =>
        request.MakeImmutable ? [LoaderProgram.SetAuthority(LoaderProgram.ProgramDataAddress(Program), signer, null)]
        : request.NewAuthority is { } next ? [NewAuthority.Set(Program, signer, next)]
        : signer == wanted ? []
        : [LoaderProgram.SetAuthority(LoaderProgram.ProgramDataAddress(Program), signer, wanted)];

    private Instruction[] CreateProgram(Address program, ulong held)
    {
        if (held == 0)
        {
            return [SystemProgram.CreateAccount(Payer, program, rents.Program, LoaderProgram.ProgramSize, LoaderProgram.Id)];
        }

        Instruction[] own = [SystemProgram.Allocate(program, LoaderProgram.ProgramSize), SystemProgram.Assign(program, LoaderProgram.Id)];
        return held < rents.Program ? [SystemProgram.Transfer(Payer, program, rents.Program - held), .. own] : own;
    }
}
