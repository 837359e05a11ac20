using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Actions.Core.Http;
using Actions.Core.Runner;
using Actions.Core.Smoke;

namespace Actions.Cli.SmokeTest;

/// <summary>`http`: one request, and everything that must be true of its answer.</summary>
internal sealed class HttpProbe(ServiceClient client, TimeProvider time)
{
    public const int LongestBody = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 64 };

    /// <returns>How long it took until the whole answer was there.</returns>
    public async Task<TimeSpan> LookAsync(SmokeKind.Http kind, AssertionCheck check, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        using var response = await client.SendAsync(kind, check, cancellation);
        if (response is null)
        {
            return time.GetElapsedTime(started);
        }

        var body = await BoundedBody.ReadAsync(response.Content, LongestBody, cancellation);
        var latency = time.GetElapsedTime(started);
        Judge(kind, response, body, latency, check);
        if (kind.TlsDays is { } days)
        {
            await new CertificateProbe(time).LookAsync(kind.Url.Uri, days, check, cancellation);
        }

        return latency;
    }

    private static void Judge(SmokeKind.Http kind, HttpResponseMessage response, ReadOnlyMemory<byte>? body, TimeSpan latency, AssertionCheck check)
    {
        var status = (int)response.StatusCode;
        var isGood = kind.Status.Count == 0 ? status is >= 200 and < 300 : kind.Status.Contains(status);
        if (!isGood)
        {
            check.Complain(kind.Status.Count == 0 ? "a status of 2xx" : $"status {string.Join(" or ", kind.Status)}", body is { Length: > 0 } ? $"{status} with {PlainText.Quote(TextOf(body.Value))}" : $"{status}");
        }

        if (kind.MaxLatency is { } most && latency > most)
        {
            check.Complain($"an answer within {most.TotalMilliseconds:0} ms", $"one after {latency.TotalMilliseconds:0} ms");
        }

        foreach (var header in kind.HeadersMatch)
        {
            check.Hold($"header {PlainText.Quote(header.Name)}", header.Assertion, Values(response, header.Name) is { } value ? Selection.Of(value) : Selection.Nothing);
        }

        if (kind.Text is null && kind.Json.Count == 0)
        {
            return;
        }

        if (body is not { } content)
        {
            check.Complain($"a body of at most {LongestBody:N0} bytes", "more");
            return;
        }

        if (kind.Text is { } text)
        {
            check.Hold("the body", text, Selection.Of(TextOf(content)));
        }

        if (kind.Json.Count > 0)
        {
            JudgeJson(kind.Json, content, isGood, check);
        }
    }

    /// <summary>Also after a wrong status, because a health endpoint's 503 says which part is ill.</summary>
    private static void JudgeJson(IReadOnlyList<PathAssertion> paths, ReadOnlyMemory<byte> body, bool isGood, AssertionCheck check)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, Json);
        }
        catch (JsonException)
        {
            if (isGood)
            {
                check.Complain("JSON", body.Length == 0 ? "an empty body" : PlainText.Quote(TextOf(body)));
            }

            return;
        }

        using (document)
        {
            foreach (var path in paths)
            {
                check.Hold(PlainText.Bound(path.Path.ToString(), 200), path.Assertion, path.Path.Select(document.RootElement));
            }
        }
    }

    private static string TextOf(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span).TrimEnd('\n', '\r');

    private static string? Values(HttpResponseMessage response, string name)
    {
        static string? Of(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
        try
        {
            return Of(response.Headers, name) ?? Of(response.Content.Headers, name);
        }
        catch (Exception problem) when (problem is FormatException or InvalidOperationException)
        {
            return null; // not the name of any header
        }
    }
}
