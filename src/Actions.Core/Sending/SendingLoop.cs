using Actions.Core.Faults;
using Actions.Core.Rpc;

namespace Actions.Core.Sending;

/// <summary>Feeds one endpoint: first sends before copies, no faster than it takes them.</summary>
internal sealed class SendingLoop(RpcClient rpc, InFlight flight, Lane lane, TimeProvider time)
{
    private static readonly TimeSpan AfterThrottling = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BetweenProofs = TimeSpan.FromSeconds(1);

    /// <summary>Ends with a fault when no endpoint takes transactions any more.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        long? permit = null;
        lane.IsClosed = !await IsProvedAsync(cancellation);
        while (!lane.IsClosed)
        {
            Task signal;
            Outgoing? item;
            lock (flight.Gate)
            {
                item = lane.Take();
                signal = flight.Work;
            }

            if (item is null)
            {
                if (permit is not null)
                {
                    lane.Endpoint.Pacer.Refund("sendTransaction");
                }

                permit = null;
                await signal.WaitAsync(cancellation);
                continue;
            }

            permit ??= await lane.Endpoint.Pacer.AcquireAsync("sendTransaction", cancellation);
            if (IsStillWanted(item))
            {
                _ = PostAsync(item, permit.Value, cancellation);
                permit = null;
            }
        }

        if (flight.Lanes.All(other => other.IsClosed))
        {
            throw NobodyTakes(flight.Lanes);
        }
    }

    public static FaultException NobodyTakes(IEnumerable<Lane> lanes) => new(new Fault(
        FaultCodes.RpcUnreachable,
        "an RPC endpoint that takes transactions",
        string.Join("; ", lanes.Select(lane => $"{lane.Endpoint.Label}: {lane.LastRefusal ?? "access denied"}")),
        "check rpc-url and its access key, or add another URL, then run again: what is written is not written twice",
        "rpc-url"));

    /// <summary>Waits until the endpoint has proved to serve this cluster; false when it serves another one.</summary>
    private async Task<bool> IsProvedAsync(CancellationToken cancellation)
    {
        try
        {
            while (!lane.Endpoint.IsForbidden && await rpc.EnsureCheckedAsync(lane.Endpoint, cancellation) is not null)
            {
                await Task.Delay(BetweenProofs, time, cancellation);
            }

            return true;
        }
        catch (FaultException)
        {
            return false;
        }
    }

    /// <summary>Much can happen while a permit is waited for. From here on a node may have it.</summary>
    private bool IsStillWanted(Outgoing item)
    {
        lock (flight.Gate)
        {
            if (item.IsSettled || item.IsSeen)
            {
                return false;
            }

            item.WasSent = true;
            item.PostedAt = time.GetTimestamp();
            item.FirstPostedAt = item.FirstPostedAt == 0 ? item.PostedAt : item.FirstPostedAt;
            flight.Sends++;
            return true;
        }
    }

    private async Task PostAsync(Outgoing item, long permit, CancellationToken cancellation)
    {
        try
        {
            var reply = await lane.Endpoint.PostPermittedAsync(item.Call, permit, cancellation);
            (reply as RpcReply.Answer)?.Document.Dispose();
            if (!Digest(item, reply))
            {
                await Task.Delay(reply is RpcReply.Failure { Kind: RpcFailureKind.Throttled } ? AfterThrottling : AfterFailure, time, cancellation);
                flight.Wake();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <returns>Whether the node took it.</returns>
    private bool Digest(Outgoing item, RpcReply reply)
    {
        var refusal = (reply as RpcReply.Refusal)?.Error;
        var isTaken = reply is RpcReply.Answer || refusal?.Message.Contains("already been processed", StringComparison.OrdinalIgnoreCase) == true;
        lock (flight.Gate)
        {
            if (refusal is { IsPassing: false } && !isTaken)
            {
                lane.Refused(refusal);
            }
            else if (reply is RpcReply.Failure failure)
            {
                lane.Failed(failure.Found);
            }

            if (!isTaken)
            {
                lane.NotTaken(item);
                return false;
            }

            lane.Took();
            item.AnsweredAt = flight.TakenAt = time.GetTimestamp();
            item.UnknownSince = null;
            if (item.IsUrgent)
            {
                item.NextCopyAt = item.AnsweredAt + Copies.Ticks(Copies.Spacing(lane), time);
            }

            return true;
        }
    }
}
