using System.Net.Http.Headers;
using System.Text;
using Actions.Core.Runner;
using Actions.Core.Smoke;

namespace Actions.Cli.SmokeTest;

/// <summary>Sends the requests of checks. Whatever the server does becomes an answer or a complaint.</summary>
internal sealed class ServiceClient(Func<HttpMessageHandler> http)
{
    public const int MostRedirects = 5;

    /// <summary>The answer's head; null, and a complaint, when there is none.</summary>
    /// <remarks>Redirects are followed on the same origin only: nobody else may see what was sent, nor answer for the service.</remarks>
    public async Task<HttpResponseMessage?> SendAsync(SmokeKind.Http kind, AssertionCheck check, CancellationToken cancellation)
    {
        using var client = new HttpMessageInvoker(http(), disposeHandler: false);
        var (target, method, body) = (kind.Url.Uri, kind.Method, kind.Body);
        for (var hops = 0; ; hops++)
        {
            HttpResponseMessage response;
            using (var request = Request(target, method, body, kind.Headers))
            {
                response = await client.SendAsync(request, cancellation);
            }

            var status = (int)response.StatusCode;
            if (status is not (301 or 302 or 303 or 307 or 308) || kind.Status.Contains(status) || response.Headers.Location is not { } location)
            {
                return response;
            }

            using (response)
            {
                if (!Uri.TryCreate(target, location, out var next) || !IsSameOrigin(target, next) || hops == MostRedirects)
                {
                    check.Complain($"an answer of {kind.Url}", hops == MostRedirects ? $"more than {MostRedirects} redirects" : next is null ? "a redirect to nowhere" : $"a redirect to {PlainText.Quote(SmokeUrl.Label(next))}, which is not followed");
                    return null;
                }

                (target, method, body) = status is 307 or 308 || method == "HEAD" ? (next, method, body) : (next, "GET", null);
            }
        }
    }

    /// <summary>What went wrong on the way to an answer, in a person's words; null for what is not the server's doing.</summary>
    public static string? Explain(Exception problem) => problem switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "no such host",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: var inner } => $"no trusted TLS connection: {Line(inner?.Message ?? problem.Message)}",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "headers of more than 64 kB",
        HttpRequestException or IOException or System.Net.WebSockets.WebSocketException => Line((problem.InnerException ?? problem).Message),
        OperationCanceledException { InnerException: TimeoutException } => "no connection within 5 s",
        _ => null,
    };

    private static HttpRequestMessage Request(Uri target, string method, HttpBody? body, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), target);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body.Content);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(body.Type);
        }

        bool IsGiven(string name) => headers.Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (target.UserInfo.Length > 0 && !IsGiven("Authorization"))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(target.UserInfo))));
        }

        if (!IsGiven("User-Agent"))
        {
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("solana-actions", null));
        }

        foreach (var (name, value) in headers.Where(header => !request.Headers.TryAddWithoutValidation(header.Key, header.Value)))
        {
            // One that describes a body.
            request.Content ??= new ByteArrayContent([]);
            request.Content.Headers.Remove(name);
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static bool IsSameOrigin(Uri from, Uri to) =>
        from.IdnHost == to.IdnHost && to.Scheme is "http" or "https"
        && ((from.Scheme == to.Scheme && from.Port == to.Port) || (from.Scheme == "http" && to.Scheme == "https" && from.IsDefaultPort && to.IsDefaultPort));

    private static string Line(string text) => PlainText.Bound(PlainText.CleanLine(PlainText.Bound(text, 2000)), 200);
}
