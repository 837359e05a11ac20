using Actions.Core.Keys;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Keys;

public sealed class KeyReferenceParserTests
{
    private const string Loader = "BPFLoaderUpgradeab1e11111111111111111111111";

    public static TheoryData<string, KeyReference> References => new()
    {
        { "env:DEPLOYER", new KeyReference.Variable("DEPLOYER") },
        { "vault:secret/deploy#keypair", new KeyReference.Vault("secret/deploy", "keypair") },
        { "vault:team/kv/deploy/prod#key.pair", new KeyReference.Vault("team/kv/deploy/prod", "key.pair") },
        { "vault-transit:transit/deployer", new KeyReference.VaultTransit("transit", "deployer", null) },
        { "vault-transit:team/transit/deployer@3", new KeyReference.VaultTransit("team/transit", "deployer", 3) },
        { "azure-keyvault:vault/deployer", new KeyReference.AzureKeyVault("vault", "deployer", null) },
        { "azure-keyvault:https://v.vault.azure.net/deployer/0a", new KeyReference.AzureKeyVault("https://v.vault.azure.net", "deployer", "0a") },
        { "aws-secretsmanager:eu-west-1/deploy/key", new KeyReference.AwsSecretsManager("eu-west-1", "deploy/key", null) },
        { "aws-secretsmanager:eu-west-1/arn:aws:x:1:secret:d#key", new KeyReference.AwsSecretsManager("eu-west-1", "arn:aws:x:1:secret:d", "key") },
        { "aws-kms:eu-west-1/alias/deployer", new KeyReference.AwsKms("eu-west-1", "alias/deployer") },
        { $"squads:{Loader}", new KeyReference.Squads(Address.Parse(Loader), 0) },
        { $"squads:{Loader}/7", new KeyReference.Squads(Address.Parse(Loader), 7) },
        { Loader, new KeyReference.Named(Address.Parse(Loader)) },
    };

    [Theory]
    [MemberData(nameof(References))]
    public void Every_form_of_the_contract_is_read(string text, KeyReference reference)
    {
        var parsed = KeyReferenceParser.Parse(text, "payer").Value;

        parsed.ShouldBe(reference);
        KeyReferenceParser.Parse(parsed.Describe(), "payer").Value.ShouldBe(reference, "what is printed can be pasted back");
    }
}
