using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Actions.Cli.Tests.SmokeTest;

/// <summary>What a client asked.</summary>
internal sealed record ServiceRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A service on loopback that answers each path with whatever a test wants: whole answers, raw bytes, a WebSocket.</summary>
internal sealed class Service : IAsyncDisposable
{
    private const string HandshakeGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, Func<ServiceRequest, Stream, CancellationToken, Task>> routes = new();
    private readonly X509Certificate2? certificate;
    private readonly Task serving;

    public Service(X509Certificate2? certificate = null)
    {
        this.certificate = certificate;
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Url => $"{(certificate is null ? "http" : "https")}://localhost:{Port}";

    public string SocketUrl => $"ws://localhost:{Port}";

    public ConcurrentQueue<ServiceRequest> Requests { get; } = new();

    public static string Response(string body, int status = 200, string headers = "") =>
        $"HTTP/1.1 {status} Whatever\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}Connection: close\r\n\r\n{body}";

    public Service On(string path, string body, int status = 200, string headers = "") => OnRaw(path, (_, stream, cancellation) => stream.WriteAsync(Encoding.UTF8.GetBytes(Response(body, status, headers)), cancellation).AsTask());

    public Service On(string path, Func<ServiceRequest, string> response) => OnRaw(path, (request, stream, cancellation) => stream.WriteAsync(Encoding.UTF8.GetBytes(response(request)), cancellation).AsTask());

    public Service OnRaw(string path, Func<ServiceRequest, Stream, CancellationToken, Task> answer)
    {
        routes[path] = answer;
        return this;
    }

    public Service OnSocket(string path, Func<WebSocket, CancellationToken, Task> talk) => OnRaw(path, async (request, stream, cancellation) =>
    {
#pragma warning disable CA5350 // the protocol's own, and no secret
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(request.Headers["sec-websocket-key"] + HandshakeGuid)));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"), cancellation);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        await talk(socket, cancellation);
        await Task.Delay(Timeout.Infinite, cancellation);
    });

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
                await using var stream = await OpenAsync(client);
                var request = await ReadAsync(stream);
                Requests.Enqueue(request);
                await routes.GetValueOrDefault(request.Path, (_, other, cancellation) => other.WriteAsync(Encoding.UTF8.GetBytes(Response("no such path", 404)), cancellation).AsTask())(request, stream, stop.Token);
            }
            catch (Exception problem) when (problem is IOException or OperationCanceledException or WebSocketException or System.Security.Authentication.AuthenticationException)
            {
                // The client had enough of it, which is what these tests are about.
            }
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (certificate is null)
        {
            return client.GetStream();
        }

        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop.Token);
        return tls;
    }

    private async Task<ServiceRequest> ReadAsync(Stream stream)
    {
        var text = "";
        var buffer = new byte[8192];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, stop.Token);
            text += Encoding.UTF8.GetString(buffer, 0, read);
            if (read == 0)
            {
                throw new IOException("The client hung up.");
            }

            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                continue;
            }

            var lines = text[..end].Split("\r\n");
            var headers = lines[1..].Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1].Trim());
            var body = text[(end + 4)..];
            if (Encoding.UTF8.GetByteCount(body) >= int.Parse(headers.GetValueOrDefault("content-length", "0"), System.Globalization.CultureInfo.InvariantCulture))
            {
                return new ServiceRequest(lines[0].Split(' ')[0], lines[0].Split(' ')[1], headers, body);
            }
        }
    }
}
