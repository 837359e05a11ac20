using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Actions.Core.Faults;

namespace Actions.Core.Secrets;

/// <summary>Sends requests to secrets providers; see <see cref="ProviderHandler"/> for what it stands.</summary>
internal sealed class ProviderHttp : IDisposable
{
    private readonly HttpMessageInvoker http;

    /// <param name="handler">Shared with others, so it is not disposed here.</param>
    public ProviderHttp(HttpMessageHandler handler, TimeProvider time)
        : this(new ProviderHandler(handler, time))
    {
    }

    internal ProviderHttp(ProviderHandler handler) => http = new HttpMessageInvoker(handler, disposeHandler: false);

    public async Task<ProviderAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var response = await http.SendAsync(request, cancellation);
        return new ProviderAnswer(request.RequestUri!, (int)response.StatusCode, [.. response.Headers.WwwAuthenticate], await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    public void Dispose() => http.Dispose();

    /// <summary>A JSON body that a retry can send again.</summary>
    public static ByteArrayContent Json(Action<Utf8JsonWriter> write, string type = "application/json")
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        var content = new ByteArrayContent(stream.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        Array.Clear(stream.GetBuffer());
        return content;
    }
}

/// <summary>What a provider answered; the body may hold a secret and is zeroed when disposed.</summary>
internal sealed class ProviderAnswer(Uri url, int status, IReadOnlyList<AuthenticationHeaderValue> challenges, byte[] body) : IDisposable
{
    private JsonDocument? document;

    public int Status => status;

    public bool IsOk => status is >= 200 and < 300;

    public ReadOnlyMemory<byte> Body => body;

    public IReadOnlyList<AuthenticationHeaderValue> Challenges => challenges;

    /// <summary>The body as a JSON object; a fault when it is something else.</summary>
    public JsonElement Json()
    {
        try
        {
            document ??= JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document.RootElement;
            }
        }
        catch (JsonException)
        {
        }

        throw Strange("a JSON object");
    }

    /// <summary>The JSON object, if it is one: for the text of an error.</summary>
    public JsonElement? TryJson()
    {
        try
        {
            return Json();
        }
        catch (FaultException)
        {
            return null;
        }
    }

    /// <summary>Says that the answer is not what the provider documents.</summary>
    public FaultException Strange(string expected) => new(new Fault(
        FaultCodes.SecretInvalid, $"Expected {expected} from {ProviderHandler.Host(url)}", $"found an answer of another form (HTTP {status}, {body.Length:N0} bytes, not shown)",
        "check that the address is the provider's, and its version"));

    public void Dispose()
    {
        document?.Dispose();
        CryptographicOperations.ZeroMemory(body);
    }
}

/// <summary>Reading untrusted JSON: what is absent or of another kind is null.</summary>
internal static class ProviderJson
{
    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element;
    }

    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static long? Whole(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;

    public static bool? Flag(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.True or JsonValueKind.False } flag ? flag.GetBoolean() : null;

    public static DateTimeOffset? Time(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.Text(path) is { } text
        && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;

    /// <summary>Unix seconds, which AWS and Azure write with or without a fraction.</summary>
    public static DateTimeOffset? UnixTime(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var seconds) && seconds is > 0 and < 1e11
            ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds)) : null;
}
