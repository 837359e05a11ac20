using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Actions.Cli.Tests.Tools;

/// <summary>What a hostile endpoint does with one call.</summary>
internal abstract record HostileAnswer
{
    private HostileAnswer()
    {
    }

    /// <summary>A whole answer, well-formed or not.</summary>
    public sealed record Body(string Text, int Status = 200, string Headers = "") : HostileAnswer;

    /// <summary>Announces more than it sends.</summary>
    public sealed record Truncated(string Text) : HostileAnswer;

    /// <summary>One byte now and then, for ever.</summary>
    public sealed record Dripping : HostileAnswer;

    /// <summary>As many bytes as anyone reads.</summary>
    public sealed record Endless(string Start) : HostileAnswer;

    /// <summary>Hangs up.</summary>
    public sealed record Drop : HostileAnswer;

    public static HostileAnswer Result(string json) => new Body($$"""{"jsonrpc":"2.0","id":1,"result":{{json}}}""");
}

/// <summary>An RPC endpoint that lies: it stands before a real node and passes on what it does not want to spoil.</summary>
internal sealed class HostileRpc : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Until.Patience };

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly string? behind;
    private readonly Task accepting;
    private int sends;

    /// <param name="behind">The node that answers what is not spoilt; null for none.</param>
    public HostileRpc(string? behind)
    {
        this.behind = behind;
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>How many transactions were handed to this endpoint.</summary>
    public int Sends => Volatile.Read(ref sends);

    /// <summary>Decides on an answer from the method and the request; null passes the call on.</summary>
    public Func<string, JsonNode, Task<HostileAnswer?>> Answer { get; set; } = (_, _) => Task.FromResult<HostileAnswer?>(null);

    /// <summary>Spoils one method with the same answer every time.</summary>
    public HostileRpc Spoil(string method, HostileAnswer answer)
    {
        Answer = (asked, _) => Task.FromResult(asked == method || method == "*" ? answer : null);
        return this;
    }

    /// <summary>What the real node answers.</summary>
    public async Task<string> AskAsync(JsonNode request)
    {
        using var content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(new Uri(behind!), content);
        return await response.Content.ReadAsStringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    var method = request["method"]!.GetValue<string>();
                    if (method == "sendTransaction")
                    {
                        Interlocked.Increment(ref sends);
                    }

                    var answer = await Answer(method, request) ?? new HostileAnswer.Body(await AskAsync(request));
                    if (!await WriteAsync(stream, answer))
                    {
                        return;
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or HttpRequestException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task<JsonNode?> ReadAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[8192];
        while (true)
        {
            var head = Encoding.Latin1.GetString([.. bytes]);
            var end = head.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var length = end < 0 ? -1 : head[..end].Split("\r\n").Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                .Select(line => int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
            if (end >= 0 && bytes.Count >= end + 4 + length)
            {
                return JsonNode.Parse(bytes.Skip(end + 4).Take(length).ToArray());
            }

            var read = await stream.ReadAsync(one, stop.Token);
            if (read == 0)
            {
                return null;
            }

            bytes.AddRange(one.AsSpan(0, read));
        }
    }

    /// <returns>Whether the connection can be used again.</returns>
    private async Task<bool> WriteAsync(NetworkStream stream, HostileAnswer answer)
    {
        Task Send(string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop.Token).AsTask();
        const string json = "Content-Type: application/json\r\n";
        switch (answer)
        {
            case HostileAnswer.Body body:
                await Send($"HTTP/1.1 {body.Status} X\r\n{json}{body.Headers}Content-Length: {Encoding.UTF8.GetByteCount(body.Text)}\r\n\r\n{body.Text}");
                return true;
            case HostileAnswer.Truncated truncated:
                await Send($"HTTP/1.1 200 X\r\n{json}Content-Length: {truncated.Text.Length + 1000}\r\n\r\n{truncated.Text}");
                return false;
            case HostileAnswer.Dripping:
                await Send($"HTTP/1.1 200 X\r\n{json}Content-Length: 100000\r\n\r\n");
                while (true)
                {
                    await Send(" ");
                    await Task.Delay(200, stop.Token);
                }

            case HostileAnswer.Endless endless:
                await Send($"HTTP/1.1 200 X\r\n{json}Transfer-Encoding: chunked\r\n\r\n");
                var chunk = new string('a', 60_000);
                await Send($"{endless.Start.Length:x}\r\n{endless.Start}\r\n");
                while (true)
                {
                    await Send($"{chunk.Length:x}\r\n{chunk}\r\n");
                }

            default:
                return false;
        }
    }
}
