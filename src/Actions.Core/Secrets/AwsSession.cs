using System.Globalization;
using System.Text;
using System.Xml;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Secrets;

/// <summary>AWS credentials: those of the environment, or short-lived ones of a role that the job's identity may take on.</summary>
/// <remarks>https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html</remarks>
internal sealed class AwsSession(AwsSettings settings, RunnerEnvironment environment, ProviderHttp http, OidcTokens oidc, Masker masker, TimeProvider time) : IDisposable
{
    /// <summary>The shortest there is: when a deploy takes longer, it takes the role on again.</summary>
    private const int Seconds = 900;

    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim login = new(1, 1);
    private AwsKeys? keys;

    /// <summary>Who asks, for faults.</summary>
    public string Identity => settings.Login.ToString()!;

    /// <summary>Whether new credentials can take the place of expired ones.</summary>
    public bool CanRenew => settings.Login is AwsLogin.Role;

    /// <summary>Where a service answers.</summary>
    public Uri Endpoint(string service, string region) =>
        settings.Endpoints.TryGetValue(service, out var own) || settings.Endpoints.TryGetValue("", out own) ? own
        : new Uri($"https://{service}.{region}.{(region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com")}/");

    /// <param name="region">Whose STS is asked.</param>
    /// <param name="spent">What AWS does not take any more.</param>
    public async Task<AwsKeys> KeysAsync(string region, AwsKeys? spent, CancellationToken cancellation)
    {
        if (settings.Login is AwsLogin.Keys given)
        {
            return new AwsKeys(given.Id, given.Secret, given.SessionToken);
        }

        await login.WaitAsync(cancellation);
        try
        {
            return keys is not null && keys != spent && time.GetUtcNow() < keys.Until ? keys : keys = await AssumeAsync((AwsLogin.Role)settings.Login, region, cancellation);
        }
        finally
        {
            login.Release();
        }
    }

    public void Dispose() => login.Dispose();

    private async Task<AwsKeys> AssumeAsync(AwsLogin.Role role, string region, CancellationToken cancellation)
    {
        var token = await oidc.GetAsync(role.Audience, cancellation);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["Action"] = "AssumeRoleWithWebIdentity",
            ["Version"] = "2011-06-15",
            ["RoleArn"] = role.Arn,
            ["RoleSessionName"] = environment.RunId is { } run && run.All(char.IsAsciiDigit) && run.Length < 30 ? $"solana-actions-{run}" : "solana-actions",
            ["WebIdentityToken"] = token,
            ["DurationSeconds"] = Seconds.ToString(CultureInfo.InvariantCulture),
        });
        using var content = new ByteArrayContent(await form.ReadAsByteArrayAsync(cancellation));
        content.Headers.ContentType = form.Headers.ContentType;
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint("sts", region)) { Content = content };
        using var answer = await http.SendAsync(request, cancellation);
        var said = Read(answer);
        if (!answer.IsOk)
        {
            throw Refusal(answer, role, said);
        }

        if (said.GetValueOrDefault("AccessKeyId") is not { Length: > 0 } id || said.GetValueOrDefault("SecretAccessKey") is not { Length: > 0 } secret || said.GetValueOrDefault("SessionToken") is not { Length: > 0 } session
            || !DateTimeOffset.TryParse(said.GetValueOrDefault("Expiration"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until))
        {
            throw answer.Strange("credentials of a role");
        }

        masker.Add(secret);
        masker.Add(session);
        return new AwsKeys(id, secret, session, until - Margin);
    }

    private static FaultException Refusal(ProviderAnswer answer, AwsLogin.Role role, Dictionary<string, string> said) => new(answer.Status >= 500 || answer.Status == 429
        ? new Fault(FaultCodes.SecretUnreachable, "Expected AWS STS to answer", $"found HTTP {answer.Status} after all attempts", "check AWS's status, then run again")
        : new Fault(FaultCodes.SecretDenied, $"Expected AWS to let this job take on the role {role.Arn} (sts:AssumeRoleWithWebIdentity)",
            $"found {ForeignWords.Quote(said.GetValueOrDefault("Code"))}: {ForeignWords.Quote(said.GetValueOrDefault("Message"))}",
            $"check the role's trust policy: the provider token.actions.githubusercontent.com, aud {PlainText.Quote(role.Audience)} and this job's sub"));

    /// <summary>The texts of the leaves of an XML answer, by their names.</summary>
    private static Dictionary<string, string> Read(ProviderAnswer answer)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var reader = XmlReader.Create(new StringReader(Encoding.UTF8.GetString(answer.Body.Span)), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = ProviderHandler.MostBytes });
            var name = "";
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    name = reader.LocalName;
                }
                else if (reader.NodeType == XmlNodeType.Text)
                {
                    leaves.TryAdd(name, reader.Value);
                }
            }
        }
        catch (XmlException)
        {
            if (answer.IsOk)
            {
                throw answer.Strange("XML");
            }
        }

        return leaves;
    }
}
