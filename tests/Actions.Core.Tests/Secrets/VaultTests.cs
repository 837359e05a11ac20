using System.Text;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;
using Actions.Core.Smoke;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Secrets;

/// <summary>Vault as a job uses it; against a real one when VAULT_ADDR is set.</summary>
public sealed class VaultTests(TestVault vault) : IClassFixture<TestVault>
{
    private static readonly byte[] Secret = [.. Some.Bytes(61, 32), .. Ed25519.PublicKey(Some.Bytes(61, 32)).ToArray()];

    private static readonly string Json = $"[{string.Join(',', Secret)}]";

    private static readonly Address Address = new(Secret.AsSpan(32));

    [Fact]
    public async Task A_key_is_read_from_version_2_with_its_version_and_age()
    {
        await vault.PutAsync("deployer", "keypair", "an older value");
        await vault.PutAsync("deployer", "keypair", Json);
        using var session = Job();

        var key = await session.KeyAsync($"vault:{vault.Kv2}/deployer#keypair");

        key.Address.ShouldBe(Address);
        key.Source.Provider.ShouldBe($"vault:{vault.Kv2}/deployer#keypair");
        key.Source.Version.ShouldBe("2");
        (DateTimeOffset.UtcNow - key.Source.CreatedAt!.Value).ShouldBeInRange(TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_key_is_read_from_version_1()
    {
        await vault.PutInVersion1Async("deployer", "keypair", Base58.Encode(Secret));
        using var session = Job();

        var key = await session.KeyAsync($"vault:{vault.Kv1}/deployer#keypair");

        key.Address.ShouldBe(Address);
        key.Source.Version.ShouldBeNull();
    }

    [Fact]
    public async Task Any_secret_text_can_live_in_vault()
    {
        await vault.PutAsync("ci/github", "token", "ghp_\"quoted\"\\é");
        using var session = Job();

        (await session.TextAsync($"vault:{vault.Kv2}/ci/github#token")).ShouldBe("ghp_\"quoted\"\\é");
        session.World.Masker.Scrub("ghp_\"quoted\"\\é").ShouldBe("***");
    }

    [Fact]
    public async Task A_word_of_a_smoke_spec_can_live_in_vault()
    {
        await vault.PutAsync("smoke", "token", "secret-value-7");
        using var session = Job();
        var world = session.World;
        var yaml = $$"""
            version: 1
            checks:
              - { name: api, http: { url: "https://api.example/health", headers: { Authorization: "Bearer vault:{{vault.Kv2}}/smoke#token" } } }
            """;
        var file = new InputFile(new WorkspacePath("smoke.yml", Path.Combine(world.Workspace, "smoke.yml")), Encoding.UTF8.GetBytes(yaml));

        var spec = await session.ReadAsync(world, reader => SmokeSpecReader.Read(file, null, world.Environment, world.Masker, reader.Provided).OrThrow());

        spec!.Checks.ShouldHaveSingleItem().Kind.ShouldBeOfType<SmokeKind.Http>().Headers.ShouldHaveSingleItem().Value.ShouldBe("Bearer secret-value-7");
        world.Masker.Scrub("secret-value-7").ShouldBe("***");
    }

    [Fact]
    public async Task A_transit_key_signs_and_stays_where_it_is()
    {
        var address = await vault.NewTransitKeyAsync("signs");
        using var session = Job();

        var key = await session.KeyAsync($"vault-transit:{vault.Transit}/signs");
        var messages = Enumerable.Range(0, 300).Select(i => (ReadOnlyMemory<byte>)Some.Bytes(i, 100 + i)).ToList();
        var signatures = await key.Key.SignAsync(messages, CancellationToken.None);

        key.Address.ShouldBe(address);
        key.Source.Version.ShouldBe("1");
        key.Source.CreatedAt.ShouldNotBeNull();
        messages.Zip(signatures, (message, signature) => Ed25519.Verify(address, message.Span, signature)).ShouldAllBe(isGood => isGood);
    }

    [Fact]
    public async Task A_key_that_is_rotated_during_the_run_stays_the_key_of_the_run()
    {
        var address = await vault.NewTransitKeyAsync("rotates");
        using var session = Job();
        var key = await session.KeyAsync($"vault-transit:{vault.Transit}/rotates");

        await vault.RotateAsync("rotates");

        var signature = (await key.Key.SignAsync([Secret], CancellationToken.None))[0];
        Ed25519.Verify(address, Secret, signature).ShouldBeTrue();
        using var next = Job();
        (await next.KeyAsync($"vault-transit:{vault.Transit}/rotates")).Address.ShouldBe(await vault.TransitAddressAsync("rotates", 2));
        (await next.KeyAsync($"vault-transit:{vault.Transit}/rotates@1")).Address.ShouldBe(address);
    }

    [Fact]
    public async Task A_token_of_few_uses_is_replaced_while_signing()
    {
        var address = await vault.NewTransitKeyAsync("busy");
        await vault.RoleAsync("brief", "deploy", uses: 3);
        using var session = Job("brief");
        var key = await session.KeyAsync($"vault-transit:{vault.Transit}/busy");

        for (var i = 0; i < 8; i++)
        {
            var message = Some.Bytes(i, 50);
            var signature = (await key.Key.SignAsync([message], CancellationToken.None))[0];
            Ed25519.Verify(address, message, signature).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task An_approle_and_a_given_token_will_do()
    {
        await vault.PutAsync("ways", "keypair", Json);
        using var role = new Session().With(new Dictionary<string, string>
        {
            ["vault-addr"] = vault.Address, ["vault-approle-id"] = vault.AppRole.Id, ["vault-approle-secret"] = "env:SECRET_ID",
        }, new Dictionary<string, string> { ["SECRET_ID"] = vault.AppRole.Secret });

        (await role.KeyAsync($"vault:{vault.Kv2}/ways#keypair")).Address.ShouldBe(Address);
        role.World.Masker.Scrub(vault.AppRole.Secret).ShouldBe("***");
    }

    [Fact]
    public async Task A_role_without_the_policy_is_told_which_one_it_lacks()
    {
        await vault.PutAsync("closed", "keypair", Json);
        await vault.NewTransitKeyAsync("closed");
        using var session = Job("powerless");

        var read = await session.FaultAsync($"vault:{vault.Kv2}/closed#keypair");
        var sign = await session.FaultAsync($"vault-transit:{vault.Transit}/closed");

        read.Code.ShouldBe(FaultCodes.SecretDenied);
        read.Message.ShouldContain($"the role 'powerless' at auth/{vault.JwtMount}");
        read.Message.ShouldContain("capabilities = [\"read\"]");
        sign.Code.ShouldBe(FaultCodes.SecretDenied);
        sign.Message.ShouldContain($"path \"{vault.Transit}/keys/closed\"");
    }

    [Theory]
    [InlineData("elsewhere", null, "environment")]
    [InlineData("nobody", null, "nobody")]
    [InlineData("deploy", "https://somewhere.else", "audience")]
    public async Task A_log_in_that_vault_refuses_says_which_claim(string role, string? audience, string named)
    {
        using var session = Job(role);
        session.World.Input("vault-audience", audience ?? TestVault.Audience);

        var fault = await session.FaultAsync($"vault:{vault.Kv2}/deployer#keypair");

        fault.Code.ShouldBe(FaultCodes.SecretDenied);
        fault.Found.ShouldContain(named);
        fault.Remedy.ShouldContain("bound_claims");
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        await vault.PutAsync("partly", "keypair", Json);
        await vault.NewTransitKeyAsync("symmetric", "aes256-gcm96");
        using var session = Job();

        (await session.FaultAsync($"vault:{vault.Kv2}/absent#keypair")).Code.ShouldBe(FaultCodes.SecretMissing);
        var field = await session.FaultAsync($"vault:{vault.Kv2}/partly#seed");
        field.Code.ShouldBe(FaultCodes.SecretMissing);
        field.Expected.ShouldContain("'seed'");
        (await session.FaultAsync($"vault-transit:{vault.Transit}/absent")).Code.ShouldBe(FaultCodes.SecretMissing);
        (await session.FaultAsync($"vault-transit:{vault.Transit}/symmetric")).Found.ShouldContain("aes256-gcm96");
        (await session.FaultAsync($"vault-transit:{vault.Transit}/symmetric@7")).Code.ShouldBe(FaultCodes.SecretInvalid);
    }

    [Fact]
    public async Task What_is_no_key_is_said_and_never_shown()
    {
        await vault.PutAsync("no-key", "keypair", $"[{string.Join(',', Secret.Take(63))}]");
        using var session = Job();

        var fault = await session.FaultAsync($"vault:{vault.Kv2}/no-key#keypair");

        fault.Code.ShouldBe(FaultCodes.KeyLength);
        fault.Message.ShouldNotContain($"{Secret[0]},{Secret[1]}");
    }

    private Session Job(string? role = null) => new Session().With(vault.Inputs(role), vault.StandIns.OidcVariables);
}
