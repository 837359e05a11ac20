using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Actions.Core.Http;

namespace Actions.Core.Rpc;

/// <summary>One RPC URL: posts calls at the pace it accepts and sorts whatever comes back. Never throws for what the server does.</summary>
internal sealed class RpcEndpoint(Uri url, HttpClient http, Pacer pacer, TimeProvider time)
{
    private const int MaxMessage = 300;
    private static readonly MediaTypeHeaderValue Json = new("application/json"); // some nodes reject a charset

    /// <summary>HTTP clients leave out what stands before the @ of a URL; some providers put the access key there.</summary>
    private readonly AuthenticationHeaderValue? authorization = url.UserInfo.Length == 0
        ? null
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo))));

    private long freshest;

    public Pacer Pacer { get; } = pacer;

    /// <summary>Scheme and host: all of a URL that may be shown.</summary>
    public string Label { get; } = url.IsDefaultPort ? $"{url.Scheme}://{url.Host}" : $"{url.Scheme}://{url.Host}:{url.Port}";

    public bool IsForbidden { get; private set; }

    /// <summary>What its answers said about its limits so far.</summary>
    public StatedLimits Stated { get; private set; } = new();

    /// <summary>Set once the endpoint has proved which cluster it serves.</summary>
    public bool IsChecked { get; set; }

    /// <summary>Failures in a row; the reads go to whoever has fewest.</summary>
    public int Failures { get; private set; }

    /// <summary>The newest slot any answer of this endpoint spoke about.</summary>
    public ulong FreshestSlot => (ulong)Interlocked.Read(ref freshest);

    /// <summary>Waits for its turn, then posts.</summary>
    public async Task<RpcReply> PostAsync(RpcCall call, CancellationToken cancellation) =>
        await PostPermittedAsync(call, await Pacer.AcquireAsync(call.Method, cancellation), cancellation);

    /// <summary>Posts with a permit of the pacer's at once.</summary>
    public async Task<RpcReply> PostPermittedAsync(RpcCall call, long permit, CancellationToken cancellation)
    {
        RpcReply? reply = null;
        try
        {
            reply = await SendAsync(call, cancellation);
            return reply;
        }
        finally
        {
            Pacer.Complete(call.Method, permit, Outcome(reply), call.Comparable);
            Failures = reply is RpcReply.Answer or RpcReply.Refusal ? 0 : Failures + 1;
        }
    }

    /// <summary>It answers, but not what was asked.</summary>
    public void Demote() => Failures++;

    public void SawSlot(ulong slot)
    {
        var seen = Interlocked.Read(ref freshest);
        while ((long)slot > seen)
        {
            seen = Interlocked.CompareExchange(ref freshest, (long)slot, seen);
        }
    }

    private static CallOutcome Outcome(RpcReply? reply) => reply switch
    {
        RpcReply.Answer or RpcReply.Refusal => CallOutcome.Answered,
        RpcReply.Failure { Kind: RpcFailureKind.Throttled or RpcFailureKind.Forbidden } => CallOutcome.Throttled,
        _ => CallOutcome.Failed,
    };

    private async Task<RpcReply> SendAsync(RpcCall call, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(call.Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(call.Body) };
            request.Content.Headers.ContentType = Json;
            request.Headers.Authorization = authorization;
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            Learn(call.Method, response);
            return await ReadAsync(call, response, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new RpcReply.Failure(RpcFailureKind.Unreachable, $"no answer within {call.Timeout.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            return new RpcReply.Failure(RpcFailureKind.Unreachable, Reason(exception));
        }
    }

    private async Task<RpcReply> ReadAsync(RpcCall call, HttpResponseMessage response, CancellationToken cancellation)
    {
        switch ((int)response.StatusCode)
        {
            case 429:
                return new RpcReply.Failure(RpcFailureKind.Throttled, "HTTP 429, too many requests");
            case 403 when call.IsOptional:
                return new RpcReply.Refusal(new RpcRefusal(RpcRefusal.MethodForbidden, "HTTP 403, the endpoint does not allow this method", default));
            case 401 or 403:
                IsForbidden = true;
                return new RpcReply.Failure(RpcFailureKind.Forbidden, $"HTTP {(int)response.StatusCode}, the endpoint denies access");
            case 408 or 425 or >= 500:
                return new RpcReply.Failure(RpcFailureKind.Unreachable, $"HTTP {(int)response.StatusCode}");
            case not (200 or 400):
                return new RpcReply.Failure(RpcFailureKind.Invalid, $"HTTP {(int)response.StatusCode}");
        }

        var body = await BoundedBody.ReadAsync(response.Content, call.MaxAnswer, cancellation);
        return body is null
            ? new RpcReply.Failure(RpcFailureKind.TooLarge, $"more than {call.MaxAnswer:N0} bytes for {call.Method}")
            : Sort(body.Value);
    }

    private static RpcReply Sort(ReadOnlyMemory<byte> body)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
            {
                return new RpcReply.Refusal(Refusal(error));
            }

            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("result", out _))
            {
                var answer = new RpcReply.Answer(document);
                document = null;
                return answer;
            }

            return new RpcReply.Failure(RpcFailureKind.Invalid, "JSON that is no JSON-RPC answer");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            var start = Printable(Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 40)]));
            return new RpcReply.Failure(RpcFailureKind.Invalid, body.Length == 0 ? "an empty answer" : $"an answer that is not JSON: \"{start}…\"");
        }
        finally
        {
            document?.Dispose();
        }
    }

    private static RpcRefusal Refusal(JsonElement error)
    {
        var code = error.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : 0;
        var message = error.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "no message";
        return new RpcRefusal(code, Printable(message), error.TryGetProperty("data", out var data) ? data.Clone() : default);
    }

    private void Learn(string method, HttpResponseMessage response)
    {
        int? Header(string name) =>
            response.Headers.TryGetValues(name, out var values)
            && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value is >= 0 and < 1_000_000 ? value : null;

        static int? Limit(int? value) => value is > 0 ? value : null;
        var (perMethod, total) = (Limit(Header("x-ratelimit-method-limit")), Limit(Header("x-ratelimit-rps-limit")));
        Stated = Stated with { PerMethod = perMethod ?? Stated.PerMethod, Total = total ?? Stated.Total };
        Pacer.Learn(method, perMethod, Header("x-ratelimit-method-remaining"), total, Header("x-ratelimit-rps-remaining"));
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
        {
            return;
        }

        var after = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - time.GetUtcNow();
        if (after is { } pause && pause > TimeSpan.Zero)
        {
            Stated = Stated with { RetryAfter = pause };
            Pacer.Block(pause < TimeSpan.FromMinutes(2) ? pause : TimeSpan.FromMinutes(2));
        }
    }

    private static string Reason(Exception exception) => Printable((exception.InnerException ?? exception).Message);

    /// <summary>Untrusted text made fit for one line of a log.</summary>
    private static string Printable(string text)
    {
        var clean = new string([.. text.Take(MaxMessage).Select(character => char.IsControl(character) ? ' ' : character)]);
        return text.Length > MaxMessage ? clean + "…" : clean;
    }
}
