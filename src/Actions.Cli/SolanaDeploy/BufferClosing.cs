using Actions.Core.Inputs;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Closes buffers: their rent goes to the payer.</summary>
internal sealed class BufferClosing(RpcClient rpc, TransactionPump pump, Address payer, PriorityFee fee, ulong highest)
{
    private const int MostTries = 3;

    /// <param name="signers">The payer, and the buffer's authority where that is another.</param>
    public async Task<Outcome> CloseAsync(Address buffer, Address authority, IReadOnlyList<ISigner> signers, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            var price = await RecentPrice.OfAsync(rpc, fee, highest, [payer, buffer], cancellation);
            IReadOnlyList<Instruction> instructions =
            [
                .. price == 0 ? (Instruction[])[] : [ComputeBudgetProgram.SetComputeUnitLimit(DeployCosts.UsualUnits), ComputeBudgetProgram.SetComputeUnitPrice(price)],
                LoaderProgram.Close(buffer, payer, authority, null),
            ];
            var outcome = await pump.SendAsync(
                new Outgoing(blockhash => Message.Compile(payer, instructions, blockhash), signers, Money.Fee(signers.Count, price, price == 0 ? 0 : DeployCosts.UsualUnits), isUrgent: true), cancellation);
            if (outcome.Fate != Fate.Expired || tries == MostTries)
            {
                return outcome;
            }
        }
    }
}
