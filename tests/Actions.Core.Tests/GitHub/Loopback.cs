using System.Net;
using System.Net.Sockets;
using System.Text;
using Actions.Core.GitHub;

namespace Actions.Core.Tests.GitHub;

/// <summary>A server in this process that answers whatever a test wants it to.</summary>
internal sealed class Loopback : IDisposable
{
    private static readonly SocketsHttpHandler Handler = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.GZip };

    private readonly HttpListener listener = new();
    private readonly Func<HttpListenerContext, Task> answer;

    private Loopback(int port, Func<HttpListenerContext, Task> answer)
    {
        this.answer = answer;
        Url = $"http://127.0.0.1:{port}/";
        listener.Prefixes.Add(Url);
        listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>Every request: its method, path and query, and what stood in its Authorization header.</summary>
    public List<(string Method, string Path, string? Authorization)> Seen { get; } = [];

    public static Loopback Start(Func<HttpListenerContext, Task> answer)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        return new Loopback(port, answer);
    }

    /// <summary>One answer after the other; the last one stays.</summary>
    public static Loopback Of(params (int Status, string Body, (string Name, string Value)[] Headers)[] answers)
    {
        var next = 0;
        return Start(context =>
        {
            var (status, body, headers) = answers[Math.Min(next++, answers.Length - 1)];
            return WriteAsync(context, status, body, headers);
        });
    }

    public static async Task WriteAsync(HttpListenerContext context, int status, string body, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers.Add(name, value);
        }

        var bytes = Encoding.UTF8.GetBytes(body);
        context.Response.ContentLength64 = bytes.Length;
        await context.Response.OutputStream.WriteAsync(bytes);
        context.Response.Close();
    }

    public GitHubClient Client() => new(GitHubAccess.TryMake(Url, "acme/perps", GitHubToken.TryMake("ghs_secret")!, out _)!, () => Handler, TimeProvider.System);

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception problem) when (problem is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            lock (Seen)
            {
                Seen.Add((context.Request.HttpMethod, context.Request.RawUrl!, context.Request.Headers["Authorization"]));
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await answer(context);
        }
        catch (Exception problem) when (problem is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The client went away, as some tests want it to.
        }
    }
}
