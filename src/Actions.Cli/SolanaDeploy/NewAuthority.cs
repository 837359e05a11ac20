using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Who is to own the program in the end. A program that was handed to nobody's key can never be changed again, so each kind must prove that somebody holds it.</summary>
/// <param name="Key">A key proves itself by signing; a vault by its multisig; an address by having been used.</param>
/// <param name="Multisig">Of a vault, where there is one.</param>
/// <param name="IsUsed">Whether there is an account at the address.</param>
public sealed record NewAuthority(KeyInput Key, Multisig? Multisig, bool IsUsed)
{
    private const string Input = "new-authority";

    /// <summary>Whether it signs for itself, in the very transaction that makes it the authority.</summary>
    public bool Signs => Key is KeyInput.Signer;

    /// <summary>The instruction that makes somebody the upgrade authority of a program.</summary>
    public static Instruction Set(Address program, Address current, KeyInput next)
    {
        var data = LoaderProgram.ProgramDataAddress(program);
        return next is KeyInput.Signer ? LoaderProgram.SetAuthorityChecked(data, current, next.Address) : LoaderProgram.SetAuthority(data, current, next.Address);
    }

    /// <summary>Looks at what is to prove itself; a key that can sign needs no look.</summary>
    internal static async Task<NewAuthority> LookAsync(RpcClient rpc, KeyInput key, ulong minContextSlot, CancellationToken cancellation)
    {
        if (key is KeyInput.Signer)
        {
            return new NewAuthority(key, null, true);
        }

        var account = (await rpc.GetAccountAsync(key is KeyInput.Vault vault ? vault.Multisig : key.Address, Commitment.Confirmed, cancellation, minContextSlot, longest: SquadsObserver.LongestMultisig)).Value;
        return new NewAuthority(key, key is KeyInput.Vault ? SquadsObserver.MultisigIn(account) : null, account is not null);
    }

    /// <summary>Why the program must not go there.</summary>
    public IEnumerable<Fault> Refusals() => (Key switch
    {
        KeyInput.Vault vault when Multisig is null => [SquadsSight.NoMultisig(vault, Input)],
        KeyInput.Vault when !CanSign(Multisig!) => [Unproven(
            "a multisig whose members can make its vault sign", $"{Count(SquadsPermissions.Initiate)} members may propose, {Count(SquadsPermissions.Vote)} vote, {Count(SquadsPermissions.Execute)} execute; it takes {Multisig!.Threshold} votes",
            "let its members change that first")],
        KeyInput.Named when !ProgramAddress.IsOnCurve(Key.Address) => [Unproven(
            "the address of a key", $"{Key.Address}, which no key can sign for", "name the vault of a multisig as squads:<multisig>[/<vault-index>]")],
        KeyInput.Named when !IsUsed => [Unproven(
            "an address that somebody uses on this cluster", $"no account at {Key.Address}: nothing shows that anybody holds its key", "give a reference to the key, which then signs, too; or send the address some SOL first")],
        _ => (IEnumerable<Fault>)[],
    });

    /// <summary>For a plan, so that who approves it sees who will own the program.</summary>
    public string Describe() => Key switch
    {
        KeyInput.Vault vault when Multisig is { } known =>
            $"the vault {Key.Address} of the multisig {vault.Multisig} ({known.Threshold} of {known.Voters.Count()} votes, a lock of {TimeSpan.FromSeconds(known.TimeLock):d\\.hh\\:mm\\:ss})",
        KeyInput.Signer => $"{Key.Address}, which signs for it, too",
        _ => $"{Key.Address}, which does not sign for it",
    };

    private static bool CanSign(Multisig multisig) =>
        multisig.Threshold > 0 && multisig.Voters.Count() >= multisig.Threshold
        && multisig.Members.Any(member => member.May(SquadsPermissions.Initiate)) && multisig.Members.Any(member => member.May(SquadsPermissions.Execute));

    private int Count(SquadsPermissions permission) => Multisig!.Members.Count(member => member.May(permission));

    private static Fault Unproven(string expected, string found, string remedy) => new(FaultCodes.AuthorityUnproven, $"{expected} in '{Input}'", found, remedy, Input);
}
