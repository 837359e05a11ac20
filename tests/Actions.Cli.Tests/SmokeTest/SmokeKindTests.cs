using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SmokeTest;

/// <summary>Each kind of check, proven both ways against real servers and a real node.</summary>
public sealed class SmokeKindTests(SmokeWorld world) : IClassFixture<SmokeWorld>
{
    private const string Health = """{"status":"degraded","version":"1.4.0","timestamp":NOW,"checks":[{"service":"API","healthy":true},{"service":"DB","healthy":false}],"fee":"250"}""";

    /// <summary>A check, and a part of what is said when it fails; empty when it must pass. SERVICE, SOCKET and the like stand for what only a run knows.</summary>
    public static TheoryData<string, string> Checks => new()
    {
        { "http: { url: 'SERVICE/health' }", "" },
        { "http: { url: 'SERVICE/health', json: { $.version: 1.4.0, $.timestamp: { fresher-than: 1m }, $.fee: 250 } }", "" },
        { "http: { url: 'SERVICE/health', json: { $.status: healthy } }", "expected $.status to be 'healthy', found 'degraded'" },
        { "http: { url: 'SERVICE/health', json: { '$.checks[*].healthy': { every: true } } }", "only true, at least once, found [true, false]" },
        { "http: { url: 'SERVICE/health', json: { $.missing: { exists: true } } }", "found nothing" },
        { "http: { url: 'SERVICE/down' }", "expected a status of 2xx, found 503 with 'ill'" },
        { "http: { url: 'SERVICE/down', status: 503, text: ill }", "" },
        { "http: { url: 'SERVICE/down', status: [503, 200] }", "" },
        { "http: { url: 'SERVICE/health', status: 204 }", "expected status 204, found 200" },
        { "http: { url: 'SERVICE/nowhere' }", "404" },
        { "http: { url: 'SERVICE/health', json: { $: { exists: true } }, text: { matches: degraded } }", "" },
        { "http: { url: 'SERVICE/down', status: 503, json: { $: { exists: true } } }", "expected JSON, found 'ill'" },
        { "http: { url: 'SERVICE/headers', headers-match: { X-Frame-Options: DENY, strict-transport-security: { matches: 'max-age=63072000' }, X-Powered-By: { exists: false } } }", "" },
        { "http: { url: 'SERVICE/headers', headers-match: { X-Frame-Options: SAMEORIGIN } }", "header 'X-Frame-Options' to be 'SAMEORIGIN', found 'DENY'" },
        { "http: { url: 'SERVICE/headers', headers-match: { Content-Security-Policy: { exists: true } } }", "found nothing" },
        { "http: { url: 'SERVICE/echo', method: POST, body: { a: [1, x] }, text: 'POST application/json {\"a\":[1,\"x\"]}' }", "" },
        { "http: { url: 'SERVICE/echo', method: PUT, body: plain, headers: { Content-Type: text/csv }, text: PUT text/csv plain }", "" },
        { "http: { url: 'SERVICE/slow', max-latency: 10s }", "" },
        { "http: { url: 'SERVICE/slow', max-latency: 50ms }", "expected an answer within 50 ms" },
        { "http: { url: 'SERVICE/moved' }", "" },
        { "http: { url: 'SERVICE/moved', status: 302 }", "" },
        { "http: { url: 'http://localhost:1/' }", "an answer of the service" },
        { "http: { url: 'http://no-such-host-anywhere/' }", "an answer of the service" },
        { "websocket: { url: 'SOCKET/ws' }", "" },
        { "websocket: { url: 'SOCKET/ws', within: 5s }", "" },
        { "websocket: { url: 'SOCKET/ws', message: { $.type: price, $.value: { min: 1 } }, within: 5s }", "" },
        { "websocket: { url: 'SOCKET/ws', message: { $.type: trade }, within: 300ms }", "expected a message of that kind within 0.3 s, found" },
        { "websocket: { url: 'SOCKET/said', send: { subscribe: x }, message: { $.subscribe: x } }", "" },
        { "websocket: { url: 'SOCKET/silent', within: 300ms }", "expected a message within 0.3 s, found none" },
        { "websocket: { url: 'SOCKET/closes', within: 5s }", "found that the server closed it: 'going away'" },
        { "websocket: { url: 'SOCKET/health' }", "expected a WebSocket, found status 200" },
        { "metrics: { url: 'SERVICE/metrics', name: queue_depth, value: { max: 10 } }", "" },
        { "metrics: { url: 'SERVICE/metrics', name: queue_depth, value: { max: 2 } }", "at most 2, found 3" },
        { "metrics: { url: 'SERVICE/metrics', name: requests_total, labels: { code: '200' }, value: { min: 5 } }", "" },
        { "metrics: { url: 'SERVICE/metrics', name: requests_total, labels: { code: '418' }, value: { min: 0 } }", "found nothing" },
        { "metrics: { url: 'SERVICE/metrics', name: grows_total, rate: { min: 0.1 }, over: 300ms }", "" },
        { "metrics: { url: 'SERVICE/metrics', name: grows_total, rate: { max: 0 }, over: 300ms }", "the rate of grows_total to be at most 0" },
        { "metrics: { url: 'SERVICE/metrics', name: requests_total, rate: { max: 0 }, over: 300ms }", "" },
        { "metrics: { url: 'SERVICE/metrics', name: queue_depth, value: { max: 10 }, over: 400ms }", "" },
        { "metrics: { url: 'SERVICE/metrics', name: grows_total, value: { max: 3 }, over: 400ms }", "grows_total to be at most 3" },
        { "metrics: { url: 'SERVICE/metrics', name: not_a_number, value: { max: 10 } }", "found NaN" },
        { "metrics: { url: 'SERVICE/metrics', name: not_a_number, value: { min: 0 } }", "found NaN" },
        { "metrics: { url: 'SERVICE/health', name: queue_depth, value: { max: 10 } }", "something else in line 1" },
        { "metrics: { url: 'SERVICE/down', name: queue_depth, value: { max: 10 } }", "found 503" },
        { "program: {}", "" },
        { "program: { executable-hash: HASH, upgrade-authority: AUTHORITY, min-slot: 0 }", "" },
        { "program: { executable-hash: '0000000000000000000000000000000000000000000000000000000000000000' }", "expected executable hash 0000" },
        { "program: { upgrade-authority: none }", "expected upgrade authority none, found" },
        { "program: { min-slot: 99999999 }", "a deployment in slot 99999999" },
        { "program: { id: MISSING }", "found no account" },
        { "program: { id: CONFIG }", "found an account of" },
        { "account: { address: CONFIG, owner: PROGRAM, fields: { fee: { offset: 40, type: u16 } }, assert: { fee: 250, lamports: { min: 1000000000 }, data-length: 50 } }", "" },
        { "account: { pda: { seeds: [global_config], program: PROGRAM }, fields: { fee: { idl: idl.json, field: fee_bps }, max: { idl: idl.json, field: GlobalConfig.maxBet }, owner: { idl: idl.json, field: treasury } }, assert: { fee: 250, max: 1000000000000, owner: AUTHORITY } }", "" },
        { "account: { address: CONFIG, fields: { fee: { idl: idl.json, field: fee_bps } }, assert: { fee: 300 } }", "expected fee to be 300, found 250" },
        { "account: { address: CONFIG, fields: { fee: { offset: 49, type: u16 } }, assert: { fee: 300 } }", "50 bytes, which hold no such value" },
        { "account: { address: PAYER, fields: { fee: { idl: idl.json, field: fee_bps } }, assert: { fee: 300 } }", "of a type that the IDL does not have" },
        { "account: { address: CONFIG, owner: '11111111111111111111111111111111' }", "expected an account of 11111111111111111111111111111111" },
        { "account: { address: MISSING }", "found none" },
        { "transaction: { message: TRANSFER }", "" },
        { "transaction: { message: BROKE, expect: error }", "" },
        { "transaction: { message: BROKE }", "expected the simulation to succeed" },
        { "transaction: { message: TRANSFER, expect: error }", "expected the simulation to end in an error" },
        { "transaction: { instructions: [{ program: PROGRAM, accounts: [{ address: PAYER, signer: true, writable: true }], data: { hex: ff } }], expect: error, error: 12, logs: [Invalid instruction] }", "" },
        { "transaction: { instructions: [{ program: PROGRAM, accounts: [{ address: PAYER, signer: true, writable: true }], data: { hex: ff } }], expect: error, error: 13 }", "expected the error to be 13" },
        { "rpc: { method: getBalance, params: [PAYER], json: { $.value: { min: 1000000000 } } }", "" },
        { "rpc: { method: getBalance, params: [PAYER], json: { $.value: { max: 1 } } }", "at most 1, found 1" },
        { "rpc: { method: getNothing }", "a refusal" },
        { "result: { file: junit.xml, format: junit, min-tests: 1 }", "" },
        { "result: { file: junit.xml, format: junit, min-tests: 2 }", "at least 2 tests" },
        { "result: { file: red.xml, format: junit }", "1 of 1 failed: 'a'" },
        { "result: { file: missing.xml, format: junit }", "which does not exist" },
        { "result: { file: idl.json, format: junit }", "found something else" },
        { "result: { file: k6.json, format: k6 }", "" },
        { "result: { file: k6-legacy.json, format: k6 }", "'d: p(95)<500'" },
    };

