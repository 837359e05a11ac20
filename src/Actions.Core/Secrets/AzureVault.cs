using System.Net.Http.Headers;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Runner;

namespace Actions.Core.Secrets;

/// <summary>Azure Key Vault's secrets, with a token of Entra that the job's identity is exchanged for. Key Vault has no Ed25519 keys, so it cannot sign for Solana.</summary>
/// <remarks>
/// https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret and
/// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential.
/// </remarks>
internal sealed class AzureVault(AzureSettings settings, ProviderHttp http, OidcTokens oidc, Masker masker, TimeProvider time) : IDisposable
{
    private const string Audience = "api://AzureADTokenExchange";
    private const string ApiVersion = "7.4";
    private const string PublicCloud = "vault.azure.net";

    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);
    private static readonly string[] Clouds = [PublicCloud, "vault.azure.cn", "vault.usgovcloudapi.net"];
    private static readonly string[] Authorities = ["login.microsoftonline.com", "login.partner.microsoftonline.cn", "login.chinacloudapi.cn", "login.microsoftonline.us"];

    private readonly SemaphoreSlim login = new(1, 1);
    private readonly Dictionary<string, Token> tokens = [];

    public async Task<ResolvedReference> ReadAsync(KeyReference.AzureKeyVault reference, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Get, reference, null, cancellation);
        if (!answer.IsOk)
        {
            throw Refusal(answer, reference, "get");
        }

        var body = answer.Json();
        return body.At("value") is { ValueKind: JsonValueKind.String } value
            ? new ResolvedReference.Held(ResolvedReference.Held.Unquote(value), VersionOf(body), body.UnixTime("attributes", "created"))
            : throw answer.Strange($"the secret of {reference}");
    }

    /// <summary>The last part of a secret's id.</summary>
    public static string? VersionOf(JsonElement secret) => secret.Text("id") is { } id && Uri.TryCreate(id, UriKind.Absolute, out var url) && url.Segments is [_, "secrets/", _, var version] ? version : null;

    /// <summary>Asks with a token; when it is not taken any more, once again with a new one.</summary>
    public async Task<ProviderAnswer> SendAsync(HttpMethod method, KeyReference.AzureKeyVault reference, Action<Utf8JsonWriter>? body, CancellationToken cancellation)
    {
        var vault = Vault(reference);
        var url = new Uri($"{vault.GetLeftPart(UriPartial.Authority)}/secrets/{reference.Secret}{(reference.Version is null ? "" : $"/{reference.Version}")}?api-version={ApiVersion}");
        Token? spent = null;
        while (true)
        {
            var token = await TokenAsync(Resource(vault, reference), spent, cancellation);
            using var request = new HttpRequestMessage(method, url) { Content = body is null ? null : ProviderHttp.Json(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
            var answer = await http.SendAsync(request, cancellation);
            if (answer.Status != 401 || spent is not null)
            {
                return answer;
            }

            answer.Dispose();
            spent = token;
        }
    }

    /// <summary>What a refused request means and what would allow it.</summary>
    public FaultException Refusal(ProviderAnswer answer, KeyReference.AzureKeyVault reference, string permission)
    {
        var error = answer.TryJson()?.At("error");
        var said = $"found HTTP {answer.Status}, {ForeignWords.Quote(error?.Text("innererror", "code") ?? error?.Text("code"))}: {ForeignWords.Quote(error?.Text("message"))}";
        return new FaultException(answer.Status switch
        {
            401 or 403 => new Fault(FaultCodes.SecretDenied, $"Expected Key Vault to let the application {settings.Client} {permission} the secret of {reference}", said,
                $"give it the role '{(permission == "get" ? "Key Vault Secrets User" : "Key Vault Secrets Officer")}' (or an access policy with {permission}) on this vault, and let the vault's firewall admit the runner"),
            404 => new Fault(FaultCodes.SecretMissing, $"Expected the secret of {reference}", said, "check the vault, the secret's name and its version"),
            429 or >= 500 => new Fault(FaultCodes.SecretUnreachable, "Expected Key Vault to answer", said, "check Azure's status, then run again"),
            _ => new Fault(FaultCodes.SecretInvalid, $"Expected the secret of {reference}", said, "check the reference, and that the secret is enabled"),
        });
    }

    public void Dispose() => login.Dispose();

    private static Uri Vault(KeyReference.AzureKeyVault reference) =>
        new(reference.VaultName.Contains("://", StringComparison.Ordinal) ? reference.VaultName : $"https://{reference.VaultName}.{PublicCloud}");

    /// <summary>For whom the token is. A token for Microsoft's clouds goes to their vaults alone: a reference that names another host would give it away.</summary>
    /// <remarks>https://devblogs.microsoft.com/azure-sdk/guidance-for-applications-using-the-key-vault-libraries/</remarks>
    private string Resource(Uri vault, KeyReference.AzureKeyVault reference)
    {
        if (Clouds.FirstOrDefault(cloud => vault.Host.EndsWith($".{cloud}", StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return $"https://{known}";
        }

        var isMicrosoft = Authorities.Contains(settings.AuthorityHost.Host, StringComparer.OrdinalIgnoreCase);
        return isMicrosoft
            ? throw new FaultException(new Fault(FaultCodes.SecretDenied, $"Expected a vault of Azure ({string.Join(", ", Clouds)}) in {reference}", "found another host", "give the vault's name, or its URL in one of these clouds; for another cloud set AZURE_AUTHORITY_HOST, too"))
            : RpcUrl.MayBePlain(vault) ? $"https://{PublicCloud}" : $"https://{vault.Host[(vault.Host.IndexOf('.', StringComparison.Ordinal) + 1)..]}";
    }

    private async Task<Token> TokenAsync(string resource, Token? spent, CancellationToken cancellation)
    {
        await login.WaitAsync(cancellation);
        try
        {
            return tokens.TryGetValue(resource, out var held) && held != spent && time.GetUtcNow() < held.Until ? held : tokens[resource] = await ExchangeAsync(resource, cancellation);
        }
        finally
        {
            login.Release();
        }
    }

    private async Task<Token> ExchangeAsync(string resource, CancellationToken cancellation)
    {
        var assertion = await oidc.GetAsync(Audience, cancellation);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = settings.Client,
            ["scope"] = $"{resource}/.default",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = assertion,
        });
        using var content = new ByteArrayContent(await form.ReadAsByteArrayAsync(cancellation));
        content.Headers.ContentType = form.Headers.ContentType;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{settings.AuthorityHost.AbsoluteUri.TrimEnd('/')}/{settings.Tenant}/oauth2/v2.0/token")) { Content = content };
        using var answer = await http.SendAsync(request, cancellation);
        if (!answer.IsOk)
        {
            throw new FaultException(answer.Status == 429 || answer.Status >= 500
                ? new Fault(FaultCodes.SecretUnreachable, "Expected Entra to answer", $"found HTTP {answer.Status} after all attempts", "check Azure's status, then run again")
                : new Fault(FaultCodes.SecretDenied, $"Expected Entra to take this job for the application {settings.Client} in tenant {settings.Tenant}",
                    $"found {ForeignWords.Quote(answer.TryJson()?.Text("error"))}: {ForeignWords.Quote(FirstLine(answer.TryJson()?.Text("error_description")))}",
                    $"check the application's federated credential: issuer https://token.actions.githubusercontent.com, audience {Audience}, and a subject that is exactly this job's sub"));
        }

        var body = answer.Json();
        if (body.Text("access_token") is not { Length: > 0 } value || body.Whole("expires_in") is not ({ } lives and > 0 and < 1_000_000))
        {
            throw answer.Strange("an access token");
        }

        masker.Add(value);
        return new Token(value, time.GetUtcNow() + TimeSpan.FromSeconds(lives) - Margin);
    }

    private static string? FirstLine(string? text) => text?.Split('\r', '\n')[0];

    private sealed record Token(string Value, DateTimeOffset Until)
    {
        public override string ToString() => "a token";
    }
}
