using Actions.Core.Inputs;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Sends transactions that are no part of a deploy's plan, each until its fate is known; one that expired is made again.</summary>
/// <param name="asked">The price per compute unit, capped by <paramref name="highest"/>.</param>
internal sealed class LoneTransaction(RpcClient rpc, TransactionPump pump, PriorityFee asked, ulong highest)
{
    private const int MostTries = 3;

    /// <param name="signers">The payer first.</param>
    /// <param name="units">Compute units that it never exceeds.</param>
    /// <param name="locked">The accounts that others may pay for, too.</param>
    public async Task<Outcome> SendAsync(
        IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, uint units, IReadOnlyList<Address> locked, CancellationToken cancellation)
    {
        var payer = signers[0].Address;
        for (var tries = 1; ; tries++)
        {
            var price = await RecentPrice.OfAsync(rpc, asked, highest, [payer, .. locked], cancellation);
            IReadOnlyList<Instruction> all = price == 0
                ? instructions
                : [ComputeBudgetProgram.SetComputeUnitLimit(units), ComputeBudgetProgram.SetComputeUnitPrice(price), .. instructions];
            var outcome = await pump.SendAsync(
                new Outgoing(blockhash => Message.Compile(payer, all, blockhash), signers, Money.Fee(signers.Count, price, price == 0 ? 0 : units), isUrgent: true), cancellation);
            if (outcome.Fate != Fate.Expired || tries == MostTries)
            {
                return outcome;
            }
        }
    }
}