    [Fact]
    public async Task Every_check_passes_or_says_what_is_wrong()
    {
        await using var service = Started();
        var rows = Checks.Select(row => ((string)row[0], (string)row[1])).ToList();
        using var smoke = new Smoke(world.Net.Url, world.Program, string.Join('\n', rows.Select((row, i) => $"  - name: n{i}\n    {Filled(row.Item1, service)}\n    timeout: 8s")));
        smoke.Workspace.Put("junit.xml", """<testsuite><testcase name="a"/></testsuite>"""u8.ToArray());
        smoke.Workspace.Put("red.xml", """<testsuite><testcase name="a"><failure/></testcase></testsuite>"""u8.ToArray());
        smoke.Workspace.Put("k6.json", """{"metrics":{"d":{"thresholds":{"p(95)<500":{"ok":true}}}}}"""u8.ToArray());
        smoke.Workspace.Put("k6-legacy.json", """{"metrics":{"d":{"thresholds":{"p(95)<500":true}}}}"""u8.ToArray());

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        var said = run.Report!.Value.GetProperty("faults").EnumerateArray().Select(fault => fault.GetProperty("expected").GetString() + fault.GetProperty("found").GetString()).ToList();
        for (var i = 0; i < rows.Count; i++)
        {
            var fault = said.Find(text => text.Contains($"'n{i}' (", StringComparison.Ordinal));
            (fault is null).ShouldBe(rows[i].Item2.Length == 0, $"{rows[i].Item1}: {fault ?? "passed"}");
            (fault ?? "").ShouldContain(rows[i].Item2, Case.Sensitive, rows[i].Item1);
        }

        run.Amount("passed").ShouldBe((ulong)rows.Count(row => row.Item2.Length == 0));
        run.Amount("failed").ShouldBe((ulong)rows.Count(row => row.Item2.Length > 0));
        run.Amount("skipped").ShouldBe(0ul);
    }

