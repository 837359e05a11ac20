using System.Text;
using System.Text.Json;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Container.Tests.Tools;

/// <summary>A network of the engine with a localnet on it, under the name that a `services:` container would have.</summary>
public sealed class ContainerNet : IAsyncLifetime
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Until.Patience };

    private readonly List<string> containers = [];
    private Uri? node;
    private Task<Uri>? hostile;

    /// <summary>As a step of the job sees it.</summary>
    public const string Url = "http://localnet:8899";

    public string Network { get; } = $"solana-actions-tests-{Guid.NewGuid():N}";

    public async Task InitializeAsync()
    {
        if (Engine.IsSkipped)
        {
            return;
        }

        Engine.Require();
        await Engine.DockerAsync("network", "create", "--label", Engine.Label, Network);
        node = await StartAsync("localnet", Engine.LocalnetImage, "--slot-ms", "40", "--rps", "400");
    }

    public async Task DisposeAsync()
    {
        if (Engine.IsSkipped)
        {
            return;
        }

        containers.ForEach(Engine.Remove);
        await Engine.TryAsync("network", "rm", Network);
    }

    /// <summary>Starts a container of a Node script, waits until it answers, and gives its address for this process.</summary>
    internal async Task<Uri> StartAsync(string alias, params string[] imageAndArguments)
    {
        var container = (await Engine.DockerAsync(
            ["run", "--detach", "--rm", "--label", Engine.Label, "--network", Network, "--network-alias", alias, .. imageAndArguments])).Trim();
        containers.Add(container);
        var address = (await Engine.DockerAsync("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container)).Trim();
        var url = new Uri($"http://{address}:8899");
        await Until.TrueAsync(async () =>
        {
            try
            {
                return (await Http.GetAsync(new Uri(url, "/health"))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return url;
    }

    /// <summary>The node that lies, as `http://hostile:8899/place/text`; started when it is first asked for.</summary>
    internal Task<Uri> HostileAsync() => hostile ??= StartAsync(
        "hostile", "--entrypoint", "node", Engine.LocalnetImage, "--input-type=module", "--eval",
        File.ReadAllText(Repository.At("tests", "Actions.Container.Tests", "scripts", "hostile.mjs")));

    internal async Task<JsonElement> CallAsync(string method, string parameters = "[]")
    {
        while (true)
        {
            using var content = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", Encoding.UTF8, "application/json");
            using var response = await Http.PostAsync(node, content);
            if ((int)response.StatusCode == 429)
            {
                await Task.Delay(20);
                continue;
            }

            using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            return document.RootElement.TryGetProperty("result", out var result) ? result.Clone() : throw new InvalidOperationException($"{method}: {document.RootElement}");
        }
    }

    /// <summary>A key with SOL to pay from.</summary>
    internal async Task<TestKey> PayerAsync()
    {
        var key = TestKey.New();
        await CallAsync("requestAirdrop", $"""["{key.Address}",100000000000]""");
        await Until.TrueAsync(async () => await BalanceAsync(key.Address) > 0);
        return key;
    }

    internal async Task<ulong> BalanceAsync(Address address) =>
        (await CallAsync("getBalance", $$"""["{{address}}",{"commitment":"confirmed"}]""")).GetProperty("value").GetUInt64();

    /// <summary>How many transactions landed in all.</summary>
    internal async Task<int> LandedAsync() => (await CallAsync("localnetStats")).GetProperty("transactions").GetProperty("landed").GetInt32();

    /// <summary>The bytes that a program runs; null when there is no such program.</summary>
    internal async Task<byte[]?> ProgramAsync(Address program)
    {
        var value = (await CallAsync("getAccountInfo", $$"""["{{LoaderProgram.ProgramDataAddress(program)}}",{"commitment":"confirmed","encoding":"base64"}]""")).GetProperty("value");
        return value.ValueKind != JsonValueKind.Null && LoaderAccount.TryParse(value.GetProperty("data")[0].GetBytesFromBase64(), out var account) && account is LoaderAccount.ProgramData data
            ? data.Data.ToArray()
            : null;
    }
}

/// <summary>One network for all container tests, which take turns: they share a machine with two processors.</summary>
[CollectionDefinition(Name)]
public sealed class ContainerTests : ICollectionFixture<ContainerNet>
{
    public const string Name = "containers";
}
