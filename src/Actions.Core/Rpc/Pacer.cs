namespace Actions.Core.Rpc;

/// <summary>What came back for a call, as far as pacing cares.</summary>
internal enum CallOutcome
{
    Answered,
    Throttled,
    Failed,
}

/// <summary>Limits a server is known for before it says so itself; all null for a server nobody knows.</summary>
/// <param name="PerMethod">Calls of one method in ten seconds.</param>
/// <param name="Total">Calls of all methods in ten seconds.</param>
/// <param name="MaxRps">A ceiling the user set, in calls per second.</param>
public sealed record RateLimits(int? PerMethod = null, int? Total = null, double? MaxRps = null)
{
    /// <summary>What the foundation's public endpoints allow each address.</summary>
    public static readonly RateLimits PublicHost = new(PerMethod: 40, Total: 100);
}

/// <summary>
/// Decides when the next call to one endpoint may leave: as fast as the endpoint accepts, found by doubling the rate each round
/// trip until it pushes back, then by additive increase and multiplicative decrease; announced limits are obeyed from the first answer on.
/// </summary>
internal sealed class Pacer
{
    private const double StartRate = 50;
    private const double IdleCeiling = 1_500;
    private const double HighestRate = 20_000;
    private const int MaxConnections = 128;
    private const int MaxConnectionsWithWindow = 16;

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly long origin;
    private readonly double ceiling;
    private readonly int? perMethod;
    private readonly Dictionary<string, CallWindow> methodWindows = [];
    private readonly Queue<long> recentAnswers = new();
    private CallWindow? totalWindow;
    private int? learntPerMethod;
    private double rate;
    private double tokens;
    private bool doubling;
    private bool wanted;
    private int inFlight;
    private long refilledAt;
    private long raisedAt;
    private long loweredAt;
    private int answers;
    private long blockedUntil;
    private double smoothed;
    private double fastest = double.MaxValue;
    private TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Pacer(TimeProvider time, RateLimits limits)
    {
        this.time = time;
        origin = time.GetTimestamp();
        perMethod = limits.PerMethod;
        totalWindow = limits.Total is { } total ? new CallWindow(total) : null;
        ceiling = limits.MaxRps ?? HighestRate;
        rate = limits.MaxRps ?? (limits.Total is { } all ? all / CallWindow.Length.TotalSeconds : StartRate);
        doubling = limits.MaxRps is null && limits.Total is null;
        tokens = Capacity;
        refilledAt = raisedAt = Now;
    }

    /// <summary>Calls per second this endpoint is trusted with at the moment.</summary>
    public double Rate
    {
        get
        {
            lock (gate)
            {
                return totalWindow is { } window ? Math.Min(rate, window.Limit / CallWindow.Length.TotalSeconds) : rate;
            }
        }
    }

    /// <summary>Calls of <paramref name="method"/> per second, which a per-method limit may hold below <see cref="Rate"/>.</summary>
    public double RateOf(string method)
    {
        lock (gate)
        {
            var all = totalWindow is { } total ? Math.Min(rate, total.Limit / CallWindow.Length.TotalSeconds) : rate;
            return Window(method) is { } window ? Math.Min(all, window.Limit / CallWindow.Length.TotalSeconds) : all;
        }
    }

    /// <summary>Ticks since this pacer was made: a clock that is set back must not make anybody wait.</summary>
    private long Now => time.GetElapsedTime(origin).Ticks + 1;

    private int Connections => totalWindow is null && learntPerMethod is null && perMethod is null ? MaxConnections : MaxConnectionsWithWindow;

    /// <summary>
    /// Unused permission is kept for a moment: most of a second at low rates, because that is what token buckets grant, and what a
    /// Retry-After pause saved up is then not lost; a round trip at high ones.
    /// </summary>
    private double Capacity => Math.Max(Math.Min(rate, 10) * 0.8, rate * Math.Clamp(smoothed, 0.02, 0.1));

