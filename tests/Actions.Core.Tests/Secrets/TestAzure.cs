using System.Text.Json;

namespace Actions.Core.Tests.Secrets;

/// <summary>A tenant and a vault of Azure for the tests, in the stand-in.</summary>
public sealed class TestAzure : IAsyncLifetime
{
    public const string Client = "cccccccc-1111-2222-3333-dddddddddddd";

    private const string Subject = "repo:acme@1234/perps@5678:environment:production";

    public StandIns StandIns { get; init; } = new();

    public string Vault => StandIns["azure"];

    public string Tenant { get; private set; } = "";

    /// <summary>What the environment of a job says: its identity, and where Entra answers.</summary>
    public Dictionary<string, string> Variables => new(StandIns.OidcVariables) { ["AZURE_AUTHORITY_HOST"] = StandIns["azure"] };

    public Dictionary<string, string> Inputs(string client = Client) => new() { ["azure-tenant-id"] = Tenant, ["azure-client-id"] = client };

    public async Task InitializeAsync()
    {
        await StandIns.InitializeAsync();
        Tenant = await ApplicationAsync(Client, Subject, "get", "set");
    }

    public Task DisposeAsync() => StandIns.DisposeAsync();

    public async Task<string> ApplicationAsync(string client, string? subject = null, params string[] permissions) => (await ControlAsync(
        $$"""{"op":"application","client":"{{client}}","subject":"{{subject ?? Subject}}","permissions":[{{string.Join(',', permissions.Select(word => $"\"{word}\""))}}]}""")).GetProperty("tenant").GetString()!;

    /// <returns>Its version.</returns>
    public async Task<string> PutAsync(string name, string value) =>
        (await ControlAsync($$"""{"op":"secret","name":"{{name}}","value":"{{JsonEncodedText.Encode(value)}}"}""")).GetProperty("version").GetString()!;

    public Task<JsonElement> ControlAsync(string command) => StandIns.ControlAsync("azure", command);
}
