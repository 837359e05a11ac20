using System.Text.RegularExpressions;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;
using Actions.Core.Secrets;

namespace Actions.Core.Keys;

/// <summary>The settings of secrets providers, which every action takes.</summary>
/// <remarks>An input that is malformed is always a fault; that something is missing is one only when a reference needs it.</remarks>
public static partial class ProviderInputs
{
    public static void Read(InputReader inputs)
    {
        var (environment, masker) = (inputs.Environment, inputs.Masker);
        foreach (var secret in (string[])["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "VAULT_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
        {
            masker.Add(environment[secret] ?? "");
        }

        inputs.Providers = new ProviderSettings
        {
            Vault = Vault(inputs, environment),
            Azure = Azure(inputs, environment),
            Aws = Aws(inputs, environment),
        };
    }

    private static Result<VaultSettings> Vault(InputReader inputs, RunnerEnvironment environment)
    {
        var address = inputs.Text("vault-addr");
        var space = inputs.Text("vault-namespace") ?? environment["VAULT_NAMESPACE"];
        var login = Login(inputs, environment);
        var url = Url(address ?? environment["VAULT_ADDR"], address is null ? "VAULT_ADDR" : "vault-addr");
        Complain(inputs, "vault-addr", url);
        if (space is not null && !PathForm().IsMatch(space))
        {
            inputs.Add(FaultCodes.InputInvalid, "vault-namespace", "Expected a path such as team/project in 'vault-namespace'", $"found {PlainText.Quote(space)}", "correct the value");
        }

        return url is null ? ProviderSettings.None.Vault
            : !url.IsOk ? Result<VaultSettings>.Fail(url.Faults)
            : login is null ? NoLogin(inputs.Has("vault-role"))
            : new VaultSettings(url.Value, space?.Trim('/'), login);
    }

    /// <summary>The job's own identity first; what lives longer only without it.</summary>
    private static VaultLogin? Login(InputReader inputs, RunnerEnvironment environment)
    {
        var role = inputs.Text("vault-role");
        var mount = inputs.Text("vault-auth-mount")?.Trim('/') ?? "jwt";
        var audience = inputs.Text("vault-audience");
        var id = inputs.Text("vault-approle-id");
        var secret = inputs.SecretText("vault-approle-secret");
        if (!PathForm().IsMatch(mount))
        {
            inputs.Add(FaultCodes.InputInvalid, "vault-auth-mount", "Expected the path of an auth mount, such as jwt, in 'vault-auth-mount'", $"found {PlainText.Quote(mount)}", "correct the value");
        }

        if (id is null != secret is null && !inputs.Faults.Any(fault => fault.Input == "vault-approle-secret"))
        {
            var missing = id is null ? "vault-approle-id" : "vault-approle-secret";
            inputs.Add(FaultCodes.InputMissing, missing, "Expected vault-approle-id and vault-approle-secret together", $"found no {missing}", $"add '{missing}:' under 'with:'");
        }

        return role is not null && OidcTokens.IsOffered(environment) ? new VaultLogin.Jwt(mount, role, audience)
            : id is not null && secret is not null ? new VaultLogin.AppRole(id, secret)
            : environment["VAULT_TOKEN"]?.Trim() is { Length: > 0 } token ? new VaultLogin.Token(token)
            : null;
    }

    private static Fault NoLogin(bool hasRole) => hasRole ? OidcTokens.NotOffered() : new Fault(
        FaultCodes.InputMissing, "Expected a way to log in to Vault, because a key reference needs it: vault-role (with id-token: write), vault-approle-id and vault-approle-secret, or VAULT_TOKEN",
        "found none", "add 'vault-role:' under 'with:'", "vault-role");

    private static Result<AzureSettings> Azure(InputReader inputs, RunnerEnvironment environment)
    {
        var tenant = inputs.Text("azure-tenant-id") ?? environment["AZURE_TENANT_ID"];
        var client = inputs.Text("azure-client-id") ?? environment["AZURE_CLIENT_ID"];
        var authority = Url(environment["AZURE_AUTHORITY_HOST"] ?? "https://login.microsoftonline.com", "AZURE_AUTHORITY_HOST")!;
        foreach (var (input, value) in new[] { ("azure-tenant-id", tenant), ("azure-client-id", client) })
        {
            if (value is not null && !NameForm().IsMatch(value))
            {
                inputs.Add(FaultCodes.InputInvalid, input, $"Expected letters, digits, dots and hyphens in '{input}'", $"found {PlainText.Quote(value)}", "give the id as the Azure portal shows it");
            }
        }

        return tenant is null ? ProviderSettings.None.Azure
            : client is null ? ProviderSettings.Missing("azure-client-id", "the Entra application with a federated credential, or the variable AZURE_CLIENT_ID")
            : !authority.IsOk ? Result<AzureSettings>.Fail(authority.Faults)
            : !OidcTokens.IsOffered(environment) ? OidcTokens.NotOffered()
            : new AzureSettings(tenant, client, authority.Value);
    }

    private static Result<AwsSettings> Aws(InputReader inputs, RunnerEnvironment environment)
    {
        var role = inputs.Text("aws-role-arn") ?? environment["AWS_ROLE_ARN"];
        var audience = inputs.Text("aws-audience") ?? "sts.amazonaws.com";
        if (role is not null && !RoleForm().IsMatch(role))
        {
            inputs.Add(FaultCodes.InputInvalid, "aws-role-arn", "Expected a role's ARN, such as arn:aws:iam::123456789012:role/deploy, in 'aws-role-arn'", $"found {PlainText.Quote(role)}", "correct the value");
        }

        AwsLogin? login = role is not null && OidcTokens.IsOffered(environment) ? new AwsLogin.Role(role, audience)
            : environment["AWS_ACCESS_KEY_ID"] is { } id && environment["AWS_SECRET_ACCESS_KEY"] is { } secret ? new AwsLogin.Keys(id, secret, environment["AWS_SESSION_TOKEN"])
            : null;
        var endpoints = new Dictionary<string, Uri>();
        foreach (var (service, variable) in new[] { ("", "AWS_ENDPOINT_URL"), ("kms", "AWS_ENDPOINT_URL_KMS"), ("secretsmanager", "AWS_ENDPOINT_URL_SECRETS_MANAGER"), ("sts", "AWS_ENDPOINT_URL_STS") })
        {
            if (Url(environment[variable], variable) is not { } url)
            {
                continue;
            }

            if (!url.IsOk)
            {
                return Result<AwsSettings>.Fail(url.Faults);
            }

            endpoints[service] = url.Value;
        }

        return login is not null ? new AwsSettings(login, endpoints) : role is not null ? OidcTokens.NotOffered() : ProviderSettings.None.Aws;
    }

    private static void Complain<T>(InputReader inputs, string input, Result<T>? result)
    {
        if (inputs.Has(input) && result is { IsOk: false })
        {
            inputs.Add(result.Faults[0]);
        }
    }

    /// <summary>The address of a provider: nothing but scheme, host, port and path; null when there is none.</summary>
    private static Result<Uri>? Url(string? text, string name)
    {
        if (text is null)
        {
            return null;
        }

        return !Uri.TryCreate(text.Trim().TrimEnd('/'), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0
            || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0
            ? new Fault(FaultCodes.InputInvalid, $"Expected an http or https URL without user, query and fragment in '{name}'", "found something else", "correct the value", name)
            : url.Scheme == "http" && !RpcUrl.MayBePlain(url)
            ? new Fault(FaultCodes.InputInvalid, $"Expected https in '{name}'", $"found http to {PlainText.Quote(url.Host)}",
                "use https; plain http is only for loopback and for host names without a dot, such as a service container's", name)
            : url;
    }

    [GeneratedRegex(@"\A/?[A-Za-z0-9_.@-]+(?:/[A-Za-z0-9_.@-]+)*/?\z")]
    private static partial Regex PathForm();

    [GeneratedRegex(@"\A[A-Za-z0-9.-]{1,100}\z")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"\Aarn:[a-z-]+:iam::[0-9]{12}:role/[\w+=,.@/-]{1,512}\z")]
    private static partial Regex RoleForm();
}
