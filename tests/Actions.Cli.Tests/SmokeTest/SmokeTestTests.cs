using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Actions.Core.Ledger;
using Actions.Core.Reports;

namespace Actions.Cli.Tests.SmokeTest;

/// <summary>The whole action, as a process.</summary>
public sealed class SmokeTestTests(SmokeWorld world) : IClassFixture<SmokeWorld>
{
    private const string Good = "  - { name: program, program: {} }\n";

    [Fact]
    public async Task A_release_that_works_has_every_output_a_record_and_a_summary()
    {
        using var smoke = Job("""
              - { name: program, program: { executable-hash: HASH } }
              - { name: later, rpc: { method: getSlot }, stage: 3000d }
            """.Replace("HASH", SmokeWorld.Hash, StringComparison.Ordinal), ("environment", "beta"), ("junit-file", "out/smoke.xml"));
        var release = await ReleasedAsync(smoke, "beta", DateTimeOffset.UtcNow.AddHours(-1));

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Errors.ShouldBeEmpty();
        (run["passed"], run["failed"], run["skipped"]).ShouldBe(("1", "0", "1"));
        run["report"].ShouldStartWith(".solana-actions/reports/");
        UlidSource.IsUlid(run["record"]).ShouldBeTrue();
        run.Summary.ShouldContain("**It works:** 1 passed, 0 failed, 1 skipped, in beta (localnet).");
        run.Summary.ShouldContain("| program | program | passed | ");
        run.Summary.ShouldContain($"after the release (record {release})");
        var record = (await LedgerOf(smoke).ReadAsync("beta", world.Program, CancellationToken.None)).Single(record => record.Id == run["record"]).Facts;
        (record.Kind, record.Check, record.State).ShouldBe((RecordKind.Check, CheckKind.Smoke, RecordState.Succeeded));
        (record.Passed, record.Failed, record.Skipped).ShouldBe((1, 0, 1));
        record.RefersTo.ShouldBe(release);
        record.ExecutableHash.ShouldBe(SmokeWorld.Hash);
        record.Version.ShouldBe("1.4.0");
        record.SpecSha256.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(smoke.Workspace.At("smoke.yml")))));
        var suite = XDocument.Load(smoke.Workspace.At("out/smoke.xml")).Root!.Element("testsuite")!;
        (suite.Attribute("name")!.Value, suite.Attribute("tests")!.Value, suite.Attribute("skipped")!.Value).ShouldBe(("smoke-test beta", "2", "1"));
    }

    [Fact]
    public async Task A_release_that_does_not_work_fails_with_an_annotation_for_each_check()
    {
        using var smoke = Job("""
              - { name: program, program: { min-slot: 99999999 } }
              - { name: slot, rpc: { method: getSlot, json: { $: { max: 0 } } } }
              - { name: fine, rpc: { method: getSlot } }
            """, ("junit-file", "smoke.xml"));

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["smoke-failed", "smoke-failed"]);
        var annotations = run.Stdout.Split('\n').Where(line => line.StartsWith("::error", StringComparison.Ordinal)).ToList();
        annotations.Count.ShouldBe(2);
        annotations[0].ShouldStartWith("::error title=smoke-failed::Expected the check 'program' (program, smoke.yml:3) to pass; found that it failed: expected a deployment in slot 99999999 or later");
        run.Summary.ShouldContain("**Not shown to work:** 1 passed, 2 failed, 0 skipped");
        (await LedgerOf(smoke).ReadAsync("localnet", world.Program, CancellationToken.None)).ShouldHaveSingleItem().State.ShouldBe(RecordState.Failed);
        XDocument.Load(smoke.Workspace.At("smoke.xml")).Descendants("failure").Count().ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_passed_is_a_negative_verdict()
    {
        using var smoke = Job("  - { name: later, rpc: { method: getSlot }, stage: 3000d }");
        await ReleasedAsync(smoke, "localnet", DateTimeOffset.UtcNow);

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["smoke-failed"]);
        (run["passed"], run["failed"], run["skipped"]).ShouldBe(("0", "0", "1"));
        run.Summary.ShouldContain("all 1 were skipped");
    }

    [Fact]
    public async Task Dependents_of_a_failed_check_are_skipped_and_so_are_theirs()
    {
        await using var service = new Service().On("/a", "x").On("/b", "x");
        using var smoke = Job($$"""
              - { name: third, http: { url: "{{service.Url}}/b" }, depends-on: second }
              - { name: second, http: { url: "{{service.Url}}/a" }, depends-on: [first] }
              - { name: first, http: { url: "{{service.Url}}/gone" } }
              - { name: other, http: { url: "{{service.Url}}/a" } }
            """);

        var run = await smoke.RunAsync();

        (run["passed"], run["failed"], run["skipped"]).ShouldBe(("1", "1", "2"), run.ToString());
        run.Summary.ShouldContain("'first', which it needs, failed");
        run.Summary.ShouldContain("'second', which it needs, was skipped");
        service.Requests.Select(request => request.Path).ShouldBe(["/gone", "/a"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_captured_value_is_compared_across_kinds()
    {
        await using var service = new Service().On("/fee", """{"fee":"250"}""").On("/old", """{"fee":300}""");
        using var smoke = Job($$"""
              - { name: api, http: { url: "{{service.Url}}/fee", json: { $.fee: { same-as: fee } } } }
              - { name: stale, http: { url: "{{service.Url}}/old", json: { $.fee: { same-as: fee } } } }
              - { name: chain, account: { address: {{world.Config}}, fields: { fee: { offset: 40, type: u16 } }, assert: { fee: { capture: fee } } } }
            """);

        var run = await smoke.RunAsync();

        (run["passed"], run["failed"], run["skipped"]).ShouldBe(("2", "1", "0"), run.ToString());
        run.Summary.ShouldContain("to be the same as fee, found 300; fee is 250");
    }

    [Theory]
    [InlineData("", "3", true)]
    [InlineData(", attempts: 3", "", true)]
    [InlineData(", attempts: 2", "5", false)]
    [InlineData("", "", false)]
    public async Task A_failing_check_is_tried_as_often_as_it_says_else_as_the_input_says(string own, string input, bool passes)
    {
        var asked = 0;
        await using var service = new Service().On("/", _ => Interlocked.Increment(ref asked) < 3 ? Service.Response("not yet", 503) : Service.Response("ok"));
        using var smoke = Job($$"""  - { name: a, http: { url: "{{service.Url}}/" }{{own}} }""", ("attempts", input));

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(passes ? 0 : 4, run.ToString());
        run["passed"].ShouldBe(passes ? "1" : "0");
    }

    /// <summary>The stage, how long ago the release was, with a record or not, whether it runs.</summary>
    [Theory]
    [InlineData("30m", 31, true, true)]
    [InlineData("30m", 29, true, false)]
    [InlineData("24h", 60, true, false)]
    [InlineData("1ms", 0, false, true)] // measured by the block of the last deployment
    public async Task A_stage_is_measured_from_the_release(string stage, int minutes, bool recorded, bool runs)
    {
        using var smoke = Job($"{Good}  - {{ name: later, rpc: {{ method: getSlot }}, stage: {stage} }}");
        if (recorded)
        {
            await ReleasedAsync(smoke, "localnet", DateTimeOffset.UtcNow.AddMinutes(-minutes));
        }

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (run["passed"], run["skipped"]).ShouldBe(runs ? ("2", "0") : ("1", "1"), run.ToString());
    }

    [Fact]
    public async Task Without_a_program_nobody_knows_when_a_stage_comes()
    {
        using var smoke = new Smoke(world.Net.Url, null, "  - { name: now, rpc: { method: getSlot } }\n  - { name: later, rpc: { method: getSlot }, stage: 1ms }");

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (run["passed"], run["skipped"], run["record"]).ShouldBe(("1", "1", ""));
        run.Warnings.ShouldBe(["input-missing", "smoke-failed"], ignoreOrder: true);
        run.Summary.ShouldContain("its stage cannot be measured");
    }

    [Theory]
    [InlineData("", 4)]
    [InlineData("limits: { availability: 0.5 }\n", 0)]
    [InlineData("limits: { availability: 0.99 }\n", 4)]
    [InlineData("limits: { availability: 0.5, p95: 1ms }\n", 4)]
    public async Task Rounds_give_availability_and_percentiles_against_limits(string limits, int exit)
    {
        var asked = 0;
        await using var service = new Service().OnRaw("/", async (_, stream, cancellation) =>
        {
            await Task.Delay(20, cancellation);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Interlocked.Increment(ref asked) == 2 ? Service.Response("ill", 503) : Service.Response("ok")), cancellation);
        });
        using var smoke = Job($$"""{{limits}}checks:{{"\n"}}  - { name: api, http: { url: "{{service.Url}}/" } }""".Insert(0, limits.Length == 0 ? "limits: {}\n" : ""), ("duration", "2s"), ("interval", "200ms"));

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(exit, run.ToString());
        asked.ShouldBeInRange(4, 10);
        run.Summary.ShouldContain("| Check | Kind | Result | Rounds | Availability | p50 | p95 | p99 | Why |");
        run.Summary.Replace("\\", "", StringComparison.Ordinal).ShouldContain($"| {asked} | {(asked - 1) * 100.0 / asked:0.##} % | ");
        run.Took.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_dry_run_asks_nobody_and_lists_what_it_would_check()
    {
        await using var service = new Service().On("/", "ok");
        using var smoke = new Smoke("http://localhost:1", world.Program, $$"""  - { name: api, http: { url: "{{service.Url}}/" }, stage: 30m }""", ("dry-run", "true"));

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        service.Requests.ShouldBeEmpty();
        run.Report!.Value.GetProperty("plan").GetProperty("steps")[0].GetString().ShouldBe("api (http, from 00:30:00 after the release)");
        (run["passed"], run["record"]).ShouldBe(("0", ""));
        Directory.Exists(smoke.Workspace.At("ledgers")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_spec_of_services_needs_no_cluster()
    {
        await using var service = new Service().On("/", "ok");
        using var smoke = new Smoke("http://localhost:1", null, $$"""  - { name: api, http: { url: "{{service.Url}}/" } }""", ("ledger", "none"));

        var run = await smoke.RunAsync(inShell: true);

        run.Exit.ShouldBe(0, run.ToString());
        run["passed"].ShouldBe("1");
        run.Stdout.ShouldContain("smoke-test: done");
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_no_verdict()
    {
        using var smoke = new Smoke("http://localhost:1", world.Program, Good, ("timeout", "20s"));

        (await smoke.RunAsync()).Exit.ShouldBe(5);
    }

    [Theory]
    [InlineData("timeout", "2s", 5)]
    [InlineData("signal", "", 130)]
    public async Task A_run_that_ends_early_says_what_it_knows(string how, string timeout, int exit)
    {
        await using var service = new Service().On("/fast", "ok").OnRaw("/never", (_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        using var smoke = Job($$"""
              - { name: fast, http: { url: "{{service.Url}}/fast" } }
              - { name: never, http: { url: "{{service.Url}}/never" }, timeout: 60s }
            """, ("timeout", timeout), ("junit-file", "smoke.xml"));
        using var process = smoke.Start();
        if (how == "signal")
        {
            await process.WhenAsync(() => Task.FromResult(service.Requests.Count == 2 && process.Said("passed   fast")));
            process.Signal(PosixSignal.SIGTERM);
        }

        var run = await process.EndAsync();

        run.Exit.ShouldBe(exit, run.ToString());
        (run["passed"], run["failed"], run["record"]).ShouldBe(("1", "0", ""));
        run.Summary.ShouldContain("it was not its turn before the run ended");
        File.Exists(smoke.Workspace.At("smoke.xml")).ShouldBeTrue();
    }

    [Fact]
    public async Task Secrets_of_a_spec_are_sent_and_never_shown()
    {
        const string secret = "s3cr3t-bearer-value";
        await using var service = new Service()
            .On("/echo", request => Service.Response(JsonSerializer.Serialize($"{request.Headers["authorization"]}|{request.Body}", Text.Default.String), 503));
        using var smoke = Job($$"""
              - { name: a, http: { url: "{{service.Url}}/echo?api-key=querysecret99", method: POST, headers: { Authorization: "Bearer env:TOKEN" }, body: { password: "env:TOKEN" }, json: { $: other } } }
            """, ("junit-file", "smoke.xml")).WithVariable("TOKEN", secret);

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        service.Requests.ShouldHaveSingleItem().Headers["authorization"].ShouldBe($"Bearer {secret}");
        service.Requests.Single().Body.ShouldBe($$"""{"password":"{{secret}}"}""");
        foreach (var leak in new[] { secret, "querysecret99" })
        {
            run.ToString().ShouldNotContain(leak);
            smoke.Workspace.Files().Where(file => !file.Path.EndsWith(".yml", StringComparison.Ordinal)).ShouldAllBe(file => !Encoding.UTF8.GetString(file.Content).Contains(leak, StringComparison.Ordinal));
        }

        run.Stdout.ShouldContain($"::add-mask::{secret}");
    }

    [Theory]
    [InlineData("interval", "10s", "", "input-conflict")]
    [InlineData("interval", "1ms", "10s", "input-invalid")]
    [InlineData("duration", "1h", "", "input-conflict")]
    [InlineData("duration", "0s", "", "input-invalid")]
    [InlineData("attempts", "0", "", "input-invalid")]
    [InlineData("spec", "", "", "input-missing")]
    [InlineData("spec", "missing.yml", "", "file-unreadable")]
    [InlineData("spec", "../up.yml", "", "path-outside")]
    [InlineData("junit-file", "smoke.yml", "", "input-conflict")]
    [InlineData("junit-file", "ledgers", "", "input-invalid")]
    [InlineData("program-id", "short", "", "input-invalid")]
    [InlineData("environment", "../x", "", "input-invalid")]
    [InlineData("release-file", "r.yml", "", "file-unreadable")]
    public async Task An_input_at_fault_is_named(string input, string value, string duration, string code)
    {
        using var smoke = Job(Good, (input, value), ("duration", input == "duration" ? value : duration));
        Directory.CreateDirectory(smoke.Workspace.At("ledgers"));

        var run = await smoke.RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldBe([code]);
    }

    private Smoke Job(string checks, params (string Name, string Value)[] more) => new(world.Net.Url, world.Program, checks, more);

    private static FileLedger LedgerOf(Smoke smoke) => new(smoke.Workspace.At("ledgers"), TimeProvider.System);

    private async Task<string> ReleasedAsync(Smoke smoke, string environment, DateTimeOffset at)
    {
        var id = new UlidSource(TimeProvider.System, bytes => bytes.Clear()).Next();
        await LedgerOf(smoke).AppendAsync(
            new LedgerEvent
            {
                Id = id,
                Kind = RecordKind.Release,
                State = RecordState.Succeeded,
                Environment = environment,
                ProgramId = world.Program,
                At = at,
                FinishedAt = at,
                Version = "1.4.0",
                ExecutableHash = SmokeWorld.Hash,
            },
            CancellationToken.None);
        return id;
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class Text : System.Text.Json.Serialization.JsonSerializerContext;
