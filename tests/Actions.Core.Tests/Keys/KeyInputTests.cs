using System.Security.Cryptography;
using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Solana;
using Actions.Core.Squads;
using Actions.Core.Tests.Runner;

namespace Actions.Core.Tests.Keys;

public sealed class KeyInputTests
{
    private static readonly byte[] Key = MakeKey();

    private static string Json => $"[{string.Join(',', Key)}]";

    public static TheoryData<string> Forms => new(Json, $"[ {string.Join(" , ", Key)} ]\n", $"[\n{string.Join(",\n", Key)}\n]", Base58.Encode(Key));

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_key_may_be_given_as_such(string text)
    {
        using var world = new World().Input("payer", text);

        var key = world.Reader().Key("payer").ShouldBeOfType<KeyInput.Signer>();

        key.Address.ShouldBe(new Address(Key.AsSpan(32)));
        key.Origin.ShouldBe("literal");
        key.ToSigner("payer").IsOk.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_key_may_be_in_a_variable(string text)
    {
        using var world = new World().Input("payer", "env:DEPLOYER").With("DEPLOYER", text);

        world.Reader().Key("payer").ShouldBeOfType<KeyInput.Signer>().Origin.ShouldBe("env:DEPLOYER");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_key_is_masked_in_every_form(string text)
    {
        using var world = new World().Input("payer", "env:DEPLOYER").With("DEPLOYER", text);
        _ = world.Log.Value;

        world.Reader().Key("payer");

        var masked = RunnersSide.Commands(world.Output.ToString()).Select(command => command.Data).ToHashSet();
        foreach (var form in Encodings.Of(Key).Concat(Encodings.Of(Key[..32])))
        {
            world.Masker.Scrub(form).ShouldBe("***");
            masked.ShouldContain(form);
        }
    }

    [Fact]
    public void The_address_of_a_key_is_not_masked()
    {
        using var world = new World().Input("payer", Json);

        var address = world.Reader().Key("payer")!.Address.ToString();

        world.Masker.Scrub(address).ShouldBe(address);
    }

    [Fact]
    public void A_signer_prints_no_key()
    {
        using var world = new World().Input("payer", Json);

        var printed = world.Reader().Key("payer")!.ToString();

        Encodings.Of(Key).ShouldAllBe(form => !printed.Contains(form, StringComparison.Ordinal));
        printed.ShouldContain(new Address(Key.AsSpan(32)).ToString());
    }

    [Fact]
    public void An_address_only_names_a_key()
    {
        using var world = new World().Input("payer", "BPFLoaderUpgradeab1e11111111111111111111111");

        var key = world.Reader().Key("payer").ShouldBeOfType<KeyInput.Named>();

        var fault = key.ToSigner("payer").Faults.ShouldHaveSingleItem();
        fault.Code.Name.ShouldBe("address-not-key");
        fault.Message.ShouldContain("this is an address, not a key".Split("this is ")[1]);
        fault.Input.ShouldBe("payer");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(128)]
    public void A_byte_array_of_another_length_is_no_key(int count)
    {
        var bytes = Enumerable.Repeat((byte)200, count).ToArray();
        using var world = new World().Input("payer", $"[{string.Join(',', bytes)}]");
        var reader = world.Reader();

        reader.Key("payer").ShouldBeNull();
        var fault = reader.Faults.ShouldHaveSingleItem();
        fault.Code.Name.ShouldBe("key-length");
        fault.Message.ShouldContain($"found {count} bytes");
        fault.Message.Contains("32 bytes are never read as a seed", StringComparison.Ordinal).ShouldBe(count == 32);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(63)]
    [InlineData(65)]
    public void Base58_of_another_length_is_no_key(int count)
    {
        using var world = new World().Input("payer", Base58.Encode(Enumerable.Repeat((byte)200, count).ToArray()));
        var reader = world.Reader();

        reader.Key("payer").ShouldBeNull();
        reader.Faults.ShouldHaveSingleItem().Code.Name.ShouldBe("key-length");
    }

    [Fact]
    public void Halves_that_do_not_match_are_refused()
    {
        var broken = Key.ToArray();
        broken[40] ^= 1;
        using var world = new World().Input("payer", $"[{string.Join(',', broken)}]");
        var reader = world.Reader();

        reader.Key("payer").ShouldBeNull();
        reader.Faults.ShouldHaveSingleItem().Code.Name.ShouldBe("key-mismatch");
        world.Masker.Scrub(Base58.Encode(Key.AsSpan(0, 32))).ShouldBe("***");
    }

    [Theory]
    [InlineData("[1,2,300]")]
    [InlineData("[1,-2]")]
    [InlineData("[1.5]")]
    [InlineData("[\"a\"]")]
    [InlineData("[1,2")]
    [InlineData("[1,2] trailing")]
    [InlineData("[[1]]")]
    [InlineData("[")]
    [InlineData("not-base58-0OIl")]
    [InlineData("pen apple pen apple pen apple pen apple pen apple pen apple")]
    [InlineData("0x00112233")]
    [InlineData("env:")]
    [InlineData("env:1ST")]
    [InlineData("env:A-B")]
    [InlineData("vault:secret")]
    [InlineData("vault:secret/path")]
    [InlineData("vault:#field")]
    [InlineData("vault-transit:key")]
    [InlineData("vault-transit:mount/key@v1")]
    [InlineData("vault-transit:mount/key@0")]
    [InlineData("azure-keyvault:vault")]
    [InlineData("azure-keyvault:vault/secret/version/more")]
    [InlineData("aws-secretsmanager:eu-west-1")]
    [InlineData("aws-kms:eu-west-1")]
    [InlineData("squads:not-an-address")]
    [InlineData("squads:BPFLoaderUpgradeab1e11111111111111111111111/256")]
    [InlineData("squads:BPFLoaderUpgradeab1e11111111111111111111111/-1")]
    public void What_has_no_known_form_is_invalid_and_not_quoted(string text)
    {
        using var world = new World().Input("payer", text);
        var reader = world.Reader();

        reader.Key("payer").ShouldBeNull();
        var fault = reader.Faults.ShouldHaveSingleItem();
        fault.Code.Name.ShouldBe("input-invalid");
        fault.Found.ShouldNotContain(text);
    }

    [Theory]
    [InlineData("vault:secret/deploy#keypair", "vault-addr")]
    [InlineData("vault-transit:transit/deployer@3", "vault-addr")]
    [InlineData("azure-keyvault:vault/deployer", "azure-tenant-id")]
    [InlineData("azure-keyvault:https://vault.vault.azure.net/deployer", "azure-tenant-id")]
    [InlineData("aws-secretsmanager:eu-west-1/deployer#key", "aws-role-arn")]
    [InlineData("aws-kms:eu-west-1/alias/deployer", "aws-role-arn")]
    public void A_provider_that_nothing_leads_to_is_said_with_the_other_complaints(string text, string setting)
    {
        using var world = new World().Input("payer", text).Input("timeout", "soon");
        var reader = world.Reader();
        ProviderInputs.Read(reader);

        reader.Key("payer").ShouldBeNull();
        reader.Key("payer").ShouldBeNull();
        reader.Duration("timeout").ShouldBeNull();

        reader.Faults.Select(fault => (fault.Code.Name, fault.Input)).ShouldBe([("input-missing", setting), ("input-invalid", "timeout")]);
        reader.Awaited.ShouldBeEmpty();
    }

    [Fact]
    public void A_provider_is_asked_only_when_all_inputs_are_well_formed()
    {
        using var world = new World().Input("payer", "vault-transit:transit/deployer").Input("vault-addr", "https://vault.example.com").With("VAULT_TOKEN", "hvs.secret-token");
        var reader = world.Reader();
        ProviderInputs.Read(reader);

        reader.Key("payer").ShouldBeNull();

        reader.Faults.ShouldBeEmpty();
        reader.Awaited.ShouldHaveSingleItem().Describe().ShouldBe("vault-transit:transit/deployer");
        reader.Finish(() => "all of it").IsOk.ShouldBeFalse();
        world.Masker.Scrub("hvs.secret-token").ShouldBe("***");
    }

    [Theory]
    [InlineData("http://vault.example.com", "https")]
    [InlineData("https://user:pass@vault.example.com", "without user")]
    [InlineData("vault.example.com", "http or https")]
    public void An_address_that_would_give_tokens_away_is_refused(string address, string said)
    {
        using var world = new World().Input("vault-addr", address);
        var reader = world.Reader();

        ProviderInputs.Read(reader);

        reader.Faults.ShouldHaveSingleItem().Message.ShouldContain(said);
        reader.Faults[0].Message.ShouldNotContain("pass@");
    }

    [Fact]
    public void A_role_without_an_oidc_token_says_which_permission_is_missing()
    {
        using var world = new World().Input("payer", "vault:secret/deploy#keypair").Input("vault-addr", "https://vault.example.com").Input("vault-role", "deploy");
        var reader = world.Reader();
        ProviderInputs.Read(reader);

        reader.Key("payer");

        var fault = reader.Faults.ShouldHaveSingleItem();
        fault.Code.ShouldBe(FaultCodes.SecretDenied);
        fault.Message.ShouldContain("id-token: write");
    }

    [Fact]
    public void A_key_that_only_signs_is_no_text()
    {
        using var world = new World().Input("github-token", "vault-transit:transit/deployer");
        var reader = world.Reader();

        reader.SecretText("github-token").ShouldBeNull();

        reader.Faults.ShouldHaveSingleItem().Found.ShouldContain("only signs");
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("/3", 3)]
    public void A_vault_is_an_upgrade_authority_that_does_not_sign_here_and_nothing_else(string suffix, byte index)
    {
        var reference = $"squads:BPFLoaderUpgradeab1e11111111111111111111111{suffix}";
        using var world = new World().Input("upgrade-authority", reference).Input("payer", reference);
        var reader = world.Reader();

        var vault = reader.Key("upgrade-authority").ShouldBeOfType<KeyInput.Vault>();
        vault.Multisig.ToString().ShouldBe("BPFLoaderUpgradeab1e11111111111111111111111");
        vault.Index.ShouldBe(index);
        vault.Address.ShouldBe(SquadsAddress.Vault(vault.Multisig, index));
        vault.ToSigner("upgrade-authority").Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.AddressNotKey);
        reader.Key("payer").ShouldBeNull();
        reader.Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.InputInvalid);
    }