    /// <summary>Waits until a call of <paramref name="method"/> may be sent; <see cref="Complete"/> must follow.</summary>
    public async Task<long> AcquireAsync(string method, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            TimeSpan wait;
            Task? slotFreed = null;
            lock (gate)
            {
                var now = Now;
                wait = Wait(method, now);
                if (wait == TimeSpan.Zero)
                {
                    if (inFlight < Connections)
                    {
                        Take(method);
                        return now;
                    }

                    slotFreed = answered.Task;
                }

                wanted = true;
            }

            if (slotFreed is not null)
            {
                await slotFreed.WaitAsync(cancellation);
            }
            else
            {
                await Task.Delay(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait, time, cancellation);
            }
        }
    }

    /// <summary>Tells how the call ended; <paramref name="comparable"/> says that its latency is worth comparing (small answers only).</summary>
    public void Complete(string method, long sentAt, CallOutcome outcome, bool comparable)
    {
        lock (gate)
        {
            var now = Now;
            inFlight--;
            totalWindow?.Answered(now);
            Window(method)?.Answered(now);
            if (outcome == CallOutcome.Throttled)
            {
                Lower(sentAt, now);
            }
            else if (outcome == CallOutcome.Answered)
            {
                Raise(TimeSpan.FromTicks(now - sentAt).TotalSeconds, now, comparable);
            }

            var waiting = answered;
            answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.SetResult();
        }
    }

    /// <summary>Gives back a permit nothing was sent with.</summary>
    public void Refund(string method)
    {
        lock (gate)
        {
            tokens += 1;
            inFlight--;
            totalWindow?.Refund();
            Window(method)?.Refund();
        }
    }

    /// <summary>Takes over the limits an answer announces (calls per ten seconds).</summary>
    public void Learn(string method, int? methodLimit, int? methodRemaining, int? totalLimit, int? totalRemaining)
    {
        lock (gate)
        {
            var now = Now;
            if (totalLimit is { } total)
            {
                doubling = false;
                totalWindow ??= new CallWindow(total);
                totalWindow.Learn(total, totalRemaining, now);
            }

            if (methodLimit is { } limit)
            {
                learntPerMethod = limit;
                Window(method)!.Learn(limit, methodRemaining, now);
            }
        }
    }

    /// <summary>Sends nothing more until the server's own time-out is over.</summary>
    public void Block(TimeSpan pause)
    {
        lock (gate)
        {
            blockedUntil = Math.Max(blockedUntil, Now + pause.Ticks);
        }
    }

    private TimeSpan Wait(string method, long now)
    {
        tokens = Math.Min(Capacity, tokens + (rate * TimeSpan.FromTicks(now - refilledAt).TotalSeconds));
        refilledAt = now;
        var wait = blockedUntil > now ? TimeSpan.FromTicks(blockedUntil - now) : TimeSpan.Zero;
        if (tokens < 1)
        {
            wait = Longer(wait, TimeSpan.FromSeconds((1 - tokens) / rate));
        }

        if (totalWindow is { } total)
        {
            wait = Longer(wait, total.Wait(now));
        }

        if (Window(method) is { } window)
        {
            wait = Longer(wait, window.Wait(now));
        }

        return wait;
    }

    private void Take(string method)
    {
        tokens -= 1;
        inFlight++;
        totalWindow?.Sent();
        Window(method)?.Sent();
    }

    private CallWindow? Window(string method)
    {
        if ((learntPerMethod ?? perMethod) is not { } limit)
        {
            return null;
        }

        if (!methodWindows.TryGetValue(method, out var window))
        {
            methodWindows[method] = window = new CallWindow(limit);
        }

        return window;
    }

    private void Raise(double latency, long now, bool comparable)
    {
        answers++;
        recentAnswers.Enqueue(now);
        while (recentAnswers.Peek() < now - TimeSpan.TicksPerSecond)
        {
            recentAnswers.Dequeue();
        }

        if (comparable)
        {
            fastest = Math.Min(fastest, latency);
            smoothed = smoothed == 0 ? latency : (0.8 * smoothed) + (0.2 * latency);
        }

        var slower = smoothed > (3 * fastest) + 0.1;
        if (doubling)
        {
            if (slower)
            {
                doubling = false;
            }
            else if (now - raisedAt >= TimeSpan.FromSeconds(smoothed).Ticks)
            {
                // Without a waiting caller nothing proves that the endpoint would take more, so idle doubling stops early.
                rate = wanted ? Math.Min(rate * 2, ceiling) : Math.Max(rate, Math.Min(rate * 2, IdleCeiling));
                raisedAt = now;
                wanted = false;
            }

            return;
        }

        var elapsed = Math.Min(1, TimeSpan.FromTicks(now - raisedAt).TotalSeconds);
        raisedAt = now;
        if (wanted && !slower)
        {
            rate = Math.Min(ceiling, rate + (Math.Max(0.2, 0.02 * rate) * elapsed));
        }

        wanted = false;
    }

    private void Lower(long sentAt, long now)
    {
        doubling = false;
        // Calls that left before the last decrease belong to the same push-back.
        if (sentAt <= loweredAt)
        {
            return;
        }

        var since = TimeSpan.FromTicks(now - (loweredAt == 0 ? raisedAt : loweredAt)).TotalSeconds;
        while (recentAnswers.TryPeek(out var oldest) && oldest < now - TimeSpan.TicksPerSecond)
        {
            recentAnswers.Dequeue();
        }

        // From one push-back to the next, pauses included, the endpoint grants just what it can; in a short time a burst hides that.
        var granted = loweredAt != 0 && since >= 0.5 ? answers / since : Math.Max(rate / 2, recentAnswers.Count);
        rate = Math.Max(0.5, Math.Min(rate * 0.97, granted));
        tokens = Math.Min(tokens, 0);
        loweredAt = now;
        answers = 0;
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
