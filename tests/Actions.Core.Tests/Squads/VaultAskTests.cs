using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Core.Tests.Squads;

/// <summary>What counts as the upgrade of programs and what is said about them, and what is something else.</summary>
public sealed class VaultAskTests
{
    private static readonly Address Vault = Key(1);
    private static readonly Address Payer = Key(2);
    private static readonly Address First = Key(3);
    private static readonly Address Second = Key(4);
    private static readonly Address FirstBuffer = Key(5);
    private static readonly Address SecondBuffer = Key(6);
    private static readonly Address Text = Key(7);

    private static readonly Instruction UpgradeFirst = LoaderProgram.Upgrade(First, FirstBuffer, Vault, Payer);
    private static readonly Instruction UpgradeSecond = LoaderProgram.Upgrade(Second, SecondBuffer, Vault, Payer);

    private static readonly MetadataPublication Publication = Publish(First);

    [Fact]
    public void Upgrades_and_what_is_said_about_the_programs_are_recognised()
    {
        var asked = Of(UpgradeFirst, UpgradeSecond, [.. Publication.Instructions]);

        asked.ShouldNotBeNull();
        asked.Upgrades.ShouldBe([new AskedUpgrade(First, FirstBuffer, Payer), new AskedUpgrade(Second, SecondBuffer, Payer)]);
        asked.Says(First).Count.ShouldBe(Publication.Instructions.Count);
        asked.Says(Second).ShouldBeEmpty();
        asked.Of(First, FirstBuffer).ShouldNotBeNull();
        asked.Of(First, SecondBuffer).ShouldBeNull();
    }

    [Fact]
    public void Anything_else_makes_it_something_else()
    {
        var metadata = MetadataProgram.Canonical(First, MetadataDocument.Idl);
        var programData = LoaderProgram.ProgramDataAddress(First);
        Instruction[] others =
        [
            SystemProgram.Transfer(Vault, Payer, 1),
            LoaderProgram.SetAuthority(programData, Vault, Payer),
            LoaderProgram.Close(FirstBuffer, Payer, Vault, null),
            LoaderProgram.Upgrade(First, SecondBuffer, Vault, Payer),
            LoaderProgram.Upgrade(Second, FirstBuffer, Vault, Payer),
            LoaderProgram.Upgrade(Second, SecondBuffer, Key(9), Payer),
            UpgradeSecond with { Data = (byte[])[3, 0, 0, 0, 1] },
            UpgradeSecond with { Accounts = [.. UpgradeSecond.Accounts.Take(6)] },
            UpgradeSecond with { Accounts = [.. UpgradeSecond.Accounts, AccountMeta.Writable(Key(9))] },
            MetadataProgram.SetAuthority(metadata, Vault, First, programData, Payer),
            MetadataProgram.Close(metadata, Vault, First, programData, Payer),
            MetadataProgram.Close(Text, Vault, null, null, Payer),
            .. Publish(Second).Instructions.Take(1),
            UpgradeFirst with { Program = Key(9) },
        ];

        Of(UpgradeFirst).ShouldNotBeNull();
        others.Select((other, i) => (i, Of(UpgradeFirst, other))).Where(one => one.Item2 is not null).Select(one => one.i).ShouldBeEmpty();
        Of([.. Publication.Instructions]).ShouldBeNull("nothing is upgraded");
        VaultAsk.Of(VaultMessage.Compile(Vault, [UpgradeFirst]) with { Lookups = [new AddressLookup(Key(9), new byte[] { 0 }, default)] }, Vault).ShouldBeNull("what a table names can change");
    }

    private static MetadataPublication Publish(Address program) => new(program, Vault, Payer, new MetadataDocument(MetadataDocument.Idl, """{"a":1}"""), 0, (Text, Vault), Trims: true);

    private static VaultAsk? Of(Instruction first, Instruction second, params Instruction[] more) => Of([first, second, .. more]);

    private static VaultAsk? Of(params Instruction[] instructions) => VaultAsk.Of(VaultMessage.Compile(Vault, instructions), Vault);

    private static Address Key(byte fill) => new(Enumerable.Repeat(fill, Address.Size).ToArray());
}
