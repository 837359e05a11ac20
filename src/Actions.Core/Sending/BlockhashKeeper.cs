using Actions.Core.Rpc;

namespace Actions.Core.Sending;

/// <summary>Keeps a recent blockhash at hand, so that signing seldom waits for one.</summary>
internal sealed class BlockhashKeeper(RpcClient rpc, TimeProvider time) : IDisposable
{
    // A blockhash lives 150 slots; a tenth of that is lost at most when slots are as short as 200 ms.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(3);
    private const ulong MaxSlots = 30;

    private readonly SemaphoreSlim gate = new(1, 1);
    private At<LatestBlockhash>? latest;
    private long fetchedAt;

    /// <param name="newestSlot">The newest slot anybody spoke of: test clusters run slots of a few milliseconds.</param>
    public async Task<At<LatestBlockhash>> GetAsync(ulong newestSlot, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (latest is null || time.GetElapsedTime(fetchedAt) > MaxAge || newestSlot > latest.Slot + MaxSlots)
            {
                latest = await rpc.GetLatestBlockhashAsync(Commitment.Confirmed, cancellation);
                fetchedAt = time.GetTimestamp();
            }
            return latest;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}
