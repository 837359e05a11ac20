using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Secrets;
using Actions.Core.Tests.Runner;
using Actions.Core.Tests.Secrets;

namespace Actions.Core.Tests.Registry;

/// <summary>The registry where it is kept; Vault's also against a real one when VAULT_ADDR is set.</summary>
public sealed class RegistryWriterTests(TestVault vault, TestAws aws, TestAzure azure) : IClassFixture<TestVault>, IClassFixture<TestAws>, IClassFixture<TestAzure>
{
    [Fact]
    public async Task Writers_at_the_same_time_lose_nothing_of_each_other()
    {
        await vault.PutAsync("registry", "owner", "platform");
        var place = $"vault:{vault.Kv2}/registry#programs";

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => WriteAsync(place, $"environment-{i}", vault.Inputs(), vault.StandIns.OidcVariables, 1)));
        (await WriteAsync(place, "environment-0", vault.Inputs(), vault.StandIns.OidcVariables, 2)).ShouldBeTrue();
        (await WriteAsync(place, "environment-0", vault.Inputs(), vault.StandIns.OidcVariables, 2)).ShouldBeFalse();

        var secret = (await vault.GetAsync($"{vault.Kv2}/data/registry")).GetProperty("data");
        secret.GetProperty("metadata").GetProperty("version").GetInt32().ShouldBe(6);
        secret.GetProperty("data").GetProperty("owner").GetString().ShouldBe("platform");
        var text = secret.GetProperty("data").GetProperty("programs").GetString()!;
        Enumerable.Range(0, 4).ShouldAllBe(i => RegistryDocumentTests.At(text, $"environment-{i}", "perps").GetProperty("slot").GetInt32() == (i == 0 ? 2 : 1));
        RegistryDocumentTests.At(text, "environment-0", "perps").GetProperty("history").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Version_1_of_the_engine_will_do()
    {
        await vault.PutInVersion1Async("registry", "owner", "platform");

        (await WriteAsync($"vault:{vault.Kv1}/registry#programs", "production", vault.Inputs(), vault.StandIns.OidcVariables, 1)).ShouldBeTrue();

        var data = (await vault.GetAsync($"{vault.Kv1}/registry")).GetProperty("data");
        data.GetProperty("owner").GetString().ShouldBe("platform");
        RegistryDocumentTests.At(data.GetProperty("programs").GetString()!, "production", "perps").GetProperty("version").GetString().ShouldBe("1.0.1");
    }

    [Fact]
    public async Task Aws_and_azure_keep_one_too()
    {
        await aws.PutAsync("registry", "{}");

        (await WriteAsync($"aws-secretsmanager:{TestAws.Region}/registry", "production", Role, aws.Variables, 1)).ShouldBeTrue();
        (await WriteAsync($"aws-secretsmanager:{TestAws.Region}/registry", "production", Role, aws.Variables, 1)).ShouldBeFalse();
        (await WriteAsync($"azure-keyvault:{azure.Vault}/registry", "production", azure.Inputs(), azure.Variables, 1)).ShouldBeTrue();
        (await WriteAsync($"azure-keyvault:{azure.Vault}/registry", "production", azure.Inputs(), azure.Variables, 2)).ShouldBeTrue();

        Newest(await aws.ControlAsync("""{"op":"versions","name":"registry"}"""), 2).GetProperty("history").GetArrayLength().ShouldBe(0);
        Newest(await azure.ControlAsync("""{"op":"versions","name":"registry"}"""), 2).GetProperty("history").GetArrayLength().ShouldBe(1);
        (await aws.StandIns.NotesAsync()).ShouldBeEmpty();
        (await azure.StandIns.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_place_that_may_not_be_written_says_what_is_missing()
    {
        await aws.PutAsync("read-only", "{}");
        var role = await aws.RoleAsync("reader", allows: ["secretsmanager:GetSecretValue"]);

        var denied = await Should.ThrowAsync<FaultException>(() => WriteAsync($"aws-secretsmanager:{TestAws.Region}/read-only", "production", new() { ["aws-role-arn"] = role }, aws.Variables, 1));
        var missing = await Should.ThrowAsync<FaultException>(() => WriteAsync($"aws-secretsmanager:{TestAws.Region}/nowhere", "production", Role, aws.Variables, 1));

        denied.Faults.ShouldHaveSingleItem().Message.ShouldContain("secretsmanager:PutSecretValue");
        missing.Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.SecretMissing);
    }

    [Theory]
    [InlineData("vault-transit:transit/key")]
    [InlineData("azure-keyvault:vault/secret/0123456789abcdef")]
    [InlineData("env:REGISTRY")]
    public void A_place_that_cannot_be_written_is_refused(string place)
    {
        using var world = new World().Input("registry", place);
        var reader = world.Reader();

        reader.Registry("registry").ShouldBeNull();

        reader.Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.InputUnknownValue);
    }

    private Dictionary<string, string> Role => new() { ["aws-role-arn"] = aws.Role };

    private static JsonElement Newest(JsonElement versions, int count)
    {
        var texts = versions.GetProperty("versions").EnumerateArray().Select(text => text.GetString()!).ToList();
        texts.Count.ShouldBe(count);
        return RegistryDocumentTests.At(texts[^1], "production", "perps");
    }

    /// <summary>One job's write.</summary>
    private static async Task<bool> WriteAsync(string place, string environment, Dictionary<string, string> inputs, IReadOnlyDictionary<string, string> variables, int release)
    {
        using var world = new World().Input("registry", place);
        foreach (var (name, value) in inputs)
        {
            world.Input(name, value);
        }

        foreach (var (name, value) in variables)
        {
            world.With(name, value);
        }

        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        var reader = world.Reader();
        ProviderInputs.Read(reader);
        var reference = reader.Registry("registry").ShouldNotBeNull(string.Join('\n', reader.Faults));
        using var session = new SecretsSession(reader.Providers, world.Environment, world.Masker, handler, TimeProvider.System);
        return await session.RegisterAsync(reference, environment, [RegistryDocumentTests.Entry("perps", release)], CancellationToken.None);
    }
}
