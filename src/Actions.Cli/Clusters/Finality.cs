using Actions.Core.Rpc;
using Actions.Core.Runner;

namespace Actions.Cli.Clusters;

/// <summary>Waits until a slot is as settled as the inputs ask for: no record says succeeded before.</summary>
internal static class Finality
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(400);

    public static async Task WaitAsync(RpcClient rpc, Commitment commitment, ulong slot, JobLog log, TimeProvider time, CancellationToken cancellation)
    {
        if (commitment == Commitment.Confirmed)
        {
            return;
        }

        log.Line($"Waiting for slot {slot} to be {commitment.Name()}");
        while (await rpc.GetSlotAsync(commitment, cancellation) < slot)
        {
            await Task.Delay(BetweenLooks, time, cancellation);
        }
    }
}