    [Fact]
    public async Task A_certificate_must_be_good_for_long_enough_and_trusted()
    {
        using var certificate = Certificate(days: 30);
        await using var service = new Service(certificate).On("/", "fine");
        using var smoke = new Smoke(world.Net.Url, null, $$"""
              - { name: enough, http: { url: "{{service.Url}}", tls-days: 14 } }
              - { name: short, http: { url: "{{service.Url}}", tls-days: 60 } }
            """, ("ledger", "none"));
        smoke.Workspace.Put("ca.pem", Encoding.UTF8.GetBytes(certificate.ExportCertificatePem()));

        var trusted = await smoke.WithVariable("SSL_CERT_FILE", smoke.Workspace.At("ca.pem")).RunAsync();
        var untrusted = await smoke.WithVariable("SSL_CERT_FILE", "/dev/null").RunAsync();

        (trusted["passed"], trusted["failed"]).ShouldBe(("1", "1"), trusted.ToString());
        trusted.Summary.ShouldContain("expected a certificate that is good for 60 days, found one that ends in");
        untrusted["failed"].ShouldBe("2");
        untrusted.Summary.ShouldContain("no trusted TLS connection");
    }

    private string Filled(string check, Service service)
    {
        var transfer = Message.Compile(world.Payer.Address, [SystemProgram.Transfer(world.Payer.Address, world.Authority, 1_000_000_000)], default);
        var broke = Message.Compile(world.Missing, [SystemProgram.Transfer(world.Missing, world.Authority, 1_000_000_000)], default);
        return check.Replace("SERVICE", service.Url, StringComparison.Ordinal).Replace("SOCKET", service.SocketUrl, StringComparison.Ordinal)
            .Replace("HASH", SmokeWorld.Hash, StringComparison.Ordinal).Replace("AUTHORITY", world.Authority.ToString(), StringComparison.Ordinal)
            .Replace("PROGRAM", world.Program.ToString(), StringComparison.Ordinal).Replace("CONFIG", world.Config.ToString(), StringComparison.Ordinal)
            .Replace("MISSING", world.Missing.ToString(), StringComparison.Ordinal).Replace("PAYER", world.Payer.Address.ToString(), StringComparison.Ordinal)
            .Replace("TRANSFER", Convert.ToBase64String(transfer.Serialize()), StringComparison.Ordinal)
            .Replace("BROKE", Convert.ToBase64String(Transaction.Unsigned(broke).Serialize()), StringComparison.Ordinal);
    }