    [Theory]
    [InlineData("gcp-kms:projects/p")]
    [InlineData("keypair:/home/me/id.json")]
    [InlineData("./id.json")]
    [InlineData("~/.config/solana/id.json")]
    [InlineData("/home/me/id.json")]
    [InlineData("id.json")]
    public void A_source_that_this_version_lacks_is_an_unknown_value(string text)
    {
        using var world = new World().Input("payer", text);
        var reader = world.Reader();

        reader.Key("payer").ShouldBeNull();
        var fault = reader.Faults.ShouldHaveSingleItem();
        fault.Code.Name.ShouldBe("input-unknown-value");
        fault.Message.ShouldContain("env:NAME");
    }

    [Theory]
    [InlineData(null, "input-missing")]
    [InlineData("", "input-missing")]
    [InlineData("  ", "input-missing")]
    [InlineData("env:OTHER", "input-invalid")]
    [InlineData("vault:secret/deploy#keypair", "input-invalid")]
    [InlineData("[1,2,3]", "key-length")]
    public void A_variable_that_holds_no_key_is_a_fault(string? value, string code)
    {
        using var world = new World().Input("payer", "env:DEPLOYER");
        if (value is not null)
        {
            world.With("DEPLOYER", value);
        }

        var reader = world.Reader();

        reader.Key("payer").ShouldBeNull();
        reader.Faults.ShouldHaveSingleItem().Code.Name.ShouldBe(code);
    }

    [Fact]
    public void Several_programs_may_have_a_key_each()
    {
        using var world = new World().Input("program-keypair", $"registry=env:A\nperps={Json}").With("A", Json);

        world.Reader().Keys("program-keypair").Keys.ShouldBe(["registry", "perps"]);
    }

    [Fact]
    public void A_damaged_key_is_masked_all_the_same()
    {
        var text = $"[{string.Join(',', Key[..63])}]";
        using var world = new World().Input("payer", text);

        world.Reader().Key("payer").ShouldBeNull();

        world.Masker.Scrub(text).ShouldBe("***");
    }

    private static byte[] MakeKey()
    {
        var seed = SHA256.HashData("a key of these tests"u8);
        return [.. seed, .. Ed25519.PublicKey(seed).ToArray()];
    }
}
