using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Actions.Core.Tests.Conventions;

namespace Actions.Core.Tests.Secrets;

/// <summary>GitHub's OIDC provider, Vault, AWS and Azure, as a process of its own that shares no code with the clients.</summary>
public sealed class StandIns : IAsyncLifetime
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private Process? process;
    private JsonElement ready;

    /// <summary>A certificate for 127.0.0.1 with its key, as PEM, for every service to speak https, too; null for none.</summary>
    public string? CertificateFile { get; init; }

    public string this[string name] => ready.GetProperty(name).GetString()!;

    /// <summary>What the runner tells a job that has the permission id-token: write.</summary>
    public IReadOnlyDictionary<string, string> OidcVariables => new Dictionary<string, string>
    {
        ["ACTIONS_ID_TOKEN_REQUEST_URL"] = this["oidc-request-url"],
        ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = this["oidc-request-token"],
    };

    /// <summary>Starts them, once.</summary>
    public async Task InitializeAsync()
    {
        if (process is not null)
        {
            return;
        }

        process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests", "secrets", "main.mjs"), .. CertificateFile is null ? Array.Empty<string>() : [CertificateFile]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync();
        ready = line?.StartsWith("ready ", StringComparison.Ordinal) == true
            ? JsonElement.Parse(line["ready ".Length..])
            : throw new InvalidOperationException($"The stand-ins did not start: {line}\n{await errors}");
    }

    public Task DisposeAsync()
    {
        process?.Kill();
        process?.Dispose();
        process = null;
        return Task.CompletedTask;
    }

    /// <summary>Has a service misbehave until told otherwise.</summary>
    public Task FaultAsync(string service, string? fault) => ControlAsync("fault", $$"""{"service":"{{service}}","fault":{{fault ?? "null"}}}""");

    /// <summary>How many requests the present fault of a service has met.</summary>
    public async Task<int> SeenAsync(string service) => (await SendAsync(HttpMethod.Get, $"{this["control"]}/seen/{service}", null)).GetProperty("seen").GetInt32();

    public Task<JsonElement> ControlAsync(string path, string command) => SendAsync(HttpMethod.Post, $"{this["control"]}/{path}", command);

    /// <summary>What no client should have sent.</summary>
    public async Task<IReadOnlyList<string>> NotesAsync() =>
        [.. (await SendAsync(HttpMethod.Get, $"{this["control"]}/notes", null)).EnumerateArray().Select(note => note.GetString()!)];

    /// <summary>Every secret that was handed out so far: identities, tokens, credentials.</summary>
    public async Task<IReadOnlyList<string>> IssuedAsync() =>
        [.. (await SendAsync(HttpMethod.Get, $"{this["control"]}/issued", null)).EnumerateArray().Select(secret => secret.GetString()!)];

    internal static async Task<JsonElement> SendAsync(HttpMethod method, string url, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, url) { Content = json is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(json)) };
        request.Content?.Headers.Add("content-type", "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return !response.IsSuccessStatusCode ? throw new InvalidOperationException($"{method} {url}: {(int)response.StatusCode} {text}")
            : text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