    private static Service Started()
    {
        var scrapes = 0;
        return new Service()
            .On("/health", _ => Service.Response(Health.Replace("NOW", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(), StringComparison.Ordinal)))
            .On("/down", "ill", 503)
            .On("/headers", "", 200, "X-Frame-Options: DENY\r\nStrict-Transport-Security: max-age=63072000; includeSubDomains\r\n")
            .On("/echo", request => Service.Response($"{request.Method} {request.Headers["content-type"]} {request.Body}"))
            .On("/moved", "", 302, "Location: /headers\r\n")
            .On("/metrics", _ => Service.Response($$"""
                # TYPE queue_depth gauge
                queue_depth{region="a"} 3
                requests_total{code="200"} 7
                grows_total {{Interlocked.Increment(ref scrapes) * 5}}
                not_a_number NaN

                """.ReplaceLineEndings("\n")))
            .OnRaw("/slow", async (_, stream, cancellation) =>
            {
                await Task.Delay(150, cancellation);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(Service.Response("late")), cancellation);
            })
            .OnSocket("/ws", async (socket, cancellation) =>
            {
                foreach (var text in new[] { "hello", """{"type":"status"}""", """{"type":"price","value":0}""", """{"type":"price","value":2}""" })
                {
                    await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, cancellation);
                }
            })
            .OnSocket("/said", async (socket, cancellation) =>
            {
                var buffer = new byte[1024];
                var said = await socket.ReceiveAsync(buffer, cancellation);
                await socket.SendAsync(buffer.AsMemory(0, said.Count), WebSocketMessageType.Text, true, cancellation);
            })
            .OnSocket("/silent", (_, _) => Task.CompletedTask)
            .OnSocket("/closes", (socket, cancellation) => socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "going away", cancellation));
    }

    private static X509Certificate2 Certificate(int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(days));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
