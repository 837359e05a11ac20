using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;

namespace Actions.Cli.Tests.SmokeTest;

/// <summary>Services that mean harm: each ends in one failed check, in bounded time and memory.</summary>
public sealed class HostileServiceTests
{
    private static readonly byte[] Megabyte = Encoding.ASCII.GetBytes(new string('x', 1024 * 1024));

    public static TheoryData<string, string, string> Attacks => new()
    {
        { "gigantic", "http: { url: 'SERVICE/gigantic', text: x }", "expected a body of at most 4,194,304 bytes, found more" },
        { "gigantic, announced", "http: { url: 'SERVICE/announced', json: { $: 1 } }", "expected a body of at most" },
        { "gigantic scrape", "metrics: { url: 'SERVICE/gigantic', name: x, value: 1 }", "expected a scrape of at most" },
        { "zip bomb", "http: { url: 'SERVICE/bomb', text: x }", "expected a body of at most" },
        { "slow headers", "http: { url: 'SERVICE/drip-headers' }", "expected an answer within 1 s, found none" },
        { "slow body", "http: { url: 'SERVICE/drip-body' }", "expected an answer within 1 s, found none" },
        { "silence", "http: { url: 'SERVICE/silence' }", "expected an answer within 1 s, found none" },
        { "redirect loop", "http: { url: 'SERVICE/loop' }", "more than 5 redirects" },
        { "redirect elsewhere", "http: { url: 'SERVICE/away', headers: { Authorization: Bearer abcdef } }", "a redirect to 'https://evil.example', which is not followed" },
        { "redirect to another port", "http: { url: 'SERVICE/port', headers: { Authorization: Bearer abcdef } }", "which is not followed" },
        { "redirect to a file", "http: { url: 'SERVICE/file' }", "which is not followed" },
        { "no text", "http: { url: 'SERVICE/binary', json: { $: 1 } }", "expected JSON" },
        { "no text as text", "http: { url: 'SERVICE/binary', text: x }", "expected the body to be 'x'" },
        { "deep", "http: { url: 'SERVICE/deep', json: { $: 1 } }", "expected JSON" },
        { "no http", "http: { url: 'SERVICE/garbage' }", "an answer of the service" },
        { "many headers", "http: { url: 'SERVICE/headers' }", "an answer of the service" },
        { "hang up", "http: { url: 'SERVICE/hangup' }", "an answer of the service" },
        { "endless message", "websocket: { url: 'SOCKET/endless', within: 5s }", "expected messages of at most 1,048,576 bytes, found a longer one" },
        { "no end of messages", "websocket: { url: 'SOCKET/flood', message: { $.a: 2 }, within: 1s }", "others; of the last one, expected $.a to be 2, found 1" },
        { "silent socket", "websocket: { url: 'SOCKET/quiet', within: 1s }", "found none" },
        { "broken frames", "websocket: { url: 'SOCKET/broken', within: 5s }", "an answer of the service" },
        { "workflow command", "http: { url: 'SERVICE/command', status: 200 }", "found 500 with" },
    };

