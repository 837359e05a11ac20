using System.Net.WebSockets;
using System.Text.Json;
using Actions.Core.Runner;
using Actions.Core.Smoke;

namespace Actions.Cli.SmokeTest;

/// <summary>`websocket`: connects, says something, and waits for the message that is wanted.</summary>
internal sealed class WebSocketProbe(Func<HttpMessageHandler> http, TimeProvider time)
{
    public const int LongestMessage = 1024 * 1024;
    private const int MostMessages = 10_000;

    /// <returns>How long it took until the message was there; without one, until the connection was.</returns>
    public async Task<TimeSpan> LookAsync(SmokeKind.WebSocket kind, AssertionCheck check, Func<AssertionCheck> fresh, TimeSpan patience, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        using var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(http(), disposeHandler: false);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(kind.Url.Uri, invoker, cancellation);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0 && (int)socket.HttpStatusCode != 101)
        {
            check.Complain("a WebSocket", $"status {(int)socket.HttpStatusCode}");
            return time.GetElapsedTime(started);
        }

        if (kind.Send is { } said)
        {
            await socket.SendAsync(said, WebSocketMessageType.Text, endOfMessage: true, cancellation);
        }

        if (kind.Message.Count > 0 || kind.Within is not null)
        {
            await WaitAsync(socket, kind, check, fresh, kind.Within ?? patience, cancellation);
        }

        var latency = time.GetElapsedTime(started);
        socket.Abort(); // a closing handshake would be one more thing a server could draw out
        return latency;
    }

    private async Task WaitAsync(ClientWebSocket socket, SmokeKind.WebSocket kind, AssertionCheck check, Func<AssertionCheck> fresh, TimeSpan within, CancellationToken cancellation)
    {
        var (seen, closest) = (0, (AssertionCheck?)null);
        using var limit = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            for (; seen < MostMessages; seen++)
            {
                if (await ReceiveAsync(socket, check, either.Token) is not { } message)
                {
                    return;
                }

                var attempt = fresh();
                if (Judge(kind, message, attempt))
                {
                    check.Adopt(attempt);
                    return;
                }

                closest = attempt.Complaints.Count > 0 ? attempt : closest;
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            // Said below, with what came instead.
        }

        check.Complain(
            $"{(kind.Message.Count > 0 ? "a message of that kind" : "a message")} within {within.TotalSeconds:0.###} s",
            seen == 0 ? "none" : closest is null ? $"{seen} that are no JSON" : $"{seen} others; of the last one, {closest.Complaints[0]}");
    }

    /// <summary>Whether this is the message; one that is no JSON is none that assertions can be about.</summary>
    private static bool Judge(SmokeKind.WebSocket kind, ReadOnlyMemory<byte> message, AssertionCheck attempt)
    {
        if (kind.Message.Count == 0)
        {
            return true;
        }

        try
        {
            using var document = JsonDocument.Parse(message);
            foreach (var path in kind.Message)
            {
                attempt.Hold(PlainText.Bound(path.Path.ToString(), 200), path.Assertion, path.Path.Select(document.RootElement));
            }

            return attempt.Complaints.Count == 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The next whole message; null, and a complaint, when none will come.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReceiveAsync(ClientWebSocket socket, AssertionCheck check, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                check.Complain("an open WebSocket", $"that the server closed it{(socket.CloseStatusDescription is { Length: > 0 } why ? $": {PlainText.Quote(why)}" : "")}");
                return null;
            }

            length += part.Count;
            if (length > LongestMessage)
            {
                check.Complain($"messages of at most {LongestMessage:N0} bytes", "a longer one");
                return null;
            }

            if (part.EndOfMessage)
            {
                return buffer.AsMemory(0, length);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(2 * buffer.Length, LongestMessage + 1));
            }
        }
    }
}
