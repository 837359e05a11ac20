using Actions.Core.Solana;

namespace Actions.Core.VerifiedBuild;

/// <summary>Instructions of otter-verify, which keeps one claim for each program and uploader (github.com/otter-sec/otter-verify).</summary>
public static class OtterProgram
{
    public static readonly Address Id = Address.Parse("verifycLy8mB96wd9wqq3WDXQwM4oU6r42Th37Db9fC");

    /// <summary>How many accounts the instructions name that write a claim: more than the one that closes it.</summary>
    internal const int AccountsOfWrite = 4;

    private static readonly byte[] ClaimSeed = [.. "otter_verify"u8];

    /// <summary>Explorers believe the claim whose uploader is the program's upgrade authority; of a vault, the vault.</summary>
    public static Address ClaimAddress(Address program, Address uploader) =>
        ProgramAddress.Find([ClaimSeed, uploader.ToArray(), program.ToArray()], Id).Address;

    public static Instruction Initialize(Address program, Address uploader, BuildClaim claim) => Write("initialize", program, uploader, claim);

    /// <summary>Replaces a claim; the uploader pays for what it grows, and gets back the rent of what it shrinks.</summary>
    public static Instruction Update(Address program, Address uploader, BuildClaim claim) => Write("update", program, uploader, claim);

    public static Instruction Close(Address program, Address uploader) =>
        new(Id, Accounts(program, uploader), AnchorDiscriminator.OfInstruction("close"));

    private static Instruction Write(string name, Address program, Address uploader, BuildClaim claim) => new(
        Id,
        [.. Accounts(program, uploader), AccountMeta.ReadOnly(SystemProgram.Id)],
        (byte[])[.. AnchorDiscriminator.OfInstruction(name), .. claim.Serialize()]);

    private static AccountMeta[] Accounts(Address program, Address uploader) =>
    [
        AccountMeta.Writable(ClaimAddress(program, uploader)),
        AccountMeta.WritableSigner(uploader),
        AccountMeta.ReadOnly(program),
    ];
}
