namespace Actions.Core.Rpc;

/// <summary>How many calls a server still takes in a sliding window, kept so that the server never has to say no.</summary>
/// <remarks>
/// A call counts from the moment it is sent until the window has passed since its answer: the server's clock ticked somewhere
/// in between, so this is the strictest reading. Sends are spread over the window, after a small burst.
/// </remarks>
internal sealed class CallWindow(int limit)
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private readonly Queue<long> answered = new();
    private double tokens = Burst(limit);
    private long refilledAt;
    private int inFlight;

    public int Limit { get; private set; } = limit;

    private double PerSecond => 0.98 * Limit / Length.TotalSeconds;

    /// <summary>Takes over what the server says about its limit; used calls of other clients of this key count as ours.</summary>
    public void Learn(int newLimit, int? remaining, long now)
    {
        if (newLimit != Limit)
        {
            Limit = newLimit;
            tokens = Math.Min(tokens, Burst(newLimit));
        }

        if (remaining is not { } left)
        {
            return;
        }

        Expire(now);
        for (var unseen = Limit - left - answered.Count - inFlight; unseen > 0; unseen--)
        {
            answered.Enqueue(now);
        }
    }

    /// <summary>Zero when a call may go now, else how long to wait before asking again.</summary>
    public TimeSpan Wait(long now)
    {
        Expire(now);
        tokens = Math.Min(Burst(Limit), tokens + (PerSecond * TimeSpan.FromTicks(now - refilledAt).TotalSeconds));
        refilledAt = now;
        if (answered.Count + inFlight >= Limit)
        {
            return answered.TryPeek(out var oldest) ? TimeSpan.FromTicks(oldest + Length.Ticks - now) : TimeSpan.FromMilliseconds(20);
        }

        return tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - tokens) / PerSecond);
    }

    public void Sent()
    {
        tokens -= 1;
        inFlight++;
    }

    public void Refund()
    {
        tokens += 1;
        inFlight = Math.Max(0, inFlight - 1);
    }

    public void Answered(long now)
    {
        // A call that left before the limit was known was never counted.
        inFlight = Math.Max(0, inFlight - 1);
        answered.Enqueue(now);
    }

    private static double Burst(int limit) => Math.Max(1, limit / 4.0);

    private void Expire(long now)
    {
        while (answered.TryPeek(out var oldest) && oldest + Length.Ticks <= now)
        {
            answered.Dequeue();
        }
    }
}
