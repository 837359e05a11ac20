using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Actions.Cli.Tests.VerifyProgram;

/// <summary>An HTTP server that answers each RPC method with whatever bytes a test wants, and then hangs up.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    public const string Genesis = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<string, byte[]> answer;
    private readonly Task serving;

    /// <param name="answer">The method's name to everything that goes over the wire.</param>
    public HostileServer(Func<string, byte[]> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>A well-formed answer to one method; its genesis hash to any other.</summary>
    public static HostileServer Saying(string method, string result) => new(asked => Json(asked == method ? result : $"\"{Genesis}\""));

    public static byte[] Json(string result) => Http("application/json", $$"""{"jsonrpc":"2.0","id":1,"result":{{result}}}""");

    public static byte[] Http(string type, string body, long? length = null) =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {length ?? Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(AnswerAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                await stream.WriteAsync(answer(await MethodAsync(stream)), stop.Token);
            }
            catch (Exception problem) when (problem is IOException or OperationCanceledException)
            {
                // The client had enough of it, which is what these tests are about.
            }
        }
    }

    private async Task<string> MethodAsync(NetworkStream stream)
    {
        var text = "";
        var buffer = new byte[4096];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, stop.Token);
            text += Encoding.UTF8.GetString(buffer, 0, read);
            var body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (body >= 0 && text.EndsWith('}'))
            {
                using var call = JsonDocument.Parse(text[(body + 4)..]);
                return call.RootElement.GetProperty("method").GetString()!;
            }

            if (read == 0)
            {
                throw new IOException("The client hung up.");
            }
        }
    }
}
