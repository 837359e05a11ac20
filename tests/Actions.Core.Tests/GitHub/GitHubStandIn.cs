using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Actions.Core.Faults;
using Actions.Core.GitHub;

namespace Actions.Core.Tests.GitHub;

/// <summary>The stand-in for GitHub (tests/github), a process of its own that shares no code with the client.</summary>
internal sealed partial class GitHubStandIn : IAsyncDisposable
{
    public const string Repository = "octo/perps";
    public const string Token = "ghs_0123456789abcdefghij";
    public const string Sha = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    /// <summary>A workflow's token, and a person's, for one repository.</summary>
    private const string Start = $$"""
        {
          "users": { "alice": 101, "bob": 102, "carol": 103, "eve": 104, "mallory": 105 },
          "tokens": {
            "{{Token}}": { "permissions": { "actions": "read", "attestations": "read", "checks": "read", "contents": "write", "deployments": "write", "statuses": "read" } },
            "github_pat_mallory": { "user": "mallory", "kind": "fine-grained", "permissions": "write-all" }
          },
          "repositories": { "{{Repository}}": { "refs": { "heads/main": "{{Sha}}" } } }
        }
        """;

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };

    private static readonly SocketsHttpHandler Handler = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.GZip };

    private readonly Process process;
    private readonly string door;

    private GitHubStandIn(Process process, Dictionary<string, string> facts) =>
        (this.process, Api, door) = (process, facts["http"], $"{facts.GetValueOrDefault("stand-in", facts["http"])}/_stand-in/");

    /// <summary>What `github-api-url` is set to.</summary>
    public string Api { get; }

    public List<Fault> Doubts { get; } = [];

    public static Task<GitHubStandIn> StartAsync(params string[] flags) => LaunchAsync("stand-in.mjs", flags);

    /// <summary>With GitHub's own description in front of it, which every call must fit.</summary>
    public static Task<GitHubStandIn> StartValidatedAsync(params string[] flags) => LaunchAsync("validated.mjs", flags);

    public GitHubClient Client(string token = Token) =>
        new(GitHubAccess.TryMake(Api, Repository, GitHubToken.TryMake(token)!, out _)!, () => Handler, TimeProvider.System);

    public async Task<JsonElement> SeedAsync(string json) => await DoorAsync(HttpMethod.Post, "seed", json);

    /// <summary>More of the repository.</summary>
    public Task<JsonElement> SeedRepositoryAsync(string json) => SeedAsync($$$"""{"repositories":{"{{{Repository}}}":{{{json}}}}}""");

    /// <summary>Takes permissions from the job's token.</summary>
    public Task<JsonElement> GrantAsync(string permissions) => SeedAsync("{\"tokens\":{\"" + Token + "\":{\"permissions\":" + permissions + "}}}");

    /// <summary>What goes wrong with the next calls.</summary>
    public Task FailAsync(string json) => DoorAsync(HttpMethod.Post, "faults", json);

    public async Task<IReadOnlyList<JsonElement>> RequestsAsync() => [.. (await DoorAsync(HttpMethod.Get, "requests")).EnumerateArray()];

    public Task ForgetRequestsAsync() => DoorAsync(HttpMethod.Delete, "requests");

    /// <summary>The calls of a method whose path ends like this.</summary>
    public async Task<IReadOnlyList<JsonElement>> CallsAsync(string method, string path) =>
        [.. (await RequestsAsync()).Where(call => call.GetProperty("method").GetString() == method && call.GetProperty("path").GetString()!.EndsWith(path, StringComparison.Ordinal))];

    public async Task<JsonElement> DoorAsync(HttpMethod method, string path, string? body = null, byte[]? bytes = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"{door}{path}"))
        {
            Content = bytes is not null ? new ByteArrayContent(bytes) : body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        if (text.Length == 0)
        {
            return default;
        }

        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task<GitHubStandIn> LaunchAsync(string script, string[] flags)
    {
        var folder = Folder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules")) && script != "stand-in.mjs")
        {
            using var install = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
            await install.StandardOutput.ReadToEndAsync();
            await install.WaitForExitAsync();
        }

        var process = Process.Start(new ProcessStartInfo("node", [script, "--port", "0", .. flags]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{script} did not start.");
        var standIn = new GitHubStandIn(process, Fact().Matches(line).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value));
        await standIn.SeedAsync(Start);
        return standIn;
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Actions.sln")))
            {
                return Path.Combine(folder.FullName, "tests", "github");
            }
        }

        throw new DirectoryNotFoundException("The tests run inside a working copy.");
    }

    [GeneratedRegex(@"([a-z-]+)=(\S+)")]
    private static partial Regex Fact();
}
