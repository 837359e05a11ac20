using Actions.Core.Solana;

namespace Actions.Core.Sending;

/// <summary>Signs what was handed in, in batches, a few seconds ahead of what can be sent: the first sends then carry young blockhashes at any rate.</summary>
internal sealed class SigningLoop(InFlight flight, BlockhashKeeper blockhashes) : IDisposable
{
    private const int Batch = 64;

    // The first bytes are to get out early.
    private const int FirstBatch = 8;

    private const double SecondsAhead = 5;
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim work = new(0);

    public void Wake() => work.Release();

    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var size = FirstBatch; ; size = Batch)
        {
            var batch = await NextAsync(size, cancellation);
            var blockhash = await blockhashes.GetAsync(cancellation);
            var transactions = await SignAsync(batch, batch.ConvertAll(item => item.Compile(blockhash.Value.Hash)), cancellation);
            lock (flight.Gate)
            {
                for (var index = 0; index < batch.Count; index++)
                {
                    flight.Signed(batch[index], transactions[index], blockhash);
                }
            }

            flight.Wake();
        }
    }

    public void Dispose() => work.Dispose();

    private async Task<List<Outgoing>> NextAsync(int size, CancellationToken cancellation)
    {
        while (true)
        {
            lock (flight.Gate)
            {
                if (flight.Unsigned.Count > 0 && flight.Pending.Count(InFlight.IsUnsent) < Math.Max(Batch, flight.SendRate * SecondsAhead))
                {
                    return [.. flight.Unsigned.Take(size)];
                }
            }

            await work.WaitAsync(Nap, cancellation);
        }
    }

    private static async Task<Transaction[]> SignAsync(List<Outgoing> batch, List<Message> messages, CancellationToken cancellation)
    {
        if (batch.TrueForAll(item => ReferenceEquals(item.Signers, batch[0].Signers)))
        {
            return await Transaction.SignAllAsync(messages, batch[0].Signers, cancellation);
        }

        var transactions = new Transaction[batch.Count];
        for (var index = 0; index < batch.Count; index++)
        {
            transactions[index] = await Transaction.SignAsync(messages[index], batch[index].Signers, cancellation);
        }

        return transactions;
    }
}
