namespace Actions.Core.Rpc;

/// <content>What is known about the pace of endpoints.</content>
public sealed partial class RpcClient
{
    /// <summary>Of every endpoint, in the order of their URLs.</summary>
    public IReadOnlyList<EndpointPace> Paces => [.. endpoints.Select(endpoint => new EndpointPace(endpoint.Stated, endpoint.Pacer.Rate))];
}

/// <summary>How fast an endpoint may be asked.</summary>
/// <param name="Stated">What it says itself.</param>
/// <param name="Rate">Calls per second it is trusted with by now.</param>
public sealed record EndpointPace(StatedLimits Stated, double Rate);

/// <summary>Limits that an endpoint's answers announce; null where they say nothing.</summary>
/// <param name="PerMethod">Calls of one method in ten seconds.</param>
/// <param name="Total">Calls of all methods in ten seconds.</param>
/// <param name="RetryAfter">How long it last asked to be left alone.</param>
public sealed record StatedLimits(int? PerMethod = null, int? Total = null, TimeSpan? RetryAfter = null);
