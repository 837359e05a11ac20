namespace Actions.Core.Sending;

/// <summary>When a transaction is broadcast again: the same signature, so that it can land only once.</summary>
internal sealed class Copies(InFlight flight, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(90);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    /// <summary>Urgent copies take a quarter of a slow endpoint's budget at most.</summary>
    public static TimeSpan Spacing(Lane lane)
    {
        var spacing = TimeSpan.FromSeconds(4 / lane.Endpoint.Pacer.RateOf("sendTransaction"));
        return spacing > Shortest ? spacing : Shortest;
    }

    public static long Ticks(TimeSpan span, TimeProvider time) => (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>A transaction that a whole slot went by without is lost: it is broadcast again at once, and twice more within the slot.</summary>
    public void Miss(Outgoing item, ulong slot)
    {
        if (item.UnknownSince is not { } since)
        {
            item.UnknownSince = slot;
        }
        else if (slot > since)
        {
            item.UnknownSince = null;
            item.CopiesLeft = 2;
            item.NextCopyAt = time.GetTimestamp() + Ticks(Shortest, time);
            flight.SendAgain(item);
        }
    }

    /// <summary>When many went missing at once, more copies would only crowd out the rest.</summary>
    public void Thin()
    {
        if (flight.Pending.Count(item => item.CopiesLeft > 0) > flight.SendRate * 0.1)
        {
            foreach (var item in flight.Pending)
            {
                item.CopiesLeft = 0;
            }
        }
    }

    /// <summary>Sends the copies whose time has come; and one of what nobody spoke about for a while.</summary>
    /// <param name="polledAt">When statuses were last asked for, in ticks.</param>
    /// <returns>Whether there is something to send.</returns>
    public bool SendDue(long polledAt)
    {
        var now = time.GetTimestamp();
        var hasDue = false;
        foreach (var item in flight.Pending.Where(item => !item.IsSeen && !InFlight.IsUnsent(item)))
        {
            var isSilent = time.GetElapsedTime(Math.Max(item.AnsweredAt, polledAt), now) > Silence && item.NextCopyAt == long.MaxValue;
            if (item.NextCopyAt > now && !isSilent)
            {
                continue;
            }

            hasDue = true;
            item.NextCopyAt = long.MaxValue;
            if (!item.IsUrgent && !isSilent && item.CopiesLeft-- <= 0)
            {
                continue;
            }

            if (item.CopiesLeft > 0)
            {
                item.NextCopyAt = now + Ticks(Shortest, time);
            }

            flight.SendAgain(item);
        }

        return hasDue;
    }
}
