using System.Text.Json;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Secrets;

/// <summary>A Vault set up for one test class: the real one that VAULT_ADDR and VAULT_TOKEN name, else the stand-in. The set-up is the same.</summary>
public sealed class TestVault : IAsyncLifetime
{
    private readonly string id = Guid.NewGuid().ToString("N")[..8];
    private string root = "";

    public StandIns StandIns { get; init; } = new();

    public string Address { get; private set; } = "";

    /// <summary>For tests in which it misbehaves, which a real one does not on request.</summary>
    public bool IsAlwaysStandIn { get; init; }

    public bool IsReal { get; private set; }

    public string Kv2 => $"team-{id}/kv2";

    public string Kv1 => $"kv1-{id}";

    public string Transit => $"transit-{id}";

    public string JwtMount => $"jwt-{id}";

    /// <summary>May use everything that a deploy needs, for this audience only.</summary>
    public const string Role = "deploy";

    public const string Audience = "https://vault.acme.example";

    public (string Id, string Secret) AppRole { get; private set; }

    /// <summary>The inputs of a job that logs in with its OIDC token.</summary>
    public Dictionary<string, string> Inputs(string? role = null) => new()
    {
        ["vault-addr"] = Address,
        ["vault-role"] = role ?? Role,
        ["vault-auth-mount"] = JwtMount,
        ["vault-audience"] = Audience,
    };

    public async Task InitializeAsync()
    {
        await StandIns.InitializeAsync();
        var given = Environment.GetEnvironmentVariable("VAULT_ADDR");
        IsReal = given is { Length: > 0 } && !IsAlwaysStandIn;
        (Address, root) = IsReal ? (given!, Environment.GetEnvironmentVariable("VAULT_TOKEN")!) : (StandIns["vault"], StandIns["vault-root-token"]);
        await PostAsync($"sys/mounts/{Kv2}", """{"type":"kv","options":{"version":"2"}}""");
        await PostAsync($"sys/mounts/{Kv1}", """{"type":"kv","options":{"version":"1"}}""");
        await PostAsync($"sys/mounts/{Transit}", """{"type":"transit"}""");
        await PolicyAsync("deploy",
            ($"{Kv2}/data/*", """["read","create","update"]"""), ($"{Kv1}/*", """["read","create","update"]"""), ($"{Transit}/keys/*", """["read"]"""), ($"{Transit}/sign/*", """["update"]"""));
        await PolicyAsync("nothing", ("nowhere/*", """["read"]"""));
        await PostAsync($"sys/auth/{JwtMount}", """{"type":"jwt"}""");
        await PostAsync($"auth/{JwtMount}/config", $$"""{"jwt_validation_pubkeys":[{{Quote(StandIns["oidc-public-key"])}}]}""");
        await RoleAsync(Role, "deploy");
        await RoleAsync("powerless", "nothing");
        await RoleAsync("elsewhere", "deploy", more: ""","bound_claims":{"environment":"staging"}""");
        await PostAsync("sys/auth/approle", """{"type":"approle"}""", mayFail: true);
        await PostAsync($"auth/approle/role/{id}", $$"""{"token_policies":["deploy-{{id}}"],"token_ttl":"10m"}""");
        AppRole = (
            (await GetAsync($"auth/approle/role/{id}/role-id")).GetProperty("data").GetProperty("role_id").GetString()!,
            (await PostAsync($"auth/approle/role/{id}/secret-id", "{}")).GetProperty("data").GetProperty("secret_id").GetString()!);
    }

    public async Task DisposeAsync() => await StandIns.DisposeAsync();

    /// <summary>A token as somebody would put it into VAULT_TOKEN.</summary>
    public async Task<string> TokenAsync(string name, string policy = "deploy") =>
        (await PostAsync("auth/token/create", $$"""{"policies":["{{policy}}-{{id}}"],"ttl":"10m","display_name":"{{name}}"}""")).GetProperty("auth").GetProperty("client_token").GetString()!;

    /// <summary>A role for tokens that end after so many requests, or so soon.</summary>
    public Task RoleAsync(string name, string policy, int uses = 0, string ttl = "10m", string more = "") => PostAsync(
        $"auth/{JwtMount}/role/{name}",
        $$"""{"role_type":"jwt","user_claim":"repository","bound_audiences":["{{Audience}}"],"token_policies":["{{policy}}-{{id}}"],"token_ttl":"{{ttl}}","token_num_uses":{{uses}}{{more}}}""");

    /// <summary>A key that never leaves Vault.</summary>
    public async Task<Address> NewTransitKeyAsync(string name, string type = "ed25519")
    {
        await PostAsync($"{Transit}/keys/{name}", $$"""{"type":"{{type}}"}""");
        return type == "ed25519" ? await TransitAddressAsync(name, 1) : default;
    }

    public Task RotateAsync(string name) => PostAsync($"{Transit}/keys/{name}/rotate", "{}");

    public async Task<Address> TransitAddressAsync(string name, int version)
    {
        var keys = (await GetAsync($"{Transit}/keys/{name}")).GetProperty("data").GetProperty("keys");
        return new Address(keys.GetProperty($"{version}").GetProperty("public_key").GetBytesFromBase64());
    }

    public Task PutAsync(string name, string field, string value) => PostAsync($"{Kv2}/data/{name}", $$$"""{"data":{"{{{field}}}":{{{Quote(value)}}},"other":"x"}}""");

    public Task PutInVersion1Async(string name, string field, string value) => PostAsync($"{Kv1}/{name}", $$"""{"{{field}}":{{Quote(value)}}}""");

    public Task<JsonElement> GetAsync(string path) => StandIns.SendAsync(HttpMethod.Get, $"{Address}/v1/{path}", null, ("X-Vault-Token", root), ("X-Vault-Request", "true"));

    /// <summary>Log-ins, revocations, signatures so far; the stand-in's word.</summary>
    public Task<JsonElement> CountsAsync() => StandIns.ControlAsync("vault", """{"op":"counts"}""");

    public Task FaultAsync(string? fault) => StandIns.FaultAsync("vault", fault);

    private Task<JsonElement> PolicyAsync(string name, params (string Path, string Capabilities)[] rules)
    {
        var listed = rules.Select(rule => $$"""{{Quote(rule.Path)}}:{"capabilities":{{rule.Capabilities}}}""");
        var policy = "{\"path\":{" + string.Join(',', listed) + "}}";
        return PostAsync($"sys/policies/acl/{name}-{id}", $$"""{"policy":{{Quote(policy)}}}""");
    }

    private async Task<JsonElement> PostAsync(string path, string json, bool mayFail = false)
    {
        try
        {
            return await StandIns.SendAsync(HttpMethod.Post, $"{Address}/v1/{path}", json, ("X-Vault-Token", root), ("X-Vault-Request", "true"));
        }
        catch (InvalidOperationException) when (mayFail)
        {
            return default;
        }
        catch (InvalidOperationException problem) when (problem.Message.Contains("Upgrading from non-versioned", StringComparison.Ordinal))
        {
            // A new key-value engine is not ready at once.
            await Task.Delay(200);
            return await PostAsync(path, json);
        }
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
