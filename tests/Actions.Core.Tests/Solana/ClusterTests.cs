using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Solana;

public sealed class ClusterTests
{
    [Theory]
    [InlineData("mainnet-beta", "https://api.mainnet-beta.solana.com/")]
    [InlineData("testnet", "https://api.testnet.solana.com/")]
    [InlineData("devnet", "https://api.devnet.solana.com/")]
    [InlineData("localnet", "http://127.0.0.1:8899/")]
    public void A_cluster_has_its_default_endpoint(string name, string endpoint) =>
        Cluster.FromName(name)!.DefaultEndpoint.AbsoluteUri.ShouldBe(endpoint);

    [Theory]
    [InlineData("mainnet")]
    [InlineData("Devnet")]
    [InlineData("")]
    public void Other_names_are_unknown(string name) => Cluster.FromName(name).ShouldBeNull();

    [Fact]
    public void A_genesis_hash_says_which_cluster_it_is()
    {
        foreach (var cluster in Cluster.All.Where(cluster => cluster != Cluster.Localnet))
        {
            Cluster.FromGenesis(cluster.GenesisHash!.Value).ShouldBe(cluster);
        }

        Cluster.FromGenesis(Some.Blockhash(1)).ShouldBe(Cluster.Localnet);
        Cluster.FromGenesis(default).ShouldBe(Cluster.Localnet);
    }

    [Theory]
    [InlineData("api.devnet.solana.com", "devnet")]
    [InlineData("API.Mainnet-Beta.solana.com.", "mainnet-beta")]
    [InlineData("localhost", null)]
    [InlineData("evil-api.devnet.solana.com", null)]
    public void Public_hosts_are_known(string host, string? name) => (Cluster.FromPublicHost(host)?.Name).ShouldBe(name);

    [Fact]
    public void Explorer_links_name_the_cluster_and_never_an_endpoints_secrets()
    {
        var address = Some.Address(1);
        var endpoint = new Uri("http://user:hunter2@node:8899/key/s3cret?token=t0ken");

        Cluster.MainnetBeta.ExplorerLink(address).AbsoluteUri.ShouldBe($"https://explorer.solana.com/address/{address}");
        Cluster.Devnet.ExplorerLink(default(Signature), endpoint).AbsoluteUri
            .ShouldBe($"https://explorer.solana.com/tx/{default(Signature)}?cluster=devnet");
        Cluster.Localnet.ExplorerLink(address, endpoint).AbsoluteUri
            .ShouldBe($"https://explorer.solana.com/address/{address}?cluster=custom&customUrl=http%3A%2F%2Fnode%3A8899");
    }
}
