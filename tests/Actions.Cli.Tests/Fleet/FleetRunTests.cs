using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.Fleet;

public sealed class FleetRunTests : IDisposable
{
    private static readonly Address Perps = TestKey.From("fleet perps").Address;
    private static readonly Address Registry = TestKey.From("fleet registry").Address;
    private static readonly Address Authority = TestKey.From("fleet authority").Address;
    private static readonly string Hash = Convert.ToHexStringLower(ProgramBinary.HashOf(TestPrograms.Token));

    private readonly FleetJob job = new();
    private readonly MemoryChain chain = new(MemoryChain.Local);

    public FleetRunTests()
    {
        job.Hosts.Add("localnet", chain);
        job.With("rpc-url", "http://localnet:8899");
        chain.Deploy(Perps, TestPrograms.Token, 500_000, Authority);
        chain.Deploy(Registry, TestPrograms.LookupTable, 500_001, Authority);
        job.Declares($"""
            version: 1
            programs:
              perps:
                cluster: localnet
                program-id: {Perps}
                expected-hash: {Hash}
                expected-authority: {Authority}
              registry: {"{"} cluster: localnet, program-id: {Registry} {"}"}
            """);
    }

    public void Dispose() => job.Dispose();

    [Fact]
    public async Task What_is_as_expected_is_verified()
    {
        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Findings.ShouldBeEmpty();
        run.Output("verified").ShouldBe("true");
        using var results = JsonDocument.Parse(run.Output("results"));
        results.RootElement.GetProperty("perps").GetProperty("executable-hash").GetString().ShouldBe(Hash);
        results.RootElement.GetProperty("registry").GetProperty("upgrade-authority").GetString().ShouldBe(Authority.ToString());
    }

    [Fact]
    public async Task A_second_run_without_change_reads_no_bytes_and_writes_nothing()
    {
        await job.RunAsync();
        var written = File.GetLastWriteTimeUtc(job.SnapshotPath);
        chain.Slot += 200_000;
        chain.Calls.Clear();

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Output("programs-read").ShouldBe("0");
        run.Output("new-findings").ShouldBe("0");
        run.Output("resolved-findings").ShouldBe("0");
        File.GetLastWriteTimeUtc(job.SnapshotPath).ShouldBe(written);
        chain.Calls.ShouldNotContain("getAccountInfo");
    }

    [Fact]
    public async Task A_program_that_was_changed_and_then_extended_is_caught()
    {
        await job.RunAsync();
        chain.Deploy(Perps, TestPrograms.Stake, 600_000, Authority);
        chain.Extend(Perps, 10_240, 600_001);

        var run = await job.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Findings.ShouldBe(["hash-mismatch"]);
        run.Message().ShouldStartWith("fleet.yml:3: Expected");
    }

    [Fact]
    public async Task A_program_that_was_only_extended_is_read_and_found_unchanged()
    {
        await job.RunAsync();
        chain.Extend(Perps, 10_240, 600_001);

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Output("programs-read").ShouldBe("1");
    }

    [Fact]
    public async Task Another_expectation_is_judged_without_reading_bytes_again()
    {
        await job.RunAsync();
        job.Declares($"version: 1\nprograms:\n  perps: {{ cluster: localnet, program-id: {Perps}, expected-hash: {new string('a', 64)} }}\n");

        var run = await job.RunAsync();

        run.Findings.ShouldBe(["hash-mismatch"]);
        run.Output("programs-read").ShouldBe("0");
    }

    [Fact]
    public async Task A_cluster_that_began_anew_is_read_anew()
    {
        await job.RunAsync();
        chain.Genesis = TestKey.From("another genesis").Address.ToString();

        (await job.RunAsync()).Output("programs-read").ShouldBe("2");
    }

    [Fact]
    public async Task A_slot_that_can_still_be_replaced_is_read_again()
    {
        chain.Slot = 500_010;
        (await job.RunAsync()).Output("programs-read").ShouldBe("2");
        (await job.RunAsync()).Output("programs-read").ShouldBe("2");
        chain.Slot = 500_100;
        (await job.RunAsync()).Output("programs-read").ShouldBe("2");
        (await job.RunAsync()).Output("programs-read").ShouldBe("0");
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{}")]
    [InlineData("""{"schema":2,"programs":{},"findings":[],"buffers":{}}""")]
    [InlineData("""{"schema":1,"programs":{"perps":{"genesis-hash":"x","program-id":"y","findings":[],"executable-hash":"z"}},"findings":[],"buffers":{}}""")]
    public async Task A_snapshot_that_cannot_be_read_hides_nothing(string snapshot)
    {
        await job.RunAsync();
        await File.WriteAllTextAsync(job.SnapshotPath, snapshot);

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Faults.ShouldBe(["store-failed"]);
        run.Output("programs-read").ShouldBe("2");
        (await job.RunAsync()).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_does_not_tell_how_large_accounts_are_is_asked_for_one_at_a_time()
    {
        chain.HidesSpace = true;

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        chain.Calls.Count(call => call == "getAccountInfo").ShouldBe(2);
    }

    [Fact]
    public async Task A_finding_is_new_once_and_then_gone_once()
    {
        await job.RunAsync();
        chain.SetAuthority(Perps, TestKey.From("stranger").Address);
        (string, string) Trend(FleetRun run) => (run.Output("new-findings"), run.Output("resolved-findings"));

        Trend(await job.RunAsync()).ShouldBe(("1", "0"));
        Trend(await job.RunAsync()).ShouldBe(("0", "0"));
        chain.SetAuthority(Perps, Authority);
        Trend(await job.RunAsync()).ShouldBe(("0", "1"));
        Trend(await job.RunAsync()).ShouldBe(("0", "0"));
    }

    [Fact]
    public async Task A_dry_run_writes_no_snapshot()
    {
        var run = await job.With("dry-run", "true").RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        File.Exists(job.SnapshotPath).ShouldBeFalse();
    }

    [Theory]
    [InlineData("error", 0)]
    [InlineData("warning", 4)]
    [InlineData("never", 0)]
    public async Task The_exit_code_is_by_fail_on(string failOn, int exit)
    {
        chain.Buffer(TestKey.From("fleet buffer").Address, Authority, 1_000, 900_000);

        var run = await job.With("fail-on", failOn).RunAsync();

        run.Findings.ShouldBe(["buffer-stale"]);
        run.Exit.ShouldBe(exit, run.ToString());
        run.Output("verified").ShouldBe(failOn == "warning" ? "false" : "true");
    }

    [Fact]
    public async Task Findings_stand_at_the_lines_that_declare_what_they_are_about()
    {
        chain.SetAuthority(Perps, null);

        await job.RunAsync();

        using var sarif = JsonDocument.Parse(await File.ReadAllBytesAsync(job.Workspace.At("fleet.sarif")));
        var run = sarif.RootElement.GetProperty("runs")[0];
        run.GetProperty("automationDetails").GetProperty("id").GetString().ShouldBe("verify-program/fleet/fleet/");
        var result = run.GetProperty("results").EnumerateArray().Single();
        result.GetProperty("ruleId").GetString().ShouldBe("authority-mismatch");
        result.GetProperty("partialFingerprints").GetProperty("findingId/v1").GetString().ShouldBe("authority-mismatch/perps");
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        place.GetProperty("artifactLocation").GetProperty("uri").GetString().ShouldBe("fleet.yml");
        place.GetProperty("region").GetProperty("startLine").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_list_buffers_is_a_warning()
    {
        chain.Refused.Add("getProgramAccounts");

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Faults.ShouldBe(["rpc-invalid-answer"]);
    }
}
