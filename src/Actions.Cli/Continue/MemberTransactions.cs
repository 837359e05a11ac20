using Actions.Cli.SolanaDeploy;
using Actions.Core.Rpc;
using Actions.Core.Runner;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.Continue;

/// <summary>What a member sends to its multisig.</summary>
internal sealed class MemberTransactions(ContinueInputs inputs, RpcClient rpc, TransactionPump pump)
{
    private const int LongestReason = 300;

    private readonly LoneTransaction sender = new(rpc, pump, inputs.PriorityFee, inputs.MaxPriorityFee);

    public Address Member => inputs.Member!.Address;

    /// <summary>Simulates first, so that what somebody else was quicker to do costs nothing.</summary>
    /// <returns>The outcome, or why the cluster would refuse.</returns>
    public async Task<(Outcome? Landed, string? Refusal)> TryAsync(IReadOnlyList<Instruction> instructions, IReadOnlyList<Address> locked, ulong minContextSlot, CancellationToken cancellation)
    {
        var unsigned = Transaction.Unsigned(Message.Compile(Member, instructions, default)).Serialize();
        var simulation = (await rpc.SimulateAsync(unsigned, Commitment.Confirmed, cancellation, Math.Max(minContextSlot, pump.HighestLandedSlot))).Value;
        if (simulation.Error is { } error)
        {
            return (null, Bound($"{error}: {simulation.Logs.LastOrDefault(line => line.Contains("rror", StringComparison.Ordinal)) ?? "no log"}"));
        }

        var outcome = await sender.SendAsync(instructions, [inputs.Member!.ToSigner("payer").Value], DeployCosts.SquadsUnits, locked, cancellation);
        return outcome.Fate == Fate.Succeeded ? (outcome, null) : (null, Bound(outcome.Error ?? "the transaction expired"));
    }

    /// <summary>Logs are a program's own words.</summary>
    private static string Bound(string text) => PlainText.Bound(PlainText.CleanLine(text), LongestReason);
}
