using System.Text;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;
using Actions.Core.Smoke;
using Actions.Core.Solana;
using Actions.Core.Tests.Conventions;
using Actions.Core.Tests.Runner;

namespace Actions.Core.Tests.Smoke;

public sealed class SmokeSpecReaderTests : IDisposable
{
    private const string Everything = """
        version: 1
        limits: { availability: 0.999, p95: 500ms }
        checks:
          - name: api
            http:
              url: https://api.example/health
              method: POST
              headers: { Authorization: "Bearer env:API_TOKEN", X-Trace: "1" }
              body: { user: env:API_TOKEN, n: 1, list: [true, null, "2"] }
              status: [200, 204]
              json: { "$.checks[*].healthy": { every: true }, "$.price": { capture: price } }
              text: { matches: ok }
              headers-match: { Strict-Transport-Security: { matches: max-age=63072000 } }
              max-latency: 500ms
              tls-days: 14
            attempts: 3
            timeout: 5s
            stage: 30m
          - name: feed
            websocket: { url: "wss://api.example/ws", send: { subscribe: prices }, message: { "$.type": price }, within: 10s }
            depends-on: api
          - name: events
            metrics: { url: "https://api.example/metrics", name: events_total, labels: { kind: trade }, rate: { min: 0.1 }, over: 1m }
          - name: depth
            metrics: { url: "http://metrics:9090/metrics", name: queue_depth, value: { max: 10 } }
          - name: program
            program: { executable-hash: "0000000000000000000000000000000000000000000000000000000000000000", upgrade-authority: none, min-slot: 5 }
          - name: fee
            account:
              pda: { seeds: [global_config, { address: "11111111111111111111111111111111" }, { hex: "0aff" }, { u16: 7 }], program: "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA" }
              owner: "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
              fields: { fee: { offset: 40, type: u16 }, seats: { idl: idl.json, field: Config.seats } }
              assert: { fee: 250, seats: { same-as: price }, lamports: { min: 1 } }
          - name: replay
            transaction:
              instructions:
                - program: "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
                  accounts: [{ address: "11111111111111111111111111111112", signer: true, writable: true }, "11111111111111111111111111111111"]
                  data: { hex: "09" }
              expect: error
              error: 6001
              logs: [replayed]
            depends-on: [api, feed]
          - name: slot
            rpc: { method: getSlot, params: [{ commitment: confirmed }], json: { $: { min: 5 } } }
          - name: journey
            result: { file: out/junit.xml, format: junit, min-tests: 5 }
        """;

    private readonly World world = new World().With("API_TOKEN", "very-secret-token");

    public void Dispose() => world.Dispose();

