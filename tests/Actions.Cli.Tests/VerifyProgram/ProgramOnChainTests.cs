using Actions.Cli.Tests.Tools;
using Actions.Cli.VerifyProgram;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.VerifyProgram;

public sealed class ProgramOnChainTests
{
    private static readonly Address Id = TestKey.From("on chain").Address;
    private static readonly Address Other = TestKey.From("on chain, other").Address;
    private static readonly AccountInfo Program = Account(LoaderProgram.Id, [2, 0, 0, 0, .. LoaderProgram.ProgramDataAddress(Id).ToArray()]);
    private static readonly AccountInfo Data = Account(LoaderProgram.Id, [3, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, .. Other.ToArray(), 1, 2, 3]);

    [Fact]
    public void A_program_of_the_loader_is_worth_reading() => ProgramOnChain.WithoutBytes(Id, Program, Data).ShouldBeNull();

    [Fact]
    public void Its_bytes_slot_and_authority_are_those_of_its_ProgramData()
    {
        var running = ProgramOnChain.WithBytes(Data).ShouldBeOfType<ProgramOnChain.Running>();

        (running.Slot, running.Authority).ShouldBe((5UL, Other));
        running.Data.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_program_without_authority_is_immutable()
    {
        byte[] header = [3, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, .. new byte[32], 9];

        ProgramOnChain.WithBytes(Account(LoaderProgram.Id, header)).ShouldBeOfType<ProgramOnChain.Running>().Authority.ShouldBeNull();
    }

    [Fact]
    public void No_account_and_a_wallet_are_missing_programs()
    {
        ProgramOnChain.WithoutBytes(Id, null, null).ShouldBeOfType<ProgramOnChain.Missing>();
        ProgramOnChain.WithoutBytes(Id, Account(SystemProgram.Id, []), null).ShouldBeOfType<ProgramOnChain.Missing>().Found.ShouldContain("a wallet");
    }

    [Fact]
    public void A_program_without_its_ProgramData_is_closed()
    {
        ProgramOnChain.WithoutBytes(Id, Program, null).ShouldBeOfType<ProgramOnChain.Closed>();
        ProgramOnChain.WithoutBytes(Id, Program, Account(SystemProgram.Id, [])).ShouldBeOfType<ProgramOnChain.Closed>();
        ProgramOnChain.WithoutBytes(Id, Program, Account(LoaderProgram.Id, [0, 0, 0, 0])).ShouldBeOfType<ProgramOnChain.Closed>();
        ProgramOnChain.WithBytes(null).ShouldBeOfType<ProgramOnChain.Closed>();
        ProgramOnChain.WithBytes(Account(Other, Data.Data.ToArray())).ShouldBeOfType<ProgramOnChain.Closed>();
    }

    public static TheoryData<string, string, byte[]> Foreign => new()
    {
        { "BPFLoader1111111111111111111111111111111111", "first loader", [1] },
        { "BPFLoader2111111111111111111111111111111111", "BPFLoader2", [1] },
        { "LoaderV411111111111111111111111111111111111", "loader v4", [1] },
        { "NativeLoader1111111111111111111111111111111", "native loader", [1] },
        { "11111111111111111111111111111111", "an account of 11111111111111111111111111111111", new byte[80] },
        { "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "an account of Tokenkeg", new byte[165] },
        { "BPFLoaderUpgradeab1e11111111111111111111111", "cannot have written", [] },
        { "BPFLoaderUpgradeab1e11111111111111111111111", "cannot have written", [2, 0, 0, 0] },
        { "BPFLoaderUpgradeab1e11111111111111111111111", "cannot have written", [9, 0, 0, 0, .. new byte[41]] },
        { "BPFLoaderUpgradeab1e11111111111111111111111", "a buffer", [1, 0, 0, 0, 0, .. new byte[40]] },
        { "BPFLoaderUpgradeab1e11111111111111111111111", "a ProgramData account", [3, 0, 0, 0, .. new byte[41]] },
        { "BPFLoaderUpgradeab1e11111111111111111111111", "holds nothing yet", [0, 0, 0, 0] },
        { "BPFLoaderUpgradeab1e11111111111111111111111", "points at 4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi instead", [2, 0, 0, 0, .. Enumerable.Repeat((byte)1, 0), .. Address.Parse("4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi").ToArray()] },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Everything_else_is_foreign_and_said_what_it_is(string owner, string found, byte[] data) =>
        ProgramOnChain.WithoutBytes(Id, Account(Address.Parse(owner), data), Data).ShouldBeOfType<ProgramOnChain.Foreign>().Found.ShouldContain(found);

    [Theory]
    [InlineData(new byte[] { 3, 0, 0, 0 })]
    [InlineData(new byte[] { 3, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void ProgramData_that_is_none_is_foreign(byte[] data) => ProgramOnChain.WithBytes(Account(LoaderProgram.Id, data)).ShouldBeOfType<ProgramOnChain.Foreign>();

    private static AccountInfo Account(Address owner, byte[] data) => new(1_000, owner, false, data, (ulong)data.Length);
}
