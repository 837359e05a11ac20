using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Rpc;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.Clusters;

/// <summary>Which cluster an action works on and how it reaches it; common to all actions.</summary>
/// <param name="Commitment">What a record must have reached before it says succeeded.</param>
public sealed record ClusterInputs(Cluster Cluster, IReadOnlyList<RpcUrl> Urls, double? MaxRps, Commitment Commitment, TimeSpan Timeout)
{
    internal const ulong HighestRps = 10_000;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    /// <summary>Reads `cluster`, `rpc-url`, `max-rps` (where the action has it), `commitment` and `timeout`; null when `cluster` is at fault.</summary>
    /// <param name="isSuppliedElsewhere">A release file that is at fault itself would have given the cluster: nobody should be told to add it.</param>
    public static ClusterInputs? Read(InputReader inputs, Masker masker, bool hasMaxRps, bool isSuppliedElsewhere = false)
    {
        if (!isSuppliedElsewhere)
        {
            inputs.Require("cluster", "the cluster to work on: mainnet-beta, testnet, devnet or localnet");
        }

        var cluster = inputs.Cluster();
        var urls = inputs.RpcUrls();
        var maxRps = hasMaxRps ? inputs.Number("max-rps", 1, HighestRps) : null;
        var (commitment, timeout) = (ReadCommitment(inputs), ReadTimeout(inputs));
        return cluster is null ? null : Of(inputs, masker, cluster, urls, commitment, timeout) with { MaxRps = maxRps };
    }

    /// <summary>Reads `rpc-url`, `commitment` and `timeout` for several clusters: each endpoint may say whose it is, as in `devnet=https://…`.</summary>
    /// <param name="clusters">At least one; an endpoint that says nothing is of the only one.</param>
    public static IReadOnlyList<ClusterInputs> ReadAll(InputReader inputs, Masker masker, IReadOnlyList<Cluster> clusters)
    {
        var lines = inputs.Lines("rpc-url").Select(line => Cluster.All.FirstOrDefault(named => line.StartsWith($"{named}=", StringComparison.Ordinal)) is { } cluster
            ? (Cluster: cluster, Endpoint: line[(cluster.Name.Length + 1)..])
            : (Cluster: clusters is [var only] ? only : null, Endpoint: line)).ToList();
        if (lines.Exists(line => line.Cluster is null))
        {
            inputs.Add(
                FaultCodes.InputInvalid, "rpc-url", $"Expected <cluster>=<endpoint> on each line of 'rpc-url', because the fleet has {clusters.Count} clusters",
                "found a line without a cluster", $"begin it with one of {string.Join(", ", clusters.Select(cluster => $"{cluster}="))}");
        }

        var (commitment, timeout) = (ReadCommitment(inputs), ReadTimeout(inputs));
        return [.. clusters.Select(cluster => Of(
            inputs, masker, cluster, inputs.RpcUrls("rpc-url", [.. lines.Where(line => line.Cluster == cluster).Select(line => line.Endpoint)]), commitment, timeout))];
    }

    /// <summary>Another environment's cluster: with endpoints of its own, else with these where it is the same cluster, else with its public one.</summary>
    /// <param name="other">The other cluster.</param>
    /// <param name="urls">Its endpoints; empty where nobody said.</param>
    /// <param name="hasCommitment">Whether the commitment was said, and so is meant for both.</param>
    public ClusterInputs Of(Cluster other, IReadOnlyList<RpcUrl> urls, bool hasCommitment, Masker masker) => this with
    {
        Cluster = other,
        Urls = urls.Count > 0 ? urls : other == Cluster ? Urls : [RpcUrl.Parse(other.DefaultEndpoint.AbsoluteUri, masker).Value],
        Commitment = hasCommitment ? Commitment : DefaultCommitment(other),
    };

    /// <summary>A client of the cluster; its endpoints prove their genesis hash before their first use.</summary>
    public RpcClient Connect(Func<HttpMessageHandler> http, TimeProvider time) => new(
        [.. Urls.Select(url => url.Reveal())],
        url => Cluster.IsPublicHost(url.Host) ? RateLimits.PublicHost with { MaxRps = MaxRps } : new RateLimits(MaxRps: MaxRps),
        CheckGenesis,
        http,
        time,
        new Random());

    private static Commitment? ReadCommitment(InputReader inputs) =>
        inputs.Choice("commitment", ("confirmed", Commitment.Confirmed), ("finalized", Commitment.Finalized));

    private static TimeSpan ReadTimeout(InputReader inputs)
    {
        var timeout = inputs.Duration("timeout") ?? DefaultTimeout;
        if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromDays(5))
        {
            inputs.Add(FaultCodes.InputInvalid, "timeout", "Expected a duration of more than nothing and at most 5d in 'timeout'", $"found {timeout}", "give a duration such as 30m");
        }

        return timeout;
    }

    private static ClusterInputs Of(InputReader inputs, Masker masker, Cluster cluster, IReadOnlyList<RpcUrl> urls, Commitment? commitment, TimeSpan timeout)
    {
        foreach (var url in urls.Where(url => Cluster.FromPublicHost(url.Host) is { } other && other != cluster))
        {
            inputs.Add(FaultCodes.ClusterMismatch, "rpc-url", $"Expected an endpoint of {cluster}", $"found {url}, the public endpoint of {Cluster.FromPublicHost(url.Host)}", "correct cluster or rpc-url");
        }

        var wereRefused = urls.Count == 0 && inputs.Has("rpc-url");
        urls = urls.Count > 0 ? urls : [RpcUrl.Parse(cluster.DefaultEndpoint.AbsoluteUri, masker).Value];
        foreach (var url in urls.Where(url => url.IsLoopback && inputs.InContainerAction && !wereRefused))
        {
            inputs.Add(FaultCodes.LoopbackInContainer, "rpc-url", "Expected an endpoint that this container can reach", $"found {url}, which is the container itself",
                "run the node as a services: container and give its name, such as http://localnet:8899");
        }

        return new ClusterInputs(cluster, urls, null, commitment ?? DefaultCommitment(cluster), timeout);
    }

    private static Commitment DefaultCommitment(Cluster cluster) => cluster == Cluster.MainnetBeta ? Commitment.Finalized : Commitment.Confirmed;

    private Fault? CheckGenesis(string genesis)
    {
        var answered = Cluster.FromGenesis(new Blockhash(Address.Parse(genesis).ToArray()));
        return answered == Cluster
            ? null
            : new Fault(FaultCodes.ClusterMismatch, Cluster.GenesisHash is { } expected ? $"Expected {Cluster}, whose genesis hash is {expected}" : "Expected a cluster of your own for localnet", $"found {answered}, genesis hash {genesis}", "correct cluster or rpc-url", "rpc-url");
    }
}
