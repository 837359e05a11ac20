using System.Buffers.Binary;
using Actions.Core.Keys;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Looks at a multisig and its newest transactions; reads only.</summary>
internal sealed class SquadsObserver(RpcClient rpc)
{
    /// <summary>How far back a proposal is looked for: what is older was long voted on, or never will be.</summary>
    private const int MostTransactions = 24;

    /// <summary>The most that Squads makes an account with; only a proposal can outgrow it, when members join before it is cancelled.</summary>
    private const int LongestAccount = 10_240;

    public const int LongestMultisig = 1024 * 1024;

    private const int ClockTimeAt = 32;

    /// <param name="upgrade">What the vault is to sign.</param>
    public async Task<SquadsSight> LookAsync(KeyInput.Vault vault, IReadOnlyList<Instruction> upgrade, ulong minContextSlot, CancellationToken cancellation)
    {
        var answer = await rpc.GetAccountsAsync([vault.Multisig, Sysvars.Clock], Commitment.Confirmed, cancellation, minContextSlot, longest: LongestMultisig);
        var now = answer.Value[1] is { Data.Length: >= ClockTimeAt + 8 } clock
            ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(clock.Data.Span[ClockTimeAt..]), 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
            : DateTimeOffset.MinValue;
        if (answer.Value[0] is not { } account || account.Owner != SquadsProgram.Id || !Multisig.TryParse(account.Data, out var multisig))
        {
            return new SquadsSight(vault, null, null, now, 0);
        }

        var message = VaultMessage.Compile(vault.Address, upgrade);
        var proposal = FindAsync(vault, multisig, message.Serialize(), answer.Slot, cancellation);
        var rents = Task.WhenAll(
            rpc.GetRentAsync(VaultTransaction.SizeOf(message), cancellation),
            rpc.GetRentAsync(SquadsProposal.SizeOf(multisig.Members.Count), cancellation));
        return new SquadsSight(vault, multisig, await proposal, now, (await rents)[0] + (await rents)[1]);
    }

    private async Task<SquadsProposal?> FindAsync(KeyInput.Vault vault, Multisig multisig, byte[] message, ulong minContextSlot, CancellationToken cancellation)
    {
        var count = (int)Math.Min(multisig.TransactionIndex, MostTransactions);
        ulong[] indexes = [.. Enumerable.Range(0, count).Select(back => multisig.TransactionIndex - (ulong)back)];
        if (count == 0)
        {
            return null;
        }

        List<Address> addresses = [.. indexes.Select(index => SquadsAddress.Transaction(vault.Multisig, index)), .. indexes.Select(index => SquadsAddress.Proposal(vault.Multisig, index))];
        var accounts = (await rpc.GetAccountsAsync(addresses, Commitment.Confirmed, cancellation, minContextSlot, longest: addresses.Count * LongestAccount)).Value;
        for (var i = 0; i < count; i++)
        {
            if (accounts[i] is { } transaction && transaction.Owner == SquadsProgram.Id
                && accounts[count + i] is { } voted && voted.Owner == SquadsProgram.Id
                && VaultTransaction.TryParse(transaction.Data, out var asked) && asked.VaultIndex == vault.Index && asked.Message.Serialize().AsSpan().SequenceEqual(message)
                && SquadsProposal.TryParse(voted.Data, out var proposal) && IsAlive(proposal, multisig))
            {
                return proposal;
            }
        }

        return null;
    }

    /// <summary>What can still be voted on, or was approved: that can be executed even when it is stale.</summary>
    private static bool IsAlive(SquadsProposal proposal, Multisig multisig) =>
        proposal.Status == ProposalStatus.Approved
        || (proposal.Status is ProposalStatus.Draft or ProposalStatus.Active && proposal.Index > multisig.StaleIndex);
}
