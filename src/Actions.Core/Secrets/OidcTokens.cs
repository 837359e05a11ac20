using System.Net.Http.Headers;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Secrets;

/// <summary>The job's identity, as GitHub signs it for one audience at a time.</summary>
/// <remarks>https://docs.github.com/actions/reference/security/oidc; a token lives for minutes, so every log-in asks for its own.</remarks>
internal sealed class OidcTokens(RunnerEnvironment environment, ProviderHttp http, Masker masker)
{
    private const int LongestToken = 16 * 1024;

    /// <summary>Whether the job may ask for a token at all.</summary>
    public static bool IsOffered(RunnerEnvironment environment) =>
        environment["ACTIONS_ID_TOKEN_REQUEST_URL"] is not null && environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] is not null;

    /// <param name="audience">Null for GitHub's own default, the owner's URL.</param>
    public async Task<string> GetAsync(string? audience, CancellationToken cancellation)
    {
        if (environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] is not { } requestToken || environment["ACTIONS_ID_TOKEN_REQUEST_URL"] is not { } requestUrl
            || !Uri.TryCreate(audience is null ? requestUrl : $"{requestUrl}&audience={Uri.EscapeDataString(audience)}", UriKind.Absolute, out var url))
        {
            throw new FaultException(NotOffered());
        }

        masker.Add(requestToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("bearer", requestToken);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var answer = await http.SendAsync(request, cancellation);
        if (!answer.IsOk)
        {
            throw new FaultException(new Fault(FaultCodes.SecretDenied, "Expected an OIDC token of this job from GitHub",
                $"found HTTP {answer.Status}: {ForeignWords.Quote(answer.TryJson()?.Text("message"))}", "check that the job has the permission id-token: write and still runs"));
        }

        if (answer.Json().Text("value") is not { Length: > 0 and <= LongestToken } token)
        {
            throw answer.Strange("an OIDC token");
        }

        masker.Add(token);
        return token;
    }

    internal static Fault NotOffered() => new(FaultCodes.SecretDenied, "Expected that this job may ask for an OIDC token",
        "found no ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "add id-token: write to the job's permissions (in a reusable workflow: to the calling job, too; GitHub gives none to pull requests from forks)");
}
