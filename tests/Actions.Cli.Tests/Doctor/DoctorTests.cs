using Actions.Cli.Tests.Notify;
using Actions.Cli.Tests.Secrets;
using Actions.Cli.Tests.SmokeTest;
using Actions.Cli.Tests.Tools;
using Actions.Core.Tests.GitHub;

namespace Actions.Cli.Tests.Doctor;

/// <summary>The executable against a real node, the stand-in for GitHub and channels: everything fine, then one thing wrong at a time.</summary>
public sealed class DoctorTests(PatientNet net) : IClassFixture<PatientNet>, IAsyncLifetime
{
    private Patient patient = null!;

    public async Task InitializeAsync() => patient = await Patient.StartAsync(net);

    public async Task DisposeAsync() => await patient.DisposeAsync();

    [Fact]
    public async Task Where_nothing_is_wrong_it_says_so_and_leaves_nothing_behind()
    {
        var before = await patient.RepositoryAsync();

        var run = await patient.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (run["failed"], run["warnings"], run["skipped"]).ShouldBe(("0", "0", "0"), run.ToString());
        run.Of("ok").ShouldBe(
            ["Key payer", "Key upgrade-authority", $"RPC {net.Net.Url}", "Program perps", "Payer balance", "Stale buffers", "Environment production", "Approval compliance", "Check ci", "Hours",
                "Channel Slack", "Channel PagerDuty", "Channel webhook", "Ledger", "Store"],
            ignoreOrder: true);
        run["passed"].ShouldBe("15");
        (await patient.RepositoryAsync()).ShouldBe(before);
        patient.Workspace.Files().Select(file => file.Path).ShouldAllBe(path => path.Contains("/_runner/", StringComparison.Ordinal) || path.Contains("/reports/", StringComparison.Ordinal) || path.EndsWith("solana-release.yml", StringComparison.Ordinal));
        (await net.Net.BalanceAsync(patient.Payer.Address)).ShouldBe(100_000_000_000ul, "nothing was sent");
        run.Summary.ShouldContain("**production is ready for a release.**");
        run.Summary.ShouldContain("| Payer balance | ok |");
    }

    [Fact]
    public async Task Every_channel_hears_that_it_is_a_test_and_the_incident_is_resolved()
    {
        var run = await patient.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        patient.Channels.Body(Channels.SlackPath).ToString().ShouldContain("a test of this channel, nothing happened");
        patient.Channels.Body(Channels.DiscordPath).ToString().ShouldContain("This is a test by doctor: nothing happened, and nothing has to be done.");
        var events = patient.Channels.Requests.Where(request => request.Path == "/v2/enqueue").Select(request => System.Text.Json.JsonDocument.Parse(request.Body).RootElement).ToList();
        events.Select(sent => sent.GetProperty("event_action").GetString()).ShouldBe(["trigger", "resolve"]);
        events.Select(sent => sent.GetProperty("dedup_key").GetString()).Distinct().Count().ShouldBe(1);
        events[0].GetProperty("payload").GetProperty("severity").GetString().ShouldBe("info");
    }

