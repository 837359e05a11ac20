using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.Notify;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;
using Actions.Core.Tests.GitHub;

namespace Actions.Cli.Tests.Doctor;

/// <summary>A node where a program runs, and one that sees the same chain late.</summary>
public sealed class PatientNet : IAsyncLifetime, IDisposable
{
    private readonly Workspace files = new(TestPrograms.Token);

    internal Localnet Net { get; private set; } = null!;

    internal TestKey Authority { get; } = TestKey.From("doctor authority");

    internal Address Program { get; } = TestKey.From("doctor program").Address;

    internal Address Immutable { get; } = TestKey.From("doctor immutable").Address;

    public async Task InitializeAsync() => Net = await Localnet.StartAsync(
        "--program", $"{Program}={files.At("program.so")}:{Authority.Address}", "--program", $"{Immutable}={files.At("program.so")}", "--slot-ms", "100", "--lag-port", "0", "--lag-slots", "400");

    public async Task DisposeAsync() => await Net.DisposeAsync();

    public void Dispose() => files.Dispose();
}

/// <summary>An environment where nothing is wrong: a node, a repository, channels, keys, and a release file with every gate. Each test spoils one thing.</summary>
internal sealed class Patient : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly Dictionary<string, string> inputs;
    private readonly Dictionary<string, string> variables;

    private Patient(PatientNet net, GitHubStandIn gitHub, TestKey payer)
    {
        (Net, GitHub, Payer) = (net, gitHub, payer);
        inputs = new()
        {
            ["release-file"] = "solana-release.yml", ["environment"] = "production", ["rpc-url"] = net.Net.Url, ["payer"] = "env:PAYER", ["payer-address"] = payer.Address.ToString(),
            ["upgrade-authority"] = "env:AUTHORITY", ["github-token"] = GitHubStandIn.Token, ["github-api-url"] = gitHub.Api, ["require-protected-environment"] = "true",
            ["slack-webhook-url"] = $"{Channels.Url}{Channels.SlackPath}", ["pagerduty-routing-key"] = Channels.RoutingKey, ["pagerduty-url"] = $"{Channels.Url}/v2/enqueue",
            ["webhook-url"] = $"{Channels.Url}{Channels.DiscordPath}", ["webhook-template"] = "discord",
        };
        variables = new()
        {
            ["PAYER"] = payer.Json, ["AUTHORITY"] = net.Authority.Json, ["GITHUB_REPOSITORY"] = GitHubStandIn.Repository, ["GITHUB_RUN_ID"] = "7", ["GITHUB_RUN_ATTEMPT"] = "1",
            ["GITHUB_SHA"] = GitHubStandIn.Sha, ["GITHUB_ACTOR"] = "eve", ["GITHUB_REF"] = "refs/heads/main",
        };
        WithFile();
    }

    public PatientNet Net { get; }

    public GitHubStandIn GitHub { get; }

    public TestKey Payer { get; }

    public Channels Channels { get; } = new();

    public Workspace Workspace { get; } = new();

    public static async Task<Patient> StartAsync(PatientNet net)
    {
        var gitHub = await GitHubStandIn.StartAsync();
        await gitHub.SeedRepositoryAsync($$"""
            {
              "immutable_releases": true,
              "environments": {
                "production": { "reviewers": ["team:release"], "branch_policy": ["main"], "can_admins_bypass": false, "prevent_self_review": true },
                "compliance": { "reviewers": ["alice"], "branch_policy": ["main"], "can_admins_bypass": false, "prevent_self_review": true }
              },
              "check_runs": [{ "sha": "{{GitHubStandIn.Sha}}", "name": "ci", "conclusion": "success" }],
              "runs": [{ "id": 7, "actor": "eve" }]
            }
            """);
        return new Patient(net, gitHub, await net.Net.PayerAsync());
    }

    public Patient WithFile(string gates = "checks: [ci], approvals: { environments: [compliance] }, freeze: [\"03:00-03:01 UTC\"]", Address? program = null, bool declaresAuthority = true)
    {
        Workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs: { perps: { artifact: perps.so } }
            environments:
              production:
                cluster: localnet
                program-ids: { perps: "{{program ?? Net.Program}}" }
                {{(declaresAuthority ? $"upgrade-authority: \"{Net.Authority.Address}\"" : "")}}
                gates: { {{gates}} }

            """));
        return this;
    }

    /// <summary>An empty value removes an input.</summary>
    public Patient With(params (string Name, string Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            inputs[name] = value;
        }

        return this;
    }

    public Patient WithVariable(string name, string value)
    {
        variables[name] = value;
        return this;
    }

    public Task<ActionRun> RunAsync(bool inShell = false) => ActionProcess.RunAsync("doctor", inputs, Workspace, inShell, variables);

    public ActionProcess Start() => ActionProcess.Start("doctor", inputs, Workspace, variables: variables);

    /// <summary>All that the repository shows of what a doctor could leave there.</summary>
    public async Task<string> RepositoryAsync()
    {
        var pages = await Task.WhenAll(((string[])["deployments", "releases", "environments"]).Select(async path =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{GitHub.Api}/repos/{GitHubStandIn.Repository}/{path}?per_page=100"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "github_pat_mallory");
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("tests", null));
            using var answer = await Http.SendAsync(request);
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
            return $"{path} {await answer.Content.ReadAsStringAsync()}";
        }));
        return string.Join('\n', pages);
    }

    public async ValueTask DisposeAsync()
    {
        await Channels.DisposeAsync();
        await GitHub.DisposeAsync();
        Workspace.Dispose();
    }
}

/// <summary>The verdicts of a run.</summary>
internal static class Verdicts
{
    /// <summary>The checks with a verdict, in their order, as `name: fault codes`.</summary>
    public static IReadOnlyList<string> Of(this ActionRun run, string verdict)
    {
        using var results = JsonDocument.Parse(run["results"]);
        return [.. results.RootElement.EnumerateObject().Where(check => check.Value.GetProperty("verdict").GetString() == verdict).Select(check => $"{check.Name}: {check.Value.GetProperty("faults").GetString()}".TrimEnd(' ', ':'))];
    }

    public static string Found(this ActionRun run, string check)
    {
        using var results = JsonDocument.Parse(run["results"]);
        return results.RootElement.GetProperty(check).GetProperty("found").GetString()!;
    }
}
