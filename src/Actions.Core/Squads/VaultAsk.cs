using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Core.Squads;

/// <summary>Recognises what a vault is asked to sign; anything besides makes it something else.</summary>
public static class VaultAsk
{
    /// <summary>Exactly the upgrade of a program from a buffer, wherever its surplus goes.</summary>
    public static bool IsUpgrade(VaultMessage message, Address vault, Address program, Address buffer) =>
        Only(message) is { } asked && asked.Accounts.Count > UpgradeSpill
        && Is(asked, LoaderProgram.Upgrade(program, buffer, vault, asked.Accounts[UpgradeSpill].Address));

    /// <summary>Exactly the closing of a buffer, whoever gets its rent.</summary>
    public static bool IsClose(VaultMessage message, Address vault, Address buffer) =>
        Only(message) is { } asked && asked.Accounts.Count > CloseRecipient
        && Is(asked, LoaderProgram.Close(buffer, asked.Accounts[CloseRecipient].Address, vault, null));

    private const int UpgradeSpill = 3;
    private const int CloseRecipient = 1;

    private static Instruction? Only(VaultMessage message) => message.Expand() is [var only] ? only : null;

    /// <summary>Roles are the message's: the vault is writable in it although no instruction says so.</summary>
    private static bool Is(Instruction asked, Instruction expected) =>
        asked.Program == expected.Program && asked.Data.Span.SequenceEqual(expected.Data.Span)
        && asked.Accounts.Select(meta => meta.Address).SequenceEqual(expected.Accounts.Select(meta => meta.Address));
}
