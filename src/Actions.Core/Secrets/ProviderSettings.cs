using Actions.Core.Faults;
using Actions.Core.Keys;

namespace Actions.Core.Secrets;

/// <summary>How this job reaches secrets providers, from inputs and the ecosystem's own variables. What nothing refers to is never used.</summary>
public sealed record ProviderSettings
{
    internal static readonly ProviderSettings None = new();

    internal Result<VaultSettings> Vault { get; init; } = NotSet("vault-addr", "the address of Vault (or the variable VAULT_ADDR)");

    internal Result<AzureSettings> Azure { get; init; } = NotSet<AzureSettings>("azure-tenant-id", "the Entra tenant (or the variable AZURE_TENANT_ID)");

    internal Result<AwsSettings> Aws { get; init; } = NotSet<AwsSettings>("aws-role-arn", "the AWS role to take on (or AWS_ROLE_ARN, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)");

    /// <summary>What is wrong with the settings that a reference needs.</summary>
    internal IReadOnlyList<Fault> Complaints(KeyReference reference) => reference switch
    {
        KeyReference.Vault or KeyReference.VaultTransit => Vault.Faults,
        KeyReference.AzureKeyVault => Azure.Faults,
        KeyReference.AwsSecretsManager or KeyReference.AwsKms => Aws.Faults,
        _ => [],
    };

    internal static Fault Missing(string input, string what) => new(
        FaultCodes.InputMissing, $"Expected the input '{input}' ({what}), because a key reference needs it", "found nothing", $"add '{input}:' under 'with:'", input);

    private static Result<VaultSettings> NotSet(string input, string what) => NotSet<VaultSettings>(input, what);

    private static Result<T> NotSet<T>(string input, string what) => Missing(input, what);
}

/// <param name="Login">How a token is had.</param>
internal sealed record VaultSettings(Uri Address, string? Namespace, VaultLogin Login);

/// <summary>How to prove to Vault who this job is.</summary>
internal abstract record VaultLogin
{
    private VaultLogin()
    {
    }

    /// <summary>What a fault says about it.</summary>
    public abstract string Describe();

    public sealed override string ToString() => Describe();

    public sealed record Jwt(string Mount, string Role, string? Audience) : VaultLogin
    {
        public override string Describe() => $"the role '{Role}' at auth/{Mount}";
    }

    public sealed record AppRole(string Id, string Secret) : VaultLogin
    {
        public override string Describe() => "the AppRole at auth/approle";
    }

    public sealed record Token(string Value) : VaultLogin
    {
        public override string Describe() => "VAULT_TOKEN";
    }
}

internal sealed record AzureSettings(string Tenant, string Client, Uri AuthorityHost);

/// <param name="Login">Whose permissions are used.</param>
/// <param name="Endpoints">Where services answer instead of AWS's own hosts, by service; the empty name is for all.</param>
internal sealed record AwsSettings(AwsLogin Login, IReadOnlyDictionary<string, Uri> Endpoints);

/// <summary>Where AWS credentials come from.</summary>
internal abstract record AwsLogin
{
    private AwsLogin()
    {
    }

    public sealed record Role(string Arn, string Audience) : AwsLogin
    {
        public override string ToString() => $"the role {Arn}";
    }

    public sealed record Keys(string Id, string Secret, string? SessionToken) : AwsLogin
    {
        public override string ToString() => "the identity of AWS_ACCESS_KEY_ID";
    }
}
