using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;
using Actions.Core.Tests.Secrets;

namespace Actions.Cli.Tests.Secrets;

/// <summary>One of the ways in which a deploy gets its payer from a provider.</summary>
/// <param name="Service">The stand-in that is asked.</param>
/// <param name="Key">The reference.</param>
/// <param name="WrongKey">A reference to something that cannot sign for Solana.</param>
/// <param name="Secrets">What must not be found anywhere, besides what the provider issues: the key in every encoding, and what the job logs in with.</param>
/// <param name="Registry">A place of the same provider to write to.</param>
/// <param name="Expire">What has the provider take none of the present tokens any more.</param>
internal sealed record KeyHome(
    string Name, string Service, string Key, string WrongKey, Address Payer, IReadOnlyList<string> Secrets, (string Name, string Value)[] Inputs, IReadOnlyDictionary<string, string> Variables,
    string Registry, string Expire)
{
    /// <summary>Whether the provider signs, so that it is needed to the end.</summary>
    public bool Signs => Name is "transit" or "kms";

    /// <summary>Whether it is the token that somebody gave the job, which the job cannot replace.</summary>
    public bool IsGivenToken => Name == "kv-token";
}

/// <summary>All of them, in one set of stand-ins, each with tokens of its own name, and a node to deploy to.</summary>
public sealed class KeyHomes : IAsyncLifetime
{
    private readonly TestVault vault;
    private readonly TestAws aws;
    private readonly TestAzure azure;

    public KeyHomes()
    {
        StandIns = new StandIns { CertificateFile = Authority.ServerFile };
        (vault, aws, azure) = (new TestVault { StandIns = StandIns, IsAlwaysStandIn = true }, new TestAws { StandIns = StandIns }, new TestAzure { StandIns = StandIns });
    }

    public StandIns StandIns { get; }

    /// <summary>Whose certificates the stand-ins have where they speak https.</summary>
    internal TestAuthority Authority { get; } = new();

    internal Localnet Net { get; private set; } = null!;

    internal IReadOnlyList<KeyHome> All { get; private set; } = [];

    /// <summary>A key of Transit for a test to rotate, at its first version.</summary>
    internal (string Reference, Address Address) Rotating { get; private set; }

    public async Task InitializeAsync()
    {
        await vault.InitializeAsync();
        await aws.InitializeAsync();
        await azure.InitializeAsync();
        Net = await Localnet.StartAsync();
        All = await Task.WhenAll(KvByJwtAsync(), KvByTokenAsync(), KvByAppRoleAsync(), TransitAsync(), SecretsManagerAsync(), KmsAsync(), KeyVaultAsync());
        Rotating = ($"vault-transit:{vault.Transit}/rotating", await FundedAsync(await vault.NewTransitKeyAsync("rotating")));
    }

    public async Task DisposeAsync()
    {
        await Net.DisposeAsync();
        await StandIns.DisposeAsync();
        Authority.Dispose();
    }

    /// <summary>The same home where its provider speaks https.</summary>
    internal KeyHome OverTls(KeyHome home)
    {
        string Moved(string text) => new[] { "oidc", "vault", "aws", "azure" }.Aggregate(text, (moved, service) => moved.Replace(StandIns[service], StandIns[$"{service}-tls"], StringComparison.Ordinal));
        return home with
        {
            Key = Moved(home.Key), Inputs = [.. home.Inputs.Select(input => (input.Name, Moved(input.Value)))], Variables = home.Variables.ToDictionary(variable => variable.Key, variable => Moved(variable.Value)),
        };
    }

    public Task RotateAsync() => vault.RotateAsync("rotating");

    /// <summary>Has every provider misbehave; null for none.</summary>
    public async Task FaultAsync(string? vaults, string? awss, string? azures)
    {
        await StandIns.FaultAsync("vault", vaults);
        await StandIns.FaultAsync("aws", awss);
        await StandIns.FaultAsync("azure", azures);
    }

    /// <summary>Everything that was handed out and everything that a job knows.</summary>
    internal async Task<IReadOnlyList<string>> LeaksAsync(KeyHome home) => [.. home.Secrets, .. await StandIns.IssuedAsync()];

    /// <summary>Every text that the registry of a home ever had, oldest first.</summary>
    internal async Task<IReadOnlyList<string>> RegistryAsync(KeyHome home)
    {
        if (home.Service != "vault")
        {
            var name = home.Registry[(home.Registry.LastIndexOf('/') + 1)..];
            return [.. (await StandIns.ControlAsync(home.Service, $$"""{"op":"versions","name":"{{name}}"}""")).GetProperty("versions").EnumerateArray().Select(text => text.GetString()!)];
        }

        var path = $"{vault.Kv2}/data/{home.Name}-registry";
        var count = (await vault.GetAsync(path)).GetProperty("data").GetProperty("metadata").GetProperty("version").GetInt32();
        var versions = Enumerable.Range(1, count).Select(async version => (await vault.GetAsync($"{path}?version={version}")).GetProperty("data").GetProperty("data").GetProperty("programs").GetString()!);
        return await Task.WhenAll(versions);
    }

