using System.Buffers.Binary;
using Actions.Core.Keys;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Looks at a multisig and its newest transactions; reads only.</summary>
internal sealed class SquadsObserver(RpcClient rpc)
{
    /// <summary>How far back a proposal is looked for: what is older was long voted on, or never will be.</summary>
    private const int MostTransactions = 24;

    /// <summary>Older ones that are asked for by their number; with the newest they fit into one question.</summary>
    private const int MostNamed = 20;

    /// <summary>The most that Squads makes an account with; only a proposal can outgrow it, when members join before it is cancelled.</summary>
    private const int LongestAccount = 10_240;

    public const int LongestMultisig = 1024 * 1024;

    private const int ClockTimeAt = 32;

    /// <summary>Looks for a proposal of an upgrade that somebody may have made already.</summary>
    /// <param name="upgrade">What the vault is to sign.</param>
    /// <param name="publications">What may be said about the program in the same transaction.</param>
    /// <param name="isOurs">Whether another upgrade in the same transaction is one that somebody here released.</param>
    public async Task<SquadsSight> LookAsync(
        KeyInput.Vault vault, AskedUpgrade upgrade, IReadOnlyList<Instruction> publications, Func<AskedUpgrade, CancellationToken, Task<bool>> isOurs, ulong minContextSlot, CancellationToken cancellation)
    {
        var (slot, multisig, now) = await ReadMultisigAsync(vault.Multisig, minContextSlot, cancellation);
        if (multisig is null)
        {
            return new SquadsSight(vault, null, null, now, 0);
        }

        var rents = RentAsync(VaultMessage.Compile(vault.Address, [LoaderProgram.Upgrade(upgrade.Program, upgrade.Buffer, vault.Address, upgrade.Recipient)]), multisig, cancellation);
        var sight = await ReadTransactionsAsync(new MultisigSight(vault.Multisig, multisig, slot, now, []), [], cancellation);
        foreach (var transaction in sight.Alive(vault.Index))
        {
            if (VaultAsk.Of(transaction.Asked!.Message, vault.Address) is { } asked && asked.Upgrades.Contains(upgrade)
                && asked.Says(upgrade.Program).All(said => publications.Any(said.IsSame))
                && await AllAsync(asked.Upgrades.Where(other => other != upgrade), isOurs, cancellation))
            {
                return sight.About(vault.Index, transaction, await rents);
            }
        }

        return sight.About(vault.Index, (SquadsProposal?)null, await rents);
    }

    private static async Task<bool> AllAsync(IEnumerable<AskedUpgrade> upgrades, Func<AskedUpgrade, CancellationToken, Task<bool>> isOurs, CancellationToken cancellation)
    {
        foreach (var upgrade in upgrades)
        {
            if (!await isOurs(upgrade, cancellation))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The multisig with its newest transactions and those that are named; null when there is none at the address.</summary>
    public async Task<MultisigSight?> LookAsync(Address address, IEnumerable<ulong> named, ulong minContextSlot, CancellationToken cancellation)
    {
        var (slot, multisig, now) = await ReadMultisigAsync(address, minContextSlot, cancellation);
        return multisig is null ? null : await ReadTransactionsAsync(new MultisigSight(address, multisig, slot, now, []), named, cancellation);
    }

    /// <summary>The multisig with one proposal, and nothing besides; null when there is none at the address.</summary>
    public async Task<MultisigSight?> LookAtAsync(Address address, ulong index, ulong minContextSlot, CancellationToken cancellation)
    {
        var answer = await rpc.GetAccountsAsync([address, Sysvars.Clock, SquadsAddress.Proposal(address, index)], Commitment.Confirmed, cancellation, minContextSlot, longest: LongestMultisig);
        var (slot, multisig, now) = Read(answer);
        return multisig is null ? null : new MultisigSight(address, multisig, slot, now, [new ProposedTransaction(index, null, Voted(answer.Value[2]))]);
    }

    /// <summary>Rent of the accounts that a new proposal needs, in lamports.</summary>
    public async Task<ulong> RentAsync(VaultMessage message, Multisig multisig, CancellationToken cancellation)
    {
        var rents = await Task.WhenAll(
            rpc.GetRentAsync(VaultTransaction.SizeOf(message), cancellation),
            rpc.GetRentAsync(SquadsProposal.SizeOf(multisig.Members.Count), cancellation));
        return rents[0] + rents[1];
    }

    private async Task<(ulong Slot, Multisig? Multisig, DateTimeOffset Now)> ReadMultisigAsync(Address address, ulong minContextSlot, CancellationToken cancellation) =>
        Read(await rpc.GetAccountsAsync([address, Sysvars.Clock], Commitment.Confirmed, cancellation, minContextSlot, longest: LongestMultisig));

    private static (ulong Slot, Multisig? Multisig, DateTimeOffset Now) Read(At<IReadOnlyList<AccountInfo?>> answer)
    {
        var now = answer.Value[1] is { Data.Length: >= ClockTimeAt + 8 } clock
            ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(clock.Data.Span[ClockTimeAt..]), 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
            : DateTimeOffset.MinValue;
        return (answer.Slot, MultisigIn(answer.Value[0]), now);
    }

    /// <summary>Null where the account holds no multisig of Squads.</summary>
    public static Multisig? MultisigIn(AccountInfo? account) => account?.Owner == SquadsProgram.Id && Multisig.TryParse(account.Data, out var multisig) ? multisig : null;

    private async Task<MultisigSight> ReadTransactionsAsync(MultisigSight sight, IEnumerable<ulong> named, CancellationToken cancellation)
    {
        var newest = sight.Multisig.TransactionIndex;
        ulong[] indexes =
        [
            .. Enumerable.Range(0, (int)Math.Min(newest, MostTransactions)).Select(back => newest - (ulong)back)
                .Union(named.Where(index => index > 0 && index <= newest).Take(MostNamed)).OrderDescending(),
        ];
        if (indexes.Length == 0)
        {
            return sight;
        }

        List<Address> addresses = [.. indexes.Select(index => SquadsAddress.Transaction(sight.Address, index)), .. indexes.Select(index => SquadsAddress.Proposal(sight.Address, index))];
        var accounts = (await rpc.GetAccountsAsync(addresses, Commitment.Confirmed, cancellation, sight.Slot, longest: addresses.Count * LongestAccount)).Value;
        return sight with
        {
            Transactions = [.. indexes.Select((index, i) => new ProposedTransaction(index, Asked(accounts[i]), Voted(accounts[indexes.Length + i])))],
        };
    }

    private static VaultTransaction? Asked(AccountInfo? account) =>
        account is not null && account.Owner == SquadsProgram.Id && VaultTransaction.TryParse(account.Data, out var asked) ? asked : null;

    private static SquadsProposal? Voted(AccountInfo? account) =>
        account is not null && account.Owner == SquadsProgram.Id && SquadsProposal.TryParse(account.Data, out var proposal) ? proposal : null;
}
