using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Secrets;

/// <summary>HashiCorp Vault's HTTP API with a token that is had, renewed by a new log-in, and in the end revoked when it was ours.</summary>
/// <remarks>https://developer.hashicorp.com/vault/api-docs</remarks>
internal sealed class VaultClient(VaultSettings settings, ProviderHttp http, OidcTokens oidc, Masker masker, TimeProvider time) : IDisposable
{
    /// <summary>A token is replaced when so much of its time is left: a request under way should not outlive it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim login = new(1, 1);
    private volatile Token? token;

    /// <summary>Who asks, for faults.</summary>
    public string Identity => settings.Login.Describe();

    public string Host => ProviderHandler.Host(settings.Address);

    /// <summary>Asks with a token. A token that worked and then stops working has expired: a new one is had, once.</summary>
    /// <param name="path">Below /v1, escaped.</param>
    public async Task<ProviderAnswer> SendAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? body, CancellationToken cancellation)
    {
        for (var isAgain = false; ; isAgain = true)
        {
            var used = await TokenAsync(cancellation);
            var answer = await PostAsync(method, path, body, used.Value, cancellation);
            if (answer.Status != 403)
            {
                used.HasWorked = true;
                return answer;
            }

            if (isAgain || !used.IsOurs || !used.HasWorked)
            {
                return answer;
            }

            answer.Dispose();
            used.IsSpent = true;
        }
    }

    /// <summary>Ends the token that this run logged in for; one that was given is its owner's.</summary>
    /// <returns>A warning when Vault did not do it.</returns>
    public async Task<Fault?> RevokeAsync(CancellationToken cancellation)
    {
        // Batch tokens cannot be revoked; they are not stored.
        if (token is not { IsOurs: true, IsSpent: false } ours || ours.Value.StartsWith("hvb.", StringComparison.Ordinal))
        {
            return null;
        }

        token = null;
        using var answer = await PostAsync(HttpMethod.Post, "auth/token/revoke-self", null, ours.Value, cancellation);
        return answer.IsOk || answer.Status == 403
            ? null
            : new Fault(FaultCodes.SecretUnreachable, "Expected Vault to revoke this run's token", $"found HTTP {answer.Status}", "nothing: it ends by itself when its time is over").AsWarning();
    }

    /// <summary>What a refused request means and what would allow it.</summary>
    /// <param name="what">What was to be had.</param>
    /// <param name="path">Below /v1, as policies name it.</param>
    /// <param name="capability">What a policy has to allow there.</param>
    public FaultException Refusal(ProviderAnswer answer, string what, string path, string capability)
    {
        var words = Words(answer);
        return new FaultException(answer.Status switch
        {
            403 => new Fault(FaultCodes.SecretDenied, $"Expected Vault to let {Identity} {capability} {path} ({what})", $"found HTTP 403: {ForeignWords.Quote(words)}",
                $"add path \"{path}\" {{ capabilities = [\"{capability}\"] }} to a policy of it{(settings.Login is VaultLogin.Token ? ", or give a token that has not expired" : "")}"),
            404 => new Fault(FaultCodes.SecretMissing, $"Expected {what} in Vault at {path}", "found nothing there",
                "check mount, path and namespace; the reference has no data/ in it"),
            503 when words?.Contains("sealed", StringComparison.OrdinalIgnoreCase) == true => new Fault(FaultCodes.SecretUnreachable, $"Expected Vault at {Host} to be unsealed", "found it sealed",
                "have it unsealed, then run again: what is done is not done twice"),
            >= 500 or 429 or 472 or 473 => new Fault(FaultCodes.SecretUnreachable, $"Expected {what} from Vault at {Host}", $"found HTTP {answer.Status} after all attempts: {ForeignWords.Quote(words)}",
                "check Vault's status, then run again"),
            _ => new Fault(FaultCodes.SecretInvalid, $"Expected {what} from Vault at {path}", $"found HTTP {answer.Status}: {ForeignWords.Quote(words)}", "check the reference and the key's type and versions"),
        });
    }

    public void Dispose() => login.Dispose();

    /// <summary>Vault's own words.</summary>
    private static string? Words(ProviderAnswer answer) =>
        answer.TryJson()?.At("errors") is { ValueKind: JsonValueKind.Array } errors
            ? string.Join("; ", errors.EnumerateArray().Take(3).Where(error => error.ValueKind == JsonValueKind.String).Select(error => error.GetString()))
            : null;

    private async Task<Token> TokenAsync(CancellationToken cancellation)
    {
        if (settings.Login is VaultLogin.Token given)
        {
            return token ??= new Token(given.Value, null, IsOurs: false);
        }

        if (IsGood(token))
        {
            return token!;
        }

        await login.WaitAsync(cancellation);
        try
        {
            return IsGood(token) ? token! : token = await LogInAsync(cancellation);
        }
        finally
        {
            login.Release();
        }
    }

    private bool IsGood(Token? held) => held is { IsSpent: false } && (held.Until is null || time.GetUtcNow() < held.Until);

    private async Task<Token> LogInAsync(CancellationToken cancellation)
    {
        string path;
        Action<Utf8JsonWriter> body;
        switch (settings.Login)
        {
            case VaultLogin.Jwt jwt:
                var identity = await oidc.GetAsync(jwt.Audience, cancellation);
                (path, body) = ($"auth/{Escape(jwt.Mount)}/login", writer => { writer.WriteString("role", jwt.Role); writer.WriteString("jwt", identity); });
                break;
            case VaultLogin.AppRole role:
                (path, body) = ("auth/approle/login", writer => { writer.WriteString("role_id", role.Id); writer.WriteString("secret_id", role.Secret); });
                break;
            default:
                throw new InvalidOperationException("A token that is given is not logged in for.");
        }

        using var answer = await PostAsync(HttpMethod.Post, path, body, null, cancellation);
        if (!answer.IsOk)
        {
            throw answer.Status is 400 or 401 or 403 or 404 ? Denied(answer, path) : Refusal(answer, "a token", path, "update");
        }

        var auth = answer.Json();
        if (auth.Text("auth", "client_token") is not { Length: > 0 } value)
        {
            throw answer.Strange("a token");
        }

        masker.Add(value);
        var lease = auth.Whole("auth", "lease_duration") is { } seconds and > 0 and < 1_000_000_000 ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        return new Token(value, lease is { } lives ? time.GetUtcNow() + (lives > 2 * Margin ? lives - Margin : lives) : null, IsOurs: true);
    }

    private FaultException Denied(ProviderAnswer answer, string path) => new(new Fault(
        FaultCodes.SecretDenied, $"Expected Vault to log in {Identity}", $"found HTTP {answer.Status} from {path}: {ForeignWords.Quote(Words(answer))}",
        settings.Login is VaultLogin.Jwt
            ? "check the role's bound_audiences (vault-audience) and bound_claims against this job's OIDC claims, the mount and the namespace"
            : "check the AppRole's id and secret id, and the namespace"));

    private async Task<ProviderAnswer> PostAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? body, string? with, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri($"{settings.Address.AbsoluteUri.TrimEnd('/')}/v1/{path}")) { Content = body is null ? null : ProviderHttp.Json(body) };
        request.Headers.Add("X-Vault-Request", "true");
        if (settings.Namespace is { } space)
        {
            request.Headers.Add("X-Vault-Namespace", space);
        }

        if (with is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Vault-Token", with);
        }

        return await http.SendAsync(request, cancellation);
    }

    /// <summary>A path whose segments are names.</summary>
    internal static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <param name="Until">When to replace it.</param>
    private sealed record Token(string Value, DateTimeOffset? Until, bool IsOurs)
    {
        private volatile bool hasWorked;
        private volatile bool isSpent;

        public bool HasWorked
        {
            get => hasWorked;
            set => hasWorked = value;
        }

        public bool IsSpent
        {
            get => isSpent;
            set => isSpent = value;
        }

        public override string ToString() => "a token";
    }
}
