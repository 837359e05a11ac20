using System.Net;
using System.Net.Http.Headers;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;
using Polly;
using Polly.Retry;

namespace Actions.Core.Secrets;

/// <summary>
/// What every request to a secrets provider goes through: no redirect, no plain http to the outside, answers of bounded size within bounded
/// time, and a new attempt when the network, a rate limit or the server failed. What is refused for good is the caller's to explain.
/// </summary>
/// <remarks>Bodies are in memory before this returns, so that a server cannot hold a caller by sending one byte a minute.</remarks>
internal sealed class ProviderHandler : DelegatingHandler
{
    /// <summary>A secret, a list of keys or a page of signatures is far smaller.</summary>
    public const int MostBytes = 1024 * 1024;

    private const int Retries = 4;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly TimeProvider time;
    private readonly ResiliencePipeline<HttpResponseMessage> retries;

    public ProviderHandler(HttpMessageHandler inner, TimeProvider time)
        : base(inner)
    {
        this.time = time;
        retries = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = Retries,
            Delay = TimeSpan.FromMilliseconds(250),
            MaxDelay = LongestPause,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = attempt => ValueTask.FromResult(IsPassing(attempt.Outcome)),
            DelayGenerator = attempt => ValueTask.FromResult(Asked(attempt.Outcome.Result)),
        }).Build();
    }

    /// <summary>For one attempt, answer included.</summary>
    public TimeSpan AttemptLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For all attempts together.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(45);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!;
        if (url.Scheme != "https" && !RpcUrl.MayBePlain(url))
        {
            throw Unreachable(url, "https", "found plain http", "use https; plain http is only for loopback and for host names without a dot");
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await retries.ExecuteAsync(async stop => await AttemptAsync(request, stop), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable(url, "an answer", $"found none within {Limit.TotalSeconds:0} s", "check the provider's status");
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or TimeoutException)
        {
            var attempts = IsPassing(problem) ? $" after {Retries + 1} attempts" : "";
            throw Unreachable(url, "an answer", $"found{attempts}: {PlainText.Bound(PlainText.CleanLine((problem.InnerException ?? problem).Message), 200)}",
                "check its address, its certificate (SSL_CERT_FILE adds a CA) and its status");
        }
    }

    internal static FaultException Unreachable(Uri url, string expected, string found, string remedy) =>
        new(new Fault(FaultCodes.SecretUnreachable, $"Expected {expected} from {Host(url)}", found, remedy));

    /// <summary>All of a URL that is printed.</summary>
    internal static string Host(Uri url) => PlainText.Bound(PlainText.CleanLine(url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}"), 200);

    private async Task<HttpResponseMessage> AttemptAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(AttemptLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, either.Token);
            RefuseRedirect(request.RequestUri!, response);
            await BufferAsync(request.RequestUri!, response, either.Token);
            return response;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            response?.Dispose();
            throw new TimeoutException($"no whole answer within {AttemptLimit.TotalSeconds:0.#} s");
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    /// <summary>Whoever answers for the provider's host could have the credentials sent anywhere.</summary>
    private static void RefuseRedirect(Uri url, HttpResponseMessage response)
    {
        if ((int)response.StatusCode is >= 300 and < 400)
        {
            var target = response.Headers.Location is { } location ? Host(location.IsAbsoluteUri ? location : new Uri(url, location)) : "nowhere";
            throw Unreachable(url, "no redirect", $"found one (HTTP {(int)response.StatusCode}) to {target}",
                "credentials are never sent after a redirect: give the address that answers itself (for Vault: the active node or its load balancer)");
        }
    }

    private static async Task BufferAsync(Uri url, HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = response.Content;
        var buffer = new byte[16 * 1024];
        var length = 0;
        await using (var stream = await body.ReadAsStreamAsync(cancellation))
        {
            for (int read; (read = await stream.ReadAsync(buffer.AsMemory(length), cancellation)) > 0;)
            {
                length += read;
                if (length > MostBytes)
                {
                    Array.Clear(buffer);
                    throw new FaultException(new Fault(FaultCodes.SecretInvalid, $"Expected an answer of at most {MostBytes:N0} bytes from {Host(url)}", "found a longer one",
                        "check that the address is the provider's"));
                }

                if (length == buffer.Length)
                {
                    // A copy that is left behind could hold a secret.
                    var grown = new byte[2 * buffer.Length];
                    buffer.CopyTo(grown, 0);
                    Array.Clear(buffer);
                    buffer = grown;
                }
            }
        }

        response.Content = new ByteArrayContent(buffer, 0, length);
        response.Content.Headers.ContentType = MediaTypeHeaderValue.TryParse(body.Headers.ContentType?.ToString(), out var type) ? type : null;
        body.Dispose();
    }

    private static bool IsPassing(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: { } problem } => IsPassing(problem),
        { Result: { } response } => IsPassing(response),
        _ => false,
    };

    /// <summary>A certificate does not become valid by asking again.</summary>
    private static bool IsPassing(Exception problem) =>
        problem is HttpRequestException { HttpRequestError: not HttpRequestError.SecureConnectionError } or IOException or TimeoutException;

    private static bool IsPassing(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)response.StatusCode is >= 500 and not 501
        || (response.StatusCode == HttpStatusCode.BadRequest && IsThrottledByAws(response));

    /// <summary>AWS's JSON services say with 400 that there were too many requests.</summary>
    private static bool IsThrottledByAws(HttpResponseMessage response)
    {
        using var body = new MemoryStream();
        response.Content.CopyTo(body, null, CancellationToken.None);
        return body.GetBuffer().AsSpan(0, (int)body.Length).IndexOf("ThrottlingException"u8) >= 0;
    }

    private TimeSpan? Asked(HttpResponseMessage? response) =>
        (response?.Headers.RetryAfter?.Delta ?? (response?.Headers.RetryAfter?.Date - time.GetUtcNow())) is { } pause && pause > TimeSpan.Zero
            ? pause < LongestPause ? pause : LongestPause
            : null;
}
