namespace Actions.Core.Solana;

/// <summary>A cluster by the name people use; what it really is, its genesis hash says.</summary>
public sealed record Cluster
{
    public static readonly Cluster MainnetBeta = new(
        "mainnet-beta", "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d", "api.mainnet-beta.solana.com", "api.mainnet.solana.com");
    public static readonly Cluster Testnet = new("testnet", "4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY", "api.testnet.solana.com");
    public static readonly Cluster Devnet = new("devnet", "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG", "api.devnet.solana.com");

    /// <summary>Any cluster that is none of the public ones.</summary>
    public static readonly Cluster Localnet = new("localnet");

    public static readonly IReadOnlyList<Cluster> All = [MainnetBeta, Testnet, Devnet, Localnet];

    private Cluster(string name, string genesis, params string[] hosts)
    {
        (Name, GenesisHash, PublicHosts) = (name, Blockhash.Parse(genesis), hosts);
        DefaultEndpoint = new Uri($"https://{hosts[0]}");
    }

    private Cluster(string name) => (Name, PublicHosts, DefaultEndpoint) = (name, [], new Uri("http://127.0.0.1:8899"));

    public string Name { get; }

    /// <summary>Null for <see cref="Localnet"/>, which is known by not being any of the others.</summary>
    public Blockhash? GenesisHash { get; }

    public Uri DefaultEndpoint { get; }

    /// <summary>The hosts anyone may use, within limits that are known; the first is the default endpoint's.</summary>
    public IReadOnlyList<string> PublicHosts { get; }

    public static Cluster? FromName(string name) => All.FirstOrDefault(cluster => cluster.Name == name);

    /// <summary>The cluster a genesis hash stands for.</summary>
    public static Cluster FromGenesis(Blockhash genesis) => All.FirstOrDefault(cluster => cluster.GenesisHash == genesis) ?? Localnet;

    /// <summary>The public cluster that is served at a host, if any.</summary>
    public static Cluster? FromPublicHost(string host) =>
        All.FirstOrDefault(cluster => cluster.PublicHosts.Contains(host.TrimEnd('.'), StringComparer.OrdinalIgnoreCase));

    public static bool IsPublicHost(string host) => FromPublicHost(host) is not null;

    public Uri ExplorerLink(Address address, Uri? endpoint = null) => Explorer("address", address.ToString(), endpoint);

    public Uri ExplorerLink(Signature transaction, Uri? endpoint = null) => Explorer("tx", transaction.ToString(), endpoint);

    public override string ToString() => Name;

    /// <summary>Of an endpoint only scheme, host and port go into the link: the rest may be a secret.</summary>
    private Uri Explorer(string kind, string id, Uri? endpoint)
    {
        var served = endpoint ?? DefaultEndpoint;
        var query = this == MainnetBeta ? ""
            : this == Localnet ? $"?cluster=custom&customUrl={Uri.EscapeDataString($"{served.Scheme}://{served.Authority}")}"
            : $"?cluster={Name}";
        return new Uri($"https://explorer.solana.com/{kind}/{id}{query}");
    }
}
