using System.Net.Http.Headers;
using Actions.Core.Http;
using Polly;
using Polly.Retry;

namespace Actions.Core.GitHub;

/// <summary>Sends calls, waits out limits and outages, and follows redirects without carrying the token away.</summary>
internal sealed class GitHubTransport
{
    private const int MostTries = 6;
    private const int MostRedirects = 4;

    /// <summary>A primary limit can last an hour: then it is better to say so.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private static readonly ProductInfoHeaderValue Agent =
        new("solana-actions", typeof(GitHubTransport).Assembly.GetName().Version?.ToString(3));

    private readonly HttpClient http;
    private readonly GitHubAccess access;
    private readonly TimeProvider time;
    private readonly ResiliencePipeline<GitHubReply> retries;

    public GitHubTransport(HttpClient http, GitHubAccess access, TimeProvider time)
    {
        (this.http, this.access, this.time) = (http, access, time);
        retries = new ResiliencePipelineBuilder<GitHubReply> { TimeProvider = time }.AddRetry(new RetryStrategyOptions<GitHubReply>
        {
            MaxRetryAttempts = MostTries - 1,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(400),
            MaxDelay = TimeSpan.FromSeconds(15),
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { IsWorthAnother: true, Pause: var pause } && !(pause > LongestPause)),
            DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.Pause),
        }).Build();
    }

    /// <summary>The answer of a call that GitHub did; throws <see cref="GitHubException"/> otherwise.</summary>
    public async Task<GitHubReply> SendAsync(GitHubRequest request, CancellationToken cancellation)
    {
        for (var hops = 0; ; hops++)
        {
            var reply = await retries.ExecuteAsync(
                static async (call, token) => await call.Self.TryAsync(call.Request, token), (Self: this, Request: request), cancellation);
            if (reply.Problem is { } problem)
            {
                throw new GitHubException(problem);
            }

            if (reply.Location is not { } location)
            {
                return reply;
            }

            request = hops < MostRedirects ? Follow(request, location, reply.Status) : throw Astray(request, "more redirects than any answer needs");
        }
    }

    private GitHubRequest Follow(GitHubRequest request, Uri location, int status)
    {
        var stays = !request.IsAway && access.IsOfServer(location) && location.UserInfo.Length == 0;
        if (request.Method != HttpMethod.Get && (!stays || status is not (307 or 308)))
        {
            throw Astray(request, $"a redirect ({status}): the repository has moved");
        }

        if (stays)
        {
            return request with { Url = location };
        }

        return request.MayLeave && GitHubAccess.MayHoldToken(location) && location.UserInfo.Length == 0
            ? request with { Url = location, IsAway = true }
            : throw Astray(request, "a redirect to where no answer of GitHub is");
    }

    private static GitHubException Astray(GitHubRequest request, string found) => new(new GitHubProblem(
        GitHubProblemKind.Malformed, $"{found}, for {request.What}", "check github-api-url and the repository's name"));

    private async Task<GitHubReply> TryAsync(GitHubRequest request, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            using var message = Compose(request);
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReadAsync(request, response, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Unanswered(request, $"no answer within {request.Timeout.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            return Unanswered(request, (exception.InnerException ?? exception).Message);
        }
    }

    private HttpRequestMessage Compose(GitHubRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Url);
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.UserAgent.Add(Agent);
        if (!request.IsAway)
        {
            message.Headers.Authorization = access.Token.ToHeader();
            message.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
        }

        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        }

        return message;
    }

    private async Task<GitHubReply> ReadAsync(GitHubRequest request, HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        if (status is 301 or 302 or 303 or 307 or 308)
        {
            return response.Headers.Location is { } location
                ? new GitHubReply { Status = status, Location = new Uri(request.Url, location) }
                : new GitHubReply { Status = status, Problem = Astray(request, $"a redirect ({status}) to nowhere").Problem };
        }

        if (status is < 200 or > 299)
        {
            return await GitHubRefusal.ReadAsync(request, response, time.GetUtcNow(), cancellation);
        }

        return await BoundedBody.ReadAsync(response.Content, request.MostBytes, cancellation) is not { } body
            ? new GitHubReply
            {
                Status = status,
                Problem = new GitHubProblem(GitHubProblemKind.Malformed, $"more than {request.MostBytes:N0} bytes for {request.What}", "check github-api-url: no answer of GitHub is as large") { Status = status },
            }
            : new GitHubReply { Status = status, Body = body, Next = GitHubLink.Next(response, request.Url) };
    }

    private static GitHubReply Unanswered(GitHubRequest request, string reason) => new()
    {
        IsWorthAnother = request.IsRepeatable,
        Problem = new GitHubProblem(GitHubProblemKind.Unreachable, $"{GitHubRefusal.Shown(reason)}, for {request.What} at {request.Url.Host}", "check github-api-url and GitHub's status, then run again"),
    };
}
