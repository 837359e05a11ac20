using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Solana;

namespace Actions.Core.Squads;

/// <summary>A program that a vault is asked to upgrade.</summary>
/// <param name="Recipient">Who gets what the buffer holds beyond the program's rent.</param>
public sealed record AskedUpgrade(Address Program, Address Buffer, Address Recipient);

/// <summary>Recognises what a vault is asked to sign; anything besides makes it something else.</summary>
/// <param name="Upgrades">Each of another program, in their order.</param>
/// <param name="Publications">What is said about these programs in the same transaction.</param>
public sealed record VaultAsk(VaultMessage Message, IReadOnlyList<AskedUpgrade> Upgrades, IReadOnlyList<Instruction> Publications)
{
    private const int UpgradeProgram = 1;
    private const int UpgradeBuffer = 2;
    private const int UpgradeSpill = 3;
    private const int CloseRecipient = 1;

    /// <summary>The upgrades, and what goes with them; null for what asks for anything else, too.</summary>
    public static VaultAsk? Of(VaultMessage message, Address vault)
    {
        if (message.Expand() is not { } asked)
        {
            return null;
        }

        List<AskedUpgrade> upgrades = [];
        foreach (var instruction in asked.Where(instruction => instruction.Program == LoaderProgram.Id))
        {
            if (Upgrade(instruction, vault) is not { } upgrade || upgrades.Exists(other => other.Program == upgrade.Program || other.Buffer == upgrade.Buffer))
            {
                return null;
            }

            upgrades.Add(upgrade);
        }

        List<Instruction> others = [.. asked.Where(instruction => instruction.Program != LoaderProgram.Id)];
        return upgrades.Count > 0 && About(others, upgrades.Select(upgrade => upgrade.Program)).Count == others.Count ? new VaultAsk(message, upgrades, others) : null;
    }

    /// <summary>The upgrade of this program from this buffer, whoever gets the surplus; null when it is not among them.</summary>
    public AskedUpgrade? Of(Address program, Address buffer) => Upgrades.FirstOrDefault(upgrade => upgrade.Program == program && upgrade.Buffer == buffer);

    /// <summary>What is said about one of the programs.</summary>
    public IReadOnlyList<Instruction> Says(Address program) => About(Publications, [program]);

    /// <summary>Exactly the closing of a buffer, whoever gets its rent.</summary>
    public static bool IsClose(VaultMessage message, Address vault, Address buffer) =>
        message.Expand() is [var only] && only.Accounts.Count > CloseRecipient
        && only.IsSame(LoaderProgram.Close(buffer, only.Accounts[CloseRecipient].Address, vault, null));

    private static AskedUpgrade? Upgrade(Instruction asked, Address vault)
    {
        if (asked.Accounts.Count <= UpgradeSpill)
        {
            return null;
        }

        var upgrade = new AskedUpgrade(asked.Accounts[UpgradeProgram].Address, asked.Accounts[UpgradeBuffer].Address, asked.Accounts[UpgradeSpill].Address);
        return asked.IsSame(LoaderProgram.Upgrade(upgrade.Program, upgrade.Buffer, vault, upgrade.Recipient)) ? upgrade : null;
    }

    /// <summary>Those that say something about one of the programs, and those that close a buffer that these have read.</summary>
    private static IReadOnlyList<Instruction> About(IReadOnlyList<Instruction> instructions, IEnumerable<Address> programs)
    {
        if (instructions.Count == 0)
        {
            return [];
        }

        HashSet<Address> documents = [.. from program in programs from seed in MetadataDocument.Seeds select MetadataProgram.Canonical(program, seed)];
        bool Says(Instruction instruction) => MetadataProgram.IsSaying(instruction) && instruction.Accounts is [var said, ..] && documents.Contains(said.Address);
        HashSet<Address> read = [.. from instruction in instructions where Says(instruction) from meta in instruction.Accounts.Skip(1) select meta.Address];
        return [.. instructions.Where(instruction => Says(instruction) || (MetadataProgram.IsClosing(instruction) && instruction.Accounts is [var closed, ..] && read.Contains(closed.Address)))];
    }
}
