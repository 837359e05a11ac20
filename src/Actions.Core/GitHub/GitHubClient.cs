using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Actions.Core.GitHub;

/// <summary>GitHub's REST API, as far as releases of programs need it. What fails throws <see cref="GitHubException"/>.</summary>
/// <remarks>Everything that comes back is untrusted: bounded, typed, and never shown as it is.</remarks>
public sealed partial class GitHubClient : IDisposable
{
    private const int PerPage = 100;

    /// <summary>A repository of more is not ours, or the server goes in circles.</summary>
    private const int MostPages = 200;

    private readonly HttpClient http;
    private readonly GitHubTransport transport;

    /// <param name="handlers">Makes an HTTP handler that follows no redirect by itself.</param>
    public GitHubClient(GitHubAccess access, Func<HttpMessageHandler> handlers, TimeProvider time)
    {
        Access = access;
#pragma warning disable RS0030 // this is the shared client of the API
        http = new HttpClient(handlers(), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore RS0030
        transport = new GitHubTransport(http, access, time);
    }

    public GitHubAccess Access { get; }

    public void Dispose() => http.Dispose();

    private static string Escape(string part) => Uri.EscapeDataString(part);

    private GitHubRequest Request(HttpMethod method, string path, string what, string permission) => new(method, Access.Of(path), what, permission);

    private static GitHubRequest With<T>(GitHubRequest request, T body, JsonTypeInfo<T> type) => request with { Body = JsonSerializer.SerializeToUtf8Bytes(body, type) };

    private async Task<T> AskAsync<T>(GitHubRequest request, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        Parse(await transport.SendAsync(request, cancellation), type, request.What);

    /// <summary>Null for what does not exist.</summary>
    private async Task<T?> FindAsync<T>(GitHubRequest request, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await AskAsync(request, type, cancellation);
        }
        catch (GitHubException problem) when (problem.Problem.Kind == GitHubProblemKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>Deletes; what is gone already is as good.</summary>
    private async Task DeleteAsync(GitHubRequest request, CancellationToken cancellation)
    {
        try
        {
            await transport.SendAsync(request with { IsRepeatable = true }, cancellation);
        }
        catch (GitHubException problem) when (problem.Problem.Kind == GitHubProblemKind.NotFound)
        {
            // Somebody was quicker, or the first try got through.
        }
    }

    /// <summary>Every page's items; the Link header leads from page to page and never to another server.</summary>
    private async IAsyncEnumerable<TItem> PagesAsync<TPage, TItem>(
        GitHubRequest first, JsonTypeInfo<TPage> type, Func<TPage, IReadOnlyList<TItem>> items, [EnumeratorCancellation] CancellationToken cancellation)
    {
        HashSet<string> seen = [];
        for (var (url, page) = ((Uri?)first.Url, 0); url is not null; page++)
        {
            if (page == MostPages || !seen.Add(url.AbsoluteUri))
            {
                throw Malformed(first.What, page == MostPages ? $"more than {MostPages} pages" : "a page that leads to an earlier one");
            }

            var reply = await transport.SendAsync(first with { Url = url }, cancellation);
            foreach (var item in items(Parse(reply, type, first.What)))
            {
                yield return item;
            }

            url = reply.Next is not { } next || Access.IsOfServer(next) ? reply.Next : throw Malformed(first.What, "a next page on another server");
        }
    }

    private IAsyncEnumerable<T> PagesAsync<T>(GitHubRequest first, JsonTypeInfo<List<T>> type, CancellationToken cancellation) =>
        PagesAsync(first, type, page => page, cancellation);

    private static T Parse<T>(GitHubReply reply, JsonTypeInfo<T> type, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(reply.Body.Span, type) ?? throw Malformed(what, "null");
        }
        catch (JsonException problem)
        {
            throw Malformed(what, $"another shape than GitHub's{(problem.Path is { Length: > 0 } path ? $" at {GitHubRefusal.Shown(path)}" : "")}");
        }
    }

    private static GitHubException Malformed(string what, string found) =>
        new(new GitHubProblem(GitHubProblemKind.Malformed, $"{found} for {what}", "check that github-api-url is GitHub's API"));
}
