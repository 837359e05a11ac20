using Actions.Core.Solana;

namespace Actions.Core.Keys;

/// <summary>Where a key is, as an input says it. Printing one never prints a key.</summary>
public abstract record KeyReference
{
    private KeyReference()
    {
    }

    /// <summary>What may be said about it in a plan or a record.</summary>
    public abstract string Describe();

    public sealed override string ToString() => Describe();

    /// <summary>`env:NAME`</summary>
    public sealed record Variable(string Name) : KeyReference
    {
        public override string Describe() => $"env:{Name}";
    }

    /// <summary>The key itself, as people keep it in a GitHub secret: a JSON byte array, or base58 of 64 bytes.</summary>
    public sealed record Literal : KeyReference
    {
        private readonly byte[] secret;

        internal Literal(byte[] secret) => this.secret = secret;

        internal byte[] Secret => secret;

        public override string Describe() => "a literal key";
    }

    /// <summary>`vault:&lt;mount&gt;/&lt;path&gt;#&lt;field&gt;`; where the mount ends only Vault knows.</summary>
    public sealed record Vault(string MountAndPath, string Field) : KeyReference
    {
        public override string Describe() => $"vault:{MountAndPath}#{Field}";
    }

    /// <summary>`vault-transit:&lt;mount&gt;/&lt;key&gt;[@version]`</summary>
    public sealed record VaultTransit(string Mount, string Key, uint? Version) : KeyReference
    {
        public override string Describe() => $"vault-transit:{Mount}/{Key}{(Version is null ? "" : $"@{Version}")}";
    }

    /// <summary>`azure-keyvault:&lt;vault&gt;/&lt;secret&gt;[/&lt;version&gt;]`; the vault may be a full URL.</summary>
    public sealed record AzureKeyVault(string VaultName, string Secret, string? Version) : KeyReference
    {
        public override string Describe() => $"azure-keyvault:{VaultName}/{Secret}{(Version is null ? "" : $"/{Version}")}";
    }

    /// <summary>`aws-secretsmanager:&lt;region&gt;/&lt;id&gt;[#field]`</summary>
    public sealed record AwsSecretsManager(string Region, string Id, string? Field) : KeyReference
    {
        public override string Describe() => $"aws-secretsmanager:{Region}/{Id}{(Field is null ? "" : $"#{Field}")}";
    }

    /// <summary>`aws-kms:&lt;region&gt;/&lt;key-id&gt;`</summary>
    public sealed record AwsKms(string Region, string KeyId) : KeyReference
    {
        public override string Describe() => $"aws-kms:{Region}/{KeyId}";
    }

    /// <summary>`squads:&lt;multisig&gt;[/&lt;vault-index&gt;]`, for an upgrade authority.</summary>
    public sealed record Squads(Address Multisig, byte VaultIndex) : KeyReference
    {
        public override string Describe() => $"squads:{Multisig}/{VaultIndex}";
    }

    /// <summary>Only the address of a key: enough to plan with, not to sign.</summary>
    public sealed record Named(Address Address) : KeyReference
    {
        public override string Describe() => Address.ToString();
    }
}