    [Fact]
    public async Task Each_attack_fails_its_check_and_nothing_else()
    {
        await using var other = new Service().On("/", "stolen");
        await using var service = Hostile(other.Url);
        var rows = Attacks.Select(row => ((string)row[0], (string)row[1], (string)row[2])).ToList();
        using var smoke = new Smoke("http://localhost:1", null, string.Join('\n', rows.Select(row =>
            $"  - name: {row.Item1}\n    {row.Item2.Replace("SERVICE", service.Url, StringComparison.Ordinal).Replace("SOCKET", service.SocketUrl, StringComparison.Ordinal)}\n    timeout: {(row.Item3.Contains("within 1 s", StringComparison.Ordinal) ? "1s" : "20s")}"))
            + $"\n  - name: unharmed\n    http: {{ url: '{service.Url}/fine' }}", ("ledger", "none"));

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run["passed"].ShouldBe("1");
        run["failed"].ShouldBe($"{rows.Count}");
        var said = run.Report!.Value.GetProperty("faults").EnumerateArray().Select(fault => fault.GetProperty("expected").GetString() + fault.GetProperty("found").GetString()).ToList();
        foreach (var (name, _, expected) in rows)
        {
            said.Single(text => text.Contains($"check '{name}' (", StringComparison.Ordinal)).ShouldContain(expected, Case.Sensitive, name);
        }

        other.Requests.ShouldBeEmpty("nobody else sees what was sent");
        run.Stdout.Split('\n').ShouldNotContain(line => line.StartsWith("::set-output", StringComparison.Ordinal) || line.StartsWith("::warning title=mine", StringComparison.Ordinal));
        run.Stdout.ShouldNotContain("\u001b");
        run.Took.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    private static Service Hostile(string other) => new Service()
        .On("/fine", "ok")
        .OnRaw("/gigantic", async (_, stream, cancellation) =>
        {
            await WriteAsync(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", cancellation);
            while (true)
            {
                await stream.WriteAsync(Megabyte, cancellation);
            }
        })
        .OnRaw("/announced", (_, stream, cancellation) => WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n{", cancellation))
        .OnRaw("/bomb", async (_, stream, cancellation) =>
        {
            await WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n", cancellation);
            await using var zip = new GZipStream(stream, CompressionLevel.Fastest);
            for (var i = 0; i < 1000; i++)
            {
                await zip.WriteAsync(Megabyte, cancellation);
            }
        })
        .OnRaw("/drip-headers", (_, stream, cancellation) => DripAsync(stream, "HTTP/1.1 200 OK\r\nX: ", cancellation))
        .OnRaw("/drip-body", (_, stream, cancellation) => DripAsync(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", cancellation))
        .OnRaw("/silence", (_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation))
        .On("/loop", "", 302, "Location: /loop\r\n")
        .On("/away", "", 307, "Location: https://evil.example/\r\n")
        .On("/port", "", 307, $"Location: {other}/\r\n")
        .On("/file", "", 302, "Location: file:///etc/hostname\r\n")
        .OnRaw("/binary", async (_, stream, cancellation) => await stream.WriteAsync((byte[])[.. "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"u8, 0xff, 0xfe, 0xc0, 0x80], cancellation))
        .On("/deep", new string('[', 100_000))
        .OnRaw("/garbage", (_, stream, cancellation) => WriteAsync(stream, "\u0016\u0003\u0001 no http\r\n\r\n", cancellation))
        .OnRaw("/headers", async (_, stream, cancellation) =>
        {
            await WriteAsync(stream, "HTTP/1.1 200 OK\r\n", cancellation);
            while (true)
            {
                await WriteAsync(stream, $"X-{Guid.NewGuid():N}: {new string('x', 4000)}\r\n", cancellation);
            }
        })
        .OnRaw("/hangup", (_, _, _) => Task.CompletedTask)
        .On("/command", "::warning title=mine::x\n::set-output name=passed::99\n\u001b[31m##[error]x", 500)
        .OnSocket("/endless", async (socket, cancellation) =>
        {
            while (true)
            {
                await socket.SendAsync(Megabyte, WebSocketMessageType.Text, endOfMessage: false, cancellation);
            }
        })
        .OnSocket("/flood", async (socket, cancellation) =>
        {
            while (true)
            {
                await socket.SendAsync("""{"a":1}"""u8.ToArray(), WebSocketMessageType.Text, true, cancellation);
                await Task.Delay(1, cancellation);
            }
        })
        .OnSocket("/quiet", (_, _) => Task.CompletedTask)
        .OnRaw("/broken", (request, stream, cancellation) => WriteAsync(stream, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n\u00ff\u00ff", cancellation));

    private static Task WriteAsync(Stream stream, string text, CancellationToken cancellation) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellation).AsTask();

    private static async Task DripAsync(Stream stream, string start, CancellationToken cancellation)
    {
        await WriteAsync(stream, start, cancellation);
        while (true)
        {
            await WriteAsync(stream, "x", cancellation);
            await Task.Delay(100, cancellation);
        }
    }
}