    [Fact]
    public async Task It_is_the_same_incident_in_every_run_so_that_the_next_one_resolves_what_a_killed_one_left_open()
    {
        await patient.RunAsync();
        await patient.RunAsync();

        patient.Channels.Requests.Where(request => request.Path == "/v2/enqueue").Select(request => System.Text.Json.JsonDocument.Parse(request.Body).RootElement.GetProperty("dedup_key").GetString()).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_dry_run_only_reads()
    {
        await patient.GitHub.ForgetRequestsAsync();

        var run = await patient.With(("dry-run", "true")).RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (run["failed"], run["passed"]).ShouldBe(("0", "15"), run.ToString());
        (await patient.GitHub.RequestsAsync()).ShouldAllBe(call => call.GetProperty("method").GetString() == "GET");
        patient.Channels.Requests.ShouldBeEmpty();
        run.Summary.ShouldContain("A dry run only reads");
    }

    [Fact]
    public async Task In_a_dry_run_addresses_are_enough()
    {
        var run = await patient.With(("dry-run", "true"), ("payer", patient.Payer.Address.ToString()), ("upgrade-authority", "")).RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Found("Key payer").ShouldContain("that its key can be read was not checked");
    }

    public static TheoryData<string> Ills => [.. Seeds.Keys];

    /// <summary>What is spoilt, and exactly what the run then says.</summary>
    private static readonly Dictionary<string, Seed> Seeds = new()
    {
        ["no key"] = new(2, "Key payer: input-missing", patient => patient.WithVariable("PAYER", "")),
        ["a broken key"] = new(2, "Key upgrade-authority: key-length", patient => patient.WithVariable("AUTHORITY", "[1,2,3]")),
        ["an address for a key"] = new(2, "Key payer: address-not-key", patient => patient.With(("payer", patient.Payer.Address.ToString()))),
        ["another payer than planned with"] = new(2, "Key payer: input-conflict", patient => patient.With(("payer-address", patient.Net.Program.ToString()))),
        ["an authority other than declared"] = new(3, "Key upgrade-authority: authority-mismatch", patient => patient.With(("authority-address", patient.Payer.Address.ToString()))),
        ["another authority on chain"] = new(3, "Program perps: authority-mismatch", patient => patient.WithFile(declaresAuthority: false).With(("upgrade-authority", "env:PAYER"))),
        ["no program"] = new(3, "Program perps: program-missing", patient => patient.WithFile(program: patient.Payer.Address)),
        ["an immutable program"] = new(3, "Program perps: program-immutable", patient => patient.WithFile(program: patient.Net.Immutable)),
        ["an empty wallet"] = new(3, "Payer balance: balance", patient => patient.WithVariable("PAYER", TestKey.New().Json).With(("payer-address", ""))),
        ["a spend cap below the peak"] = new(3, "Payer balance: spend-cap", patient => patient.With(("max-spend", "0.001"))),
        ["a provider that is not set up"] = new(2, "Key payer: input-missing", patient => patient.With(("payer", "vault:secret/team#key"))),
        ["a dead endpoint"] = new(5, "RPC http://localhost:1: rpc-unreachable", patient => patient.With(("rpc-url", $"{patient.Net.Net.Url}\nhttp://localhost:1"))),
        // It stands still until its node is as old as it is late.
        ["an endpoint far behind"] = new(5, "RPC together: rpc-unreachable", async patient =>
        {
            await Until.TrueAsync(async () => await patient.With(("rpc-url", $"{patient.Net.Net.Url}\n{patient.Net.Net.LagUrl}")).Net.Net.SlotAsync() > 200);
        }),
        ["no address behind a reference"] = new(2, "RPC: input-missing", patient => patient.With(("rpc-url", "env:NOT_SET"))),
        ["an environment without rules"] = new(4, "Environment production: gate-unmet", patient => patient.SeedAsync("\"environments\":{\"production\":{\"reviewers\":[],\"branch_policy\":[\"main\"],\"can_admins_bypass\":false,\"prevent_self_review\":true}}")),
        ["nobody to approve"] = new(4, "Approval sre: gate-unmet", patient => patient.WithFile("approvals: { environments: [sre] }")),
        ["protections that may not be seen"] = new(4, "Environment production: gate-unknowable, Approval compliance: gate-unknowable, Check ci: gate-unknowable", patient => patient.GrantAsync("""{"contents":"write","deployments":"write"}""")),
        ["a dead Slack"] = new(5, "Channel Slack: notification-failed", patient => patient.Answers(Channels.SlackPath, "no_service", 404)),
        ["a disabled pager"] = new(5, "Channel PagerDuty: notification-failed", patient => patient.Answers("/v2/enqueue", """{"status":"invalid event"}""", 400)),
        ["a webhook that is gone"] = new(5, "Channel webhook: notification-failed", patient => patient.Answers(Channels.DiscordPath, "{}", 404)),
        ["no permission for the ledger"] = new(5, "Ledger: ledger-failed", patient => patient.GrantAsync("""{"actions":"read","checks":"read","statuses":"read","contents":"write","deployments":"read"}""")),
        ["no permission for the store"] = new(5, "Store: store-failed", patient => patient.GrantAsync("""{"actions":"read","checks":"read","statuses":"read","contents":"read","deployments":"write"}""")),
        ["folders that are none"] = new(5, "Ledger: ledger-failed", patient => patient.With(("ledger", "file:solana-release.yml"))),
    };

    [Theory]
    [MemberData(nameof(Ills))]
    public async Task One_thing_that_is_wrong_is_one_check_that_fails(string ill)
    {
        var seed = Seeds[ill];
        await seed.Spoil(patient);
        var before = await patient.RepositoryAsync();

        var run = await patient.RunAsync();

        run.Of("failed").ShouldBe(seed.Failed.Split(", "), ignoreOrder: true, run.ToString());
        run.Exit.ShouldBe(seed.Exit, run.ToString());
        run.Of("ok").Count.ShouldBeGreaterThanOrEqualTo(8, run.ToString());
        (await patient.RepositoryAsync()).ShouldBe(before);
        run.Summary.ShouldContain("**production is not ready for a release.**");
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once_and_the_exit_is_that_of_the_worst()
    {
        patient.WithFile("approvals: { environments: [sre] }", program: net.Immutable).WithVariable("PAYER", "").With(("rpc-url", $"{net.Net.Url}\nhttp://localhost:1"));
        patient.Channels.On(Channels.SlackPath, _ => Service.Response("no_service", 404));

        var run = await patient.RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Of("failed").ShouldBe(
            ["Key payer: input-missing", "RPC http://localhost:1: rpc-unreachable", "Program perps: program-immutable", "Approval sre: gate-unmet", "Channel Slack: notification-failed"], ignoreOrder: true, run.ToString());
    }

    [Fact]
    public async Task What_does_not_stop_a_release_is_a_warning()
    {
        await using var picky = new HostileRpc(net.Net.Url);
        picky.Answer = (method, _) => Task.FromResult<HostileAnswer?>(method is "getProgramAccounts" or "getRecentPrioritizationFees"
            ? new HostileAnswer.Body("""{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}""", Headers: "x-ratelimit-rps-limit: 100\r\nx-ratelimit-method-limit: 40\r\n") : null);
        patient.WithFile("checks: [cy], window: { from: 2020-01-01T00:00:00Z, to: 2020-01-02T00:00:00Z }")
            .With(("rpc-url", picky.Url), ("require-protected-environment", "false"), ("min-deploys", "1000000"));
        await patient.GitHub.SeedRepositoryAsync("""{"environments":{"production":{"reviewers":[],"branch_policy":null}}}""");

        var run = await patient.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Of("warning").ShouldBe([$"RPC {picky.Url}: rpc-invalid-answer", "Payer balance: balance", "Environment production: gate-unmet", "Check cy: gate-unmet", "Hours: gate-unmet"], ignoreOrder: true, run.ToString());
        run.Of("not checked").ShouldBe(["Stale buffers"]);
        run.Found($"RPC {picky.Url}").ShouldContain("states at most 100 calls of all methods in 10 s and 40 calls of one method in 10 s");
    }

    [Fact]
    public async Task A_check_takes_no_longer_than_it_may_and_the_others_go_on()
    {
        await using var slow = new HostileRpc(net.Net.Url);
        slow.Spoil("*", new HostileAnswer.Dripping());
        patient.With(("rpc-url", $"{net.Net.Url}\n{slow.Url}"), ("check-timeout", "3s"));

        var run = await patient.RunAsync();

        run.Exit.ShouldBe(5, run.ToString());
        run.Of("failed").ShouldBe([$"RPC {slow.Url}: timeout"], run.ToString());
        run.Of("ok").Count.ShouldBe(15, run.ToString());
    }

    [Fact]
    public async Task The_whole_run_ends_in_time()
    {
        await using var slow = new HostileRpc(net.Net.Url);
        slow.Spoil("*", new HostileAnswer.Dripping());

        var run = await patient.With(("rpc-url", slow.Url), ("timeout", "4s")).RunAsync();

        run.Exit.ShouldBe(5, run.ToString());
        run.Errors.ShouldBe(["timeout"]);
        run.Of("not checked").ShouldContain($"RPC {slow.Url}");
        run.Took.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_check_that_fails_once_is_made_again_when_that_is_asked()
    {
        var asked = 0;
        patient.Channels.On(Channels.SlackPath, _ => asked++ == 0 ? Service.Response("no_service", 404) : Service.Response("ok"));

        var run = await patient.With(("attempts", "2")).RunAsync();

        (run.Exit, asked).ShouldBe((0, 2), run.ToString());
    }

    [Fact]
    public async Task With_folders_for_records_and_artifacts_it_leaves_none_of_its_own()
    {
        var run = await patient.With(("ledger", "file:kept/records"), ("store", "file:kept/artifacts")).RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Found("Ledger").ShouldContain("can be written");
        Directory.Exists(patient.Workspace.At("kept")).ShouldBeFalse();
    }

    [Fact]
    public async Task Keys_and_webhooks_are_shown_nowhere()
    {
        patient.Channels.On(Channels.SlackPath, request => Service.Response($"no: {request.Path} {request.Body}", 404));
        patient.Channels.On("/v2/enqueue", request => Service.Response(request.Body, 400));

        var run = await patient.RunAsync();

        run.Exit.ShouldBe(5, run.ToString());
        LeakScan.ShouldBeClean(run, patient.Workspace, [.. patient.Payer.Leaks, .. net.Authority.Leaks, .. Channels.Secrets, GitHubStandIn.Token]);
    }

    private sealed record Seed(int Exit, string Failed, Func<Patient, Task> Spoil)
    {
        public Seed(int exit, string failed, Func<Patient, Patient> spoil)
            : this(exit, failed, patient =>
            {
                spoil(patient);
                return Task.CompletedTask;
            })
        {
        }
    }
}

/// <summary>More ways to spoil things.</summary>
internal static class Spoiling
{
    public static Task SeedAsync(this Patient patient, string json) => patient.GitHub.SeedRepositoryAsync($"{{{json}}}");

    public static Task GrantAsync(this Patient patient, string permissions) => patient.GitHub.GrantAsync(permissions);

    public static Patient Answers(this Patient patient, string path, string body, int status)
    {
        patient.Channels.On(path, _ => Service.Response(body, status));
        return patient;
    }
}