    private async Task<KeyHome> KvByJwtAsync()
    {
        await vault.RoleAsync("kv-jwt", "deploy");
        return await KvAsync("kv-jwt", key => key.Json, [], [.. vault.Inputs("kv-jwt").Select(input => (input.Key, input.Value))], StandIns.OidcVariables, "kv-jwt");
    }

    private async Task<KeyHome> KvByTokenAsync()
    {
        var token = await vault.TokenAsync("kv-token");
        return await KvAsync("kv-token", key => key.InBase58, [token], [("vault-addr", vault.Address)], new Dictionary<string, string> { ["VAULT_TOKEN"] = token }, "kv-token");
    }

    private Task<KeyHome> KvByAppRoleAsync() => KvAsync(
        "kv-approle", key => key.Json, [vault.AppRole.Secret], [("vault-addr", vault.Address), ("vault-approle-id", vault.AppRole.Id), ("vault-approle-secret", vault.AppRole.Secret)],
        new Dictionary<string, string>(), vault.AppRole.Id);

    private async Task<KeyHome> KvAsync(
        string name, Func<TestKey, string> form, IReadOnlyList<string> login, (string Name, string Value)[] inputs, IReadOnlyDictionary<string, string> variables, string tokens)
    {
        var (payer, wrong) = (await Net.PayerAsync(), TestKey.New());
        await vault.PutAsync(name, "keypair", form(payer));
        await vault.PutAsync($"{name}-wrong", "keypair", Shortened(wrong));
        return new KeyHome(
            name, "vault", $"vault:{vault.Kv2}/{name}#keypair", $"vault:{vault.Kv2}/{name}-wrong#keypair", payer.Address, [.. payer.Leaks, .. wrong.Leaks, .. login], inputs, variables,
            $"vault:{vault.Kv2}/{name}-registry#programs", $$"""{"op":"expire","name":"{{tokens}}"}""");
    }

    private async Task<KeyHome> TransitAsync()
    {
        await vault.RoleAsync("transit", "deploy");
        var payer = await FundedAsync(await vault.NewTransitKeyAsync("payer"));
        await vault.NewTransitKeyAsync("wrong", "aes256-gcm96");
        return new KeyHome(
            "transit", "vault", $"vault-transit:{vault.Transit}/payer", $"vault-transit:{vault.Transit}/wrong", payer, [], [.. vault.Inputs("transit").Select(input => (input.Key, input.Value))], StandIns.OidcVariables,
            $"vault:{vault.Kv2}/transit-registry#programs", """{"op":"expire","name":"transit"}""");
    }

    private async Task<KeyHome> SecretsManagerAsync()
    {
        var (payer, wrong) = (await Net.PayerAsync(), TestKey.New());
        await aws.PutAsync("payer", $$"""{"keypair":{{payer.Json}}}""");
        await aws.PutAsync("wrong", Shortened(wrong));
        await aws.PutAsync("registry-secretsmanager", "{}");
        return Aws("secretsmanager", $"aws-secretsmanager:{TestAws.Region}/payer#keypair", $"aws-secretsmanager:{TestAws.Region}/wrong", payer.Address, [.. payer.Leaks, .. wrong.Leaks], await aws.RoleAsync("secretsmanager"));
    }

    private async Task<KeyHome> KmsAsync()
    {
        var payer = await FundedAsync(await aws.NewKeyAsync("payer"));
        await aws.NewKeyAsync("wrong", "RSA_2048");
        await aws.PutAsync("registry-kms", "{}");
        return Aws("kms", $"aws-kms:{TestAws.Region}/alias/payer", $"aws-kms:{TestAws.Region}/alias/wrong", payer, [], await aws.RoleAsync("kms"));
    }

    private KeyHome Aws(string name, string key, string wrong, Address payer, IReadOnlyList<string> secrets, string role) => new(
        name, "aws", key, wrong, payer, secrets, [("aws-role-arn", role)], aws.Variables, $"aws-secretsmanager:{TestAws.Region}/registry-{name}", $$"""{"op":"expire","name":"{{name}}"}""");

    private async Task<KeyHome> KeyVaultAsync()
    {
        var (payer, wrong) = (await Net.PayerAsync(), TestKey.New());
        await azure.PutAsync("payer", payer.InBase58);
        await azure.PutAsync("wrong", Shortened(wrong));
        return new KeyHome(
            "keyvault", "azure", $"azure-keyvault:{azure.Vault}/payer", $"azure-keyvault:{azure.Vault}/wrong", payer.Address, [.. payer.Leaks, .. wrong.Leaks],
            [.. azure.Inputs().Select(input => (input.Key, input.Value))], azure.Variables, $"azure-keyvault:{azure.Vault}/registry", """{"op":"expire"}""");
    }

    private async Task<Address> FundedAsync(Address address)
    {
        await Net.FundAsync(address, 100_000_000_000);
        return address;
    }

    /// <summary>A key without its last byte: no key any more, and still a secret.</summary>
    private static string Shortened(TestKey key) => key.Json[..key.Json.LastIndexOf(',')] + "]";
}
