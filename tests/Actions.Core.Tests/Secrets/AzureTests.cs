using Actions.Core.Faults;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Secrets;

public sealed class AzureTests : IAsyncLifetime
{
    private static readonly byte[] Secret = [.. Some.Bytes(63, 32), .. Ed25519.PublicKey(Some.Bytes(63, 32)).ToArray()];

    private static readonly string Json = $"[{string.Join(',', Secret)}]";

    private readonly TestAzure azure = new();

    public Task InitializeAsync() => azure.InitializeAsync();

    public Task DisposeAsync() => azure.DisposeAsync();

    [Fact]
    public async Task A_key_is_read_with_its_version_and_age()
    {
        var older = await azure.PutAsync("deployer", Json);
        var newer = await azure.PutAsync("deployer", Base58.Encode(Secret));
        using var session = Job();

        var latest = await session.KeyAsync($"azure-keyvault:{azure.Vault}/deployer");
        var pinned = await session.KeyAsync($"azure-keyvault:{azure.Vault}/deployer/{older}");

        latest.Address.ShouldBe(new Address(Secret.AsSpan(32)));
        latest.Source.Version.ShouldBe(newer);
        pinned.Source.Version.ShouldBe(older);
        (DateTimeOffset.UtcNow - latest.Source.CreatedAt!.Value).ShouldBeLessThan(TimeSpan.FromMinutes(5));
        (await azure.ControlAsync("{}")).GetProperty("exchanged").GetInt32().ShouldBe(1);
        (await azure.StandIns.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_expired_token_is_replaced()
    {
        await azure.PutAsync("token", "secret-value-3");
        using var session = Job();
        await session.TextAsync($"azure-keyvault:{azure.Vault}/token");
        await azure.ControlAsync("""{"op":"expire"}""");
        await azure.PutAsync("other", "secret-value-4");

        (await session.TextAsync($"azure-keyvault:{azure.Vault}/other")).ShouldBe("secret-value-4");
    }

    [Fact]
    public async Task A_refusal_names_what_is_missing()
    {
        await azure.PutAsync("deployer", Json);
        await azure.ApplicationAsync("elsewhere", "repo:acme/perps:ref:refs/heads/main", "get");
        await azure.ApplicationAsync("powerless", null);
        using var session = Job();
        using var elsewhere = Job("elsewhere");
        using var powerless = Job("powerless");
        using var nobody = Job("nobody");

        (await session.FaultAsync($"azure-keyvault:{azure.Vault}/absent")).Code.ShouldBe(FaultCodes.SecretMissing);
        var subject = await elsewhere.FaultAsync($"azure-keyvault:{azure.Vault}/deployer");
        subject.Code.ShouldBe(FaultCodes.SecretDenied);
        subject.Found.ShouldContain("repo:acme@1234/perps@5678:environment:production");
        subject.Remedy.ShouldContain("federated credential");
        var denied = await powerless.FaultAsync($"azure-keyvault:{azure.Vault}/deployer");
        denied.Found.ShouldContain("ForbiddenByRbac");
        denied.Remedy.ShouldContain("Key Vault Secrets User");
        (await nobody.FaultAsync($"azure-keyvault:{azure.Vault}/deployer")).Found.ShouldContain("AADSTS700016");
        (await azure.StandIns.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_of_azure_is_never_sent_to_somebody_else()
    {
        using var session = Job();
        session.World.With("AZURE_AUTHORITY_HOST", "");

        var fault = await session.FaultAsync("azure-keyvault:https://vault.azure.net.evil.example/deployer");

        fault.Code.ShouldBe(FaultCodes.SecretDenied);
        (await azure.ControlAsync("{}")).GetProperty("exchanged").GetInt32().ShouldBe(0);
    }

    private Session Job(string client = TestAzure.Client) => new Session().With(azure.Inputs(client), azure.Variables);
}
