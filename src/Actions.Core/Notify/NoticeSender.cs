using System.Net.Http.Headers;
using System.Text;
using Actions.Core.Faults;
using Actions.Core.Secrets;

namespace Actions.Core.Notify;

/// <summary>Posts to channels. Whatever a channel does becomes a warning, because a release does not fail for want of an audience.</summary>
public sealed class NoticeSender : IDisposable
{
    /// <summary>For one channel with all its attempts: a job must not wait for a dead one.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ProviderHttp http;

    /// <param name="handler">Shared with others, who still need it when this is disposed.</param>
    public NoticeSender(HttpMessageHandler handler, TimeProvider time) =>
        http = new ProviderHttp(new ProviderHandler(handler, time) { AttemptLimit = TimeSpan.FromSeconds(5), Limit = Limit });

    /// <returns>Null when the channel took it.</returns>
    public async Task<Fault?> PostAsync(Uri url, ReadOnlyMemory<byte> json, string input, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(json.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("solana-actions", null));
        try
        {
            using var answer = await http.SendAsync(request, cancellation);
            return answer.IsOk ? null : Undelivered(
                $"Expected {ProviderHandler.Host(url)} to take a notification", $"found HTTP {answer.Status} with {ForeignWords.Quote(Encoding.UTF8.GetString(answer.Body.Span[..Math.Min(answer.Body.Length, 1_000)]))}",
                "check that the address or key is still valid: services withdraw those of removed apps, archived channels and disabled integrations", input);
        }
        catch (FaultException problem)
        {
            var fault = problem.Faults[0];
            return Undelivered(fault.Expected, fault.Found, fault.Remedy, input);
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>The warning that a channel did not take it.</summary>
    public static Fault Undelivered(string expected, string found, string remedy, string input) =>
        new Fault(FaultCodes.NotificationFailed, expected, found, remedy, input).AsWarning();
}
