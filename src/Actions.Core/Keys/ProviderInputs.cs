using Actions.Core.Inputs;

namespace Actions.Core.Keys;

/// <summary>The settings of secrets providers, which every action takes.</summary>
public static class ProviderInputs
{
    /// <summary>This version has no provider, so that a setting for one is refused.</summary>
    public static void Read(InputReader inputs) => inputs.NotYet(
        "vault-addr", "vault-namespace", "vault-role", "vault-auth-mount", "vault-audience", "vault-approle-id", "vault-approle-secret",
        "azure-tenant-id", "azure-client-id", "aws-role-arn", "aws-audience");
}
