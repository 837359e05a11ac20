using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;
using MemoryAccounts = System.Collections.Generic.Dictionary<Actions.Core.Solana.Address, Actions.Cli.Tests.Fleet.MemoryAccount>;

namespace Actions.Cli.Tests.Fleet;

/// <summary>A fleet of which nothing is wrong, on nodes of the localnet that stand for its clusters.</summary>
public sealed class FleetNodes : IAsyncLifetime
{
    private readonly List<(MemoryAccounts Accounts, Localnet Node)> clean = [];

    public async Task InitializeAsync()
    {
        using var world = new FleetWorld();
        foreach (var chain in (MemoryChain[])[world.Mainnet, world.Local])
        {
            clean.Add((chain.Accounts, await StartAsync(chain)));
        }
    }

    /// <summary>Lets a world's job ask nodes for what its chains hold: those of the clean fleet, and a node of its own for a chain that is different.</summary>
    internal async Task<IAsyncDisposable> ServeAsync(FleetWorld world)
    {
        var own = new OwnNodes();
        foreach (var (host, chain, (accounts, node)) in new[] { ("mainnet.example", world.Mainnet, clean[0]), ("localnet", world.Local, clean[1]) })
        {
            world.Job.Hosts.Add(host, new NodeAt((Same(chain.Accounts, accounts) ? node : await own.StartAsync(chain)).Url));
        }

        return own;
    }

    public async Task DisposeAsync()
    {
        foreach (var (_, node) in clean)
        {
            await node.DisposeAsync();
        }
    }

    private static bool Same(MemoryAccounts one, MemoryAccounts other) => one.Count == other.Count
        && one.All(pair => other.TryGetValue(pair.Key, out var account) && account.Owner == pair.Value.Owner && account.Lamports == pair.Value.Lamports && account.Data.AsSpan().SequenceEqual(pair.Value.Data));

    /// <summary>A node that has a chain's accounts since its genesis; old buffers take so many slots to grow old.</summary>
    private static async Task<Localnet> StartAsync(MemoryChain chain)
    {
        var folder = Directory.CreateTempSubdirectory("fleet-accounts-");
        try
        {
            foreach (var (address, account) in chain.Accounts)
            {
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{address}.json"), Json(address, account));
            }

            var hasBuffers = chain.LastSlots.Count > 0;
            var node = await Localnet.StartAsync("--genesis", chain.Genesis, "--accounts", folder.FullName, "--slot-ms", hasBuffers ? "5" : "40");
            await node.WaitSlotsAsync(hasBuffers ? 1_500 : 2ul);
            return node;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>As `solana account --output json` writes it.</summary>
    private static string Json(Address address, MemoryAccount account) => $$"""
        { "pubkey": "{{address}}", "account": { "lamports": {{account.Lamports}}, "data": ["{{Convert.ToBase64String(account.Data)}}", "base64"],
          "owner": "{{account.Owner}}", "executable": false, "rentEpoch": 18446744073709551615, "space": {{account.Data.Length}} } }
        """;

    /// <summary>The nodes of one test.</summary>
    private sealed class OwnNodes : IAsyncDisposable
    {
        private readonly List<Localnet> nodes = [];

        public async Task<Localnet> StartAsync(MemoryChain chain)
        {
            nodes.Add(await FleetNodes.StartAsync(chain));
            return nodes[^1];
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    /// <summary>A host whose requests a node answers.</summary>
    private sealed class NodeAt(string url) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker network = new(new SocketsHttpHandler { UseProxy = false });

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(url);
            return network.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            network.Dispose();
            base.Dispose(disposing);
        }
    }
}
