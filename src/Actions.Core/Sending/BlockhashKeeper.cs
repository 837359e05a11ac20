using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Core.Sending;

/// <summary>Keeps a recent blockhash at hand, so that signing seldom waits for one.</summary>
internal sealed class BlockhashKeeper(RpcClient rpc, TimeProvider time) : IDisposable
{
    // A blockhash lives 150 slots, whatever their length: a tenth of that is lost at most. The clock is for endpoints that go quiet.
    private const ulong OldestInSlots = 15;
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan UntilNext = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim gate = new(1, 1);
    private At<LatestBlockhash>? latest;
    private long fetchedAt;
    private Blockhash? spoilt;

    public async Task<At<LatestBlockhash>> GetAsync(CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            while (latest is null || IsOld(latest) || latest.Value.Hash == spoilt)
            {
                if (latest?.Value.Hash == spoilt && latest is not null && !IsOld(latest))
                {
                    await Task.Delay(UntilNext, time, cancellation);
                }

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

    /// <summary>With this blockhash a transaction failed or expired: signed with it again it would be the very same transaction.</summary>
    public void Spoil(Blockhash blockhash) => spoilt = blockhash;

    public void Dispose() => gate.Dispose();

    private bool IsOld(At<LatestBlockhash> kept) =>
        time.GetElapsedTime(fetchedAt) > MaxAge || (time.GetElapsedTime(fetchedAt) > UntilNext && rpc.NewestSlot > kept.Slot + OldestInSlots);
}