    [Fact]
    public void Every_key_of_the_contract_is_read()
    {
        world.Write("idl.json", """{"accounts":[{"name":"Config","discriminator":[1]}],"types":[{"name":"Config","type":{"kind":"struct","fields":[{"name":"seats","type":"u8"}]}}]}"""u8.ToArray());

        var spec = Spec.Read(world, Everything).OrThrow();

        JsonSchema.Load("smoke-spec").Errors(JsonSchema.FromYaml(Everything)).ShouldBeEmpty("what is read is what the published schema says");
        spec.Limits.ShouldBe(new SmokeLimits(0.999, TimeSpan.FromMilliseconds(500)));
        spec.Sha256.Length.ShouldBe(64);
        spec.Checks.Select(check => check.Kind.Name).ShouldBe(["http", "websocket", "metrics", "metrics", "program", "account", "transaction", "rpc", "result"]);
        var api = spec.Checks[0];
        (api.Attempts, api.Timeout, api.Stage, api.Line).ShouldBe((3, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(30), 4));
        var http = (SmokeKind.Http)api.Kind;
        http.Headers.ShouldBe([new("Authorization", "Bearer very-secret-token"), new("X-Trace", "1")]);
        Encoding.UTF8.GetString(http.Body!.Content).ShouldBe("""{"user":"very-secret-token","n":1,"list":[true,null,"2"]}""");
        http.Body.Type.ShouldBe("application/json");
        (http.Method, http.MaxLatency, http.TlsDays).ShouldBe(("POST", TimeSpan.FromMilliseconds(500), 14));
        http.Status.ShouldBe([200, 204]);
        world.Masker.Scrub("very-secret-token").ShouldBe("***");
        ((SmokeKind.Program)spec.Checks[4].Kind).Id.ShouldBe(Spec.Program, "the input program-id");
        var token = Address.Parse("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
        ((SmokeKind.Account)spec.Checks[5].Kind).Address.ShouldBe(
            ProgramAddress.Find(["global_config"u8.ToArray(), new byte[32], new byte[] { 0x0a, 0xff }, new byte[] { 7, 0 }], token).Address);
        spec.Checks[5].Needs.ShouldBe(["api"], "it compares with what api captures");
        var message = ((SmokeKind.Transaction)spec.Checks[6].Kind).Message;
        message.FeePayer.ToString().ShouldBe("11111111111111111111111111111112");
        message.Instructions[0].Data.ToArray().ShouldBe([9]);
        Encoding.UTF8.GetString(((SmokeKind.Rpc)spec.Checks[7].Kind).Params).ShouldBe("""[{"commitment":"confirmed"}]""");
        spec.Checks[1].Timeout.ShouldBe(TimeSpan.FromSeconds(10), "the default");
    }

    /// <summary>A spec, or the only check of one, and a part of the complaint.</summary>
    public static TheoryData<string, string> Bad => new()
    {
        { "[]", "one mapping" },
        { "version: 2\nchecks: [{ name: a, rpc: { method: getSlot } }]", "version 1" },
        { "checks: [{ name: a, rpc: { method: getSlot } }]", "'version'" },
        { "version: 1", "'checks'" },
        { "version: 1\nchecks: []", "1 to 500 checks" },
        { "version: 1\nchecks: {}", "a list in 'checks'" },
        { "version: 1\nchecks: [a]", "a mapping for each check" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot } }]\nlimit: {}", "only known keys" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot } }]\nlimits: { availability: 2 }", "a share above 0" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot } }]\nlimits: { availability: 99.9% }", "a share above 0" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot } }]\nlimits: { p95: 500 }", "a duration" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot } }]\nlimits: { p99: 1s }", "only known keys" },
        { "version: 1\nversion: 1\nchecks: [{ name: a, rpc: { method: getSlot } }]", "YAML" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot } }, { name: a, rpc: { method: getSlot } }]", "each name once" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot }, depends-on: b }]", "the name of a check" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot }, depends-on: a }]", "the circle 'a' → 'a'" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot }, depends-on: b }, { name: b, rpc: { method: getSlot }, depends-on: [c] }, { name: c, rpc: { method: getSlot }, depends-on: b }]", "the circle 'b' → 'c' → 'b'" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot, json: { $: { same-as: x } } } }]", "a captured name" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot, json: { $: { capture: x } } } }, { name: b, rpc: { method: getSlot, json: { $: { capture: x } } } }]", "each captured name once" },
        { "version: 1\nchecks: [{ name: a, rpc: { method: getSlot, json: { $: { capture: x } } }, depends-on: b }, { name: b, rpc: { method: getSlot, json: { $: { same-as: x } } } }]", "the circle" },
        { "{ rpc: { method: getSlot } }", "'name'" },
        { "{ name: a }", "exactly one of" },
        { "{ name: a, rpc: { method: getSlot }, http: { url: https://a.example } }", "exactly one of" },
        { "{ name: a, rcp: { method: getSlot } }", "found 'rcp'" },
        { "{ name: a, rpc: { method: getSlot }, attempts: 0 }", "a whole number from 1 to 100" },
        { "{ name: a, rpc: { method: getSlot }, timeout: 0s }", "a duration" },
        { "{ name: a, rpc: { method: getSlot }, timeout: 2h }", "at most 60 min" },
        { "{ name: a, rpc: { method: getSlot }, stage: soon }", "a duration" },
        { "{ name: a, rpc: getSlot }", "a mapping in 'rpc'" },
        { "{ name: a, http: {} }", "'url'" },
        { "{ name: a, http: { url: a.example } }", "an http or https URL" },
        { "{ name: a, http: { url: 'ftp://a.example' } }", "an http or https URL" },
        { "{ name: a, http: { url: 'http://a.example' } }", "https" },
        { "{ name: a, http: { url: 'env:MISSING' } }", "MISSING" },
        { "{ name: a, http: { url: 'https://a.example', statuses: 200 } }", "only known keys" },
        { "{ name: a, http: { url: 'https://a.example', status: 2xx } }", "status codes" },
        { "{ name: a, http: { url: 'https://a.example', status: [] } }", "at least one status" },
        { "{ name: a, http: { url: 'https://a.example', method: get } }", "one of GET" },
        { "{ name: a, http: { url: 'https://a.example', body: x } }", "no body with GET" },
        { "{ name: a, http: { url: 'https://a.example', headers: { Host: b } } }", "a header that a check may set" },
        { "{ name: a, http: { url: 'https://a.example', headers: { 'a b': c } } }", "a header that a check may set" },
        { "{ name: a, http: { url: 'https://a.example', headers: { A: \"b\\r\\nC: d\" } } }", "one line" },
        { "{ name: a, http: { url: 'https://a.example', headers: { A: 'env:MISSING' } } }", "MISSING" },
        { "{ name: a, http: { url: 'https://a.example', headers: { A: 'vault:a/b#c' } } }", "a key from a source" },
        { "{ name: a, http: { url: 'https://a.example', json: { status: ok } } }", "a JSONPath" },
        { "{ name: a, http: { url: 'https://a.example', json: {} } }", "at least one assertion" },
        { "{ name: a, http: { url: 'https://a.example', text: {} } }", "an assertion" },
        { "{ name: a, http: { url: 'https://a.example', text: { equal: a } } }", "only known keys" },
        { "{ name: a, http: { url: 'https://a.example', text: { matches: '(' } } }", "a .NET regular expression" },
        { "{ name: a, http: { url: 'https://a.example', text: { matches: '(a)\\1' } } }", "a .NET regular expression" },
        { "{ name: a, http: { url: 'https://a.example', text: { matches: '(?=a)' } } }", "a .NET regular expression" },
        { "{ name: a, http: { url: 'https://a.example', text: { min: '5' } } }", "a number in 'min'" },
        { "{ name: a, http: { url: 'https://a.example', text: { min: 5, max: 4 } } }", "'min' to be at most 'max'" },
        { "{ name: a, http: { url: 'https://a.example', text: { one-of: [] } } }", "at least one value" },
        { "{ name: a, http: { url: 'https://a.example', text: { exists: false, equals: 1 } } }", "nothing beside 'exists: false'" },
        { "{ name: a, http: { url: 'https://a.example', text: { exists: maybe } } }", "true or false" },
        { "{ name: a, http: { url: 'https://a.example', text: { every: { capture: x } } } }", "only known keys" },
        { "{ name: a, http: { url: 'https://a.example', text: { fresher-than: 5 } } }", "a duration" },
        { "{ name: a, http: { url: 'http://localhost', tls-days: 5 } }", "an https URL" },
        { "{ name: a, websocket: { url: 'https://a.example' } }", "a ws or wss URL" },
        { "{ name: a, websocket: { url: 'ws://a.example' } }", "https" },
        { "{ name: a, metrics: { url: 'https://a.example', name: m } }", "either 'rate' or 'value'" },
        { "{ name: a, metrics: { url: 'https://a.example', name: m, rate: 1, value: 1, over: 1m } }", "either 'rate' or 'value'" },
        { "{ name: a, metrics: { url: 'https://a.example', name: m, rate: 1 } }", "'over' beside 'rate'" },
        { "{ name: a, metrics: { url: 'https://a.example', value: 1 } }", "'name'" },
        { "{ name: a, program: { id: short } }", "an address" },
        { "{ name: a, program: { executable-hash: abc } }", "64 lower-case hex digits" },
        { "{ name: a, program: { upgrade-authority: any } }", "an address" },
        { "{ name: a, account: {} }", "either 'address' or 'pda'" },
        { "{ name: a, account: { pda: { seeds: [x] } } }", "'program'" },
        { "{ name: a, account: { pda: { seeds: [TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA], program: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA } } }", "seeds of at most 32 bytes" },
        { "{ name: a, account: { pda: { seeds: [{ u8: 256 }], program: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA } } }", "from 0 to 255" },
        { "{ name: a, account: { address: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA, assert: { fee: 1 } } }", "the names of fields" },
        { "{ name: a, account: { address: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA, fields: { fee: { offset: 1 } } } }", "'type'" },
        { "{ name: a, account: { address: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA, fields: { fee: { offset: 1, type: u24 } } } }", "u8" },
        { "{ name: a, account: { address: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA, fields: { fee: { offset: 1, type: u8, idl: a, field: b } } } }", "either offset and type" },
        { "{ name: a, account: { address: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA, fields: { fee: { idl: missing.json, field: b } } } }", "a readable file" },
        { "{ name: a, account: { address: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA, fields: { fee: { idl: ../up.json, field: b } } } }", "inside the workspace" },
        { "{ name: a, transaction: {} }", "either 'message' or 'instructions'" },
        { "{ name: a, transaction: { message: '!' } }", "base64" },
        { "{ name: a, transaction: { message: AAAA } }", "a serialised message" },
        { "{ name: a, transaction: { instructions: [] } }", "at least one instruction" },
        { "{ name: a, transaction: { instructions: [{ program: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA }] } }", "signer: true" },
        { "{ name: a, transaction: { instructions: [{ program: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA, accounts: [x] }] } }", "addresses" },
        { "{ name: a, transaction: { message: AAAA, error: 6001 } }", "'expect: error'" },
        { "{ name: a, rpc: {} }", "'method'" },
        { "{ name: a, rpc: { method: sendTransaction } }", "a method that only reads" },
        { "{ name: a, rpc: { method: requestAirdrop } }", "a method that only reads" },
        { "{ name: a, result: { file: a.xml } }", "'format'" },
        { "{ name: a, result: { file: a.xml, format: nunit } }", "one of junit, k6" },
        { "{ name: a, result: { file: /etc/hostname, format: junit } }", "inside the workspace" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_mistake_is_named_with_its_line(string text, string complaint)
    {
        var spec = text.StartsWith('{') ? $"version: 1\nchecks:\n  - {text}" : text;

        var faults = Spec.Read(world, spec).Faults;

        faults.ShouldContain(fault => fault.Expected.Contains(complaint, StringComparison.Ordinal) || fault.Message.Contains(complaint, StringComparison.Ordinal), string.Join('\n', faults.Select(fault => fault.Message)));
        faults.ShouldAllBe(fault => fault.Code.Exit == ExitCode.Input && fault.Input == "spec" && fault.Expected.StartsWith("smoke.yml:"));
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        var faults = Spec.Read(world, """
            version: 1
            limits: { availability: 7 }
            checks:
              - name: a
                http: { url: "http://a.example", status: 999, max-latency: fast }
              - name: b
                rpc: { method: sendTransaction }
                depends-on: nobody
              - name: c
                metrics: { url: "https://a.example" }
            """).Faults;

        faults.Select(fault => fault.Expected.Split(':')[1]).Distinct().ShouldBe(["2", "5", "7", "8", "10"], ignoreOrder: true);
        faults.Count.ShouldBeGreaterThanOrEqualTo(8);
    }

    [Fact]
    public void A_program_check_without_any_id_is_refused() =>
        SmokeSpecReader.Read(new InputFile(new WorkspacePath("s", "s"), "version: 1\nchecks: [{ name: a, program: {} }]"u8.ToArray()), null, world.Environment, world.Masker)
            .Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.InputMissing);

    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "an alias", Encoding.UTF8.GetBytes("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nversion: 1\nchecks: [*c]") },
        { "deep", Encoding.UTF8.GetBytes(new string('[', 100_000)) },
        { "deep maps", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2_000).Select(depth => new string(' ', depth) + "a:\n"))) },
        { "many", Encoding.UTF8.GetBytes("version: 1\nchecks: [" + string.Concat(Enumerable.Repeat("a,", 200_000)) + "]") },
        { "a tag", Encoding.UTF8.GetBytes("version: !!int 1\nchecks: []") },
        { "no text", [0xff, 0xfe, 0x00, 0x80] },
        { "two documents", Encoding.UTF8.GetBytes("version: 1\n---\nversion: 1") },
        { "empty", [] },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_file_is_one_clear_fault(string what, byte[] file) => Spec.Read(world, file).Faults.ShouldHaveSingleItem(what).Input.ShouldBe("spec");

    [Theory]
    [InlineData("https://user:passw0rd@a.example/x", "passw0rd")]
    [InlineData("https://a.example/x?api-key=hunter2hunter2", "hunter2hunter2")]
    [InlineData("https://a.example/v2/4f1c9a2b7d", "4f1c9a2b7d")]
    [InlineData("https://a.example/averylongsegmentwithoutdigits", "averylongsegmentwithoutdigits")]
    public void What_could_be_a_secret_in_a_url_is_masked(string url, string secret)
    {
        var kind = (SmokeKind.Http)Spec.One(world, $"{{ name: a, http: {{ url: '{url}' }} }}").Kind;

        world.Masker.Scrub(secret).ShouldBe("***");
        kind.Url.ToString().ShouldBe("https://a.example");
    }

    [Fact]
    public void A_url_from_a_secret_is_masked_like_rpc_url_and_a_word_of_the_spec_is_not()
    {
        world.With("HOOK", "https://b.example/secretword");
        Spec.One(world, "{ name: a, http: { url: 'env:HOOK' } }");
        Spec.One(world, "{ name: a, http: { url: 'https://a.example/dashboard' } }");

        world.Masker.Scrub("secretword dashboard").ShouldBe("*** dashboard");
    }

    [Fact]
    public void The_loopback_of_a_container_action_is_the_container_itself()
    {
        const string spec = "version: 1\nchecks: [{ name: a, http: { url: 'http://localhost:3000' } }]";

        Spec.Read(world, spec).IsOk.ShouldBeTrue();
        world.With("GITHUB_WORKSPACE", "/github/workspace");
        Spec.Read(world, spec).Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.LoopbackInContainer);
    }

    [Fact]
    public void A_credential_in_the_spec_itself_is_masked_too()
    {
        Spec.One(world, "{ name: a, http: { url: 'https://a.example', headers: { X-Api-Key: abcdef, Authorization: 'Bearer qwertz' } } }");

        world.Masker.Scrub("abcdef qwertz").ShouldBe("*** ***");
    }

    [Fact]
    public void Checks_run_after_those_they_need()
    {
        var checks = Spec.Read(world, """
            version: 1
            checks:
              - { name: c, rpc: { method: getSlot, json: { $: { same-as: x } } }, depends-on: b }
              - { name: b, rpc: { method: getSlot }, depends-on: a }
              - { name: a, rpc: { method: getSlot, json: { $: { capture: x } } } }
              - { name: d, rpc: { method: getSlot } }
            """).OrThrow().Checks;

        SmokeOrder.Of(checks).Select(check => check.Name).ShouldBe(["a", "b", "c", "d"]);
        checks[0].Needs.ShouldBe(["b", "a"]);
    }
}
