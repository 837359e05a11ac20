using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Ledger;
using Actions.Core.Tests.Ledger;

namespace Actions.Core.Tests.GitHub;

/// <summary>The ledger in Deployments, against the stand-in.</summary>
public sealed class GitHubLedgerTests : IAsyncLifetime
{
    private const string Run = "https://github.com/octo/perps/actions/runs/7/attempts/1";

    private GitHubStandIn gitHub = null!;

    public async Task InitializeAsync() => gitHub = await GitHubStandIn.StartAsync();

    public async Task DisposeAsync() => await gitHub.DisposeAsync();

    [Fact]
    public async Task A_record_is_read_back_as_it_was_written()
    {
        await Ledger().AppendAsync(Make.Event("A") with { RunUrl = Run, StartedAt = Make.Noon, Actor = "ann" }, default);
        await Ledger().AppendAsync(Make.Full() with { Id = "A", Slot = 350_000_000 }, default);

        var read = (await Ledger().ReadAsync(Make.Environment, Make.Program, default)).ShouldHaveSingleItem();

        var expected = Make.Records(Make.Event("A") with { RunUrl = Run, StartedAt = Make.Noon, Actor = "ann" }, Make.Full() with { Id = "A", Slot = 350_000_000 }).Single();
        LedgerLine.Write(read.Facts).ShouldBe(LedgerLine.Write(expected.Facts));
        (read.Opened, read.WentLive).ShouldBe((expected.Opened, expected.WentLive));
        gitHub.Doubts.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_started_is_a_deployment_and_what_comes_later_is_another_one_that_does_not_show()
    {
        var ledger = Ledger();
        await ledger.AppendAsync(Make.Event("A") with { Cluster = "mainnet-beta", RunUrl = Run, Name = new string('n', 200) }, default);
        await ledger.AppendAsync(Make.Event("A", RecordState.Succeeded), default);
        await ledger.AppendAsync(Make.Event("C", RecordState.Succeeded, RecordKind.Check) with { RefersTo = "A" }, default);

        var made = await gitHub.CallsAsync("POST", "/deployments");
        made.Select(call => Field(call, "task")).ShouldBe(["solana-release", "solana-event", "solana-check"]);
        made.Select(call => Body(call).GetProperty("transient_environment").GetBoolean()).ShouldBe([false, true, true]);
        made.Select(call => Body(call).GetProperty("production_environment").GetBoolean()).ShouldBe([true, false, false]);
        made.ShouldAllBe(call => !Body(call).GetProperty("auto_merge").GetBoolean() && Body(call).GetProperty("required_contexts").GetArrayLength() == 0 && Field(call, "ref") == GitHubStandIn.Sha);
        made.ShouldAllBe(call => Field(call, "description").Length <= 140);
        var statuses = (await gitHub.RequestsAsync()).Where(call => call.GetProperty("path").GetString()!.EndsWith("/statuses", StringComparison.Ordinal)).ToList();
        statuses.Select(call => Field(call, "state")).ShouldBe(["in_progress", "success", "success"]);
        statuses.ShouldAllBe(call => !Body(call).GetProperty("auto_inactive").GetBoolean() && Field(call, "log_url") == Run);
        statuses[0].GetProperty("path").GetString().ShouldBe(statuses[1].GetProperty("path").GetString(), "the status is set on the first");
        statuses[2].GetProperty("path").GetString().ShouldNotBe(statuses[0].GetProperty("path").GetString());
    }

    [Theory]
    [InlineData(RecordState.Pending, "queued")]
    [InlineData(RecordState.Failed, "failure")]
    [InlineData(RecordState.Cancelled, "error")]
    [InlineData(RecordState.Undone, "inactive")]
    public async Task People_see_the_state(RecordState state, string status)
    {
        await Ledger().AppendAsync(Make.Event("A"), default);
        await Ledger().AppendAsync(Make.Event("A", state), default);

        var statuses = (await gitHub.RequestsAsync()).Where(call => call.GetProperty("path").GetString()!.EndsWith("/statuses", StringComparison.Ordinal));
        statuses.Select(call => Field(call, "state")).ShouldBe(["in_progress", status]);
        (await Read()).ShouldHaveSingleItem().State.ShouldBe(state);
    }

    [Fact]
    public async Task A_record_that_begins_with_its_end_opens_itself()
    {
        await Ledger().AppendAsync(Make.Event("A", RecordState.Succeeded) with { Adopted = true }, default);

        Field((await gitHub.CallsAsync("POST", "/deployments")).ShouldHaveSingleItem(), "task").ShouldBe("solana-release");
        (await Read()).ShouldHaveSingleItem().State.ShouldBe(RecordState.Succeeded);
    }

    [Fact]
    public async Task A_payload_that_comes_back_as_a_string_is_read_too()
    {
        var payload = JsonSerializer.Serialize(System.Text.Encoding.UTF8.GetString(LedgerLine.Write(Make.Event("A"))), TestJson.Default.String);
        await SeedDeployment("github-actions[bot]", payload);

        (await Read()).ShouldHaveSingleItem().Id.ShouldBe("A");
    }

    [Fact]
    public async Task What_is_not_ours_is_ignored()
    {
        await SeedDeployment("github-actions[bot]", """{"web":"site"}""", task: "deploy");
        await SeedDeployment("github-actions[bot]", "\"\"", task: "deploy:migrations");
        await SeedDeployment("mallory", Payload(Make.Event("X")), task: "solana");

        (await Read()).ShouldBeEmpty();
        gitHub.Doubts.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_record_that_somebody_else_made_is_no_evidence_and_is_named()
    {
        await Ledger().AppendAsync(Make.Event("A"), default);
        await SeedDeployment("mallory", Payload(Make.Event("A", RecordState.Succeeded)), task: "solana-event");
        await SeedDeployment("mallory", Payload(Make.Event("F", RecordState.Succeeded)));

        (await Read()).ShouldHaveSingleItem().State.ShouldBe(RecordState.Started);

        gitHub.Doubts.Count.ShouldBe(2);
        gitHub.Doubts.ShouldAllBe(fault => fault.Code == FaultCodes.Tampered && fault.Found.Contains("mallory", StringComparison.Ordinal) && fault.Input == "trusted-creators");
    }

    [Fact]
    public async Task Whoever_is_trusted_counts()
    {
        await SeedDeployment("release-app[bot]", Payload(Make.Event("A")));

        (await Ledger("release-app[bot]").ReadAsync(Make.Environment, Make.Program, default)).ShouldHaveSingleItem();
        gitHub.Doubts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("\"[1]\"")]
    [InlineData("""{"schema":1,"id":7}""")]
    [InlineData("""{"schema":1,"id":"../..","kind":"release","state":"started","environment":"staging","program-id":"11111111111111111111111111111111"}""")]
    [InlineData("""{"schema":1,"id":"A","kind":"release","state":"started","environment":"elsewhere","program-id":"11111111111111111111111111111111"}""")]
    [InlineData("""{"schema":1,"id":"A","kind":"check","state":"succeeded","environment":"staging","program-id":"11111111111111111111111111111111"}""")]
    public async Task A_payload_of_ours_that_is_no_event_is_tampered_with(string payload)
    {
        await SeedDeployment("github-actions[bot]", payload);

        (await Should.ThrowAsync<FaultException>(Read)).Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.Tampered);
    }

    [Fact]
    public async Task An_event_of_a_newer_version_is_not_called_broken()
    {
        await SeedDeployment("github-actions[bot]", """{"schema":2}""");

        (await Should.ThrowAsync<FaultException>(Read)).Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.LedgerFailed);
    }

    [Fact]
    public async Task Programs_and_environments_are_apart_and_the_export_has_all()
    {
        await Ledger().AppendAsync(Make.Event("A"), default);
        await Ledger().AppendAsync(Make.Event("B") with { ProgramId = Make.AddressOf(9) }, default);
        await Ledger().AppendAsync(Make.Event("C") with { Environment = "prod/eu 1" }, default);

        (await Read()).Select(record => record.Id).ShouldBe(["A"]);
        (await Ledger().ReadAsync("prod/eu 1", Make.Program, default)).Select(record => record.Id).ShouldBe(["C"]);
        (await Ledger().ReadAllAsync(default)).Select(record => record.Id).ShouldBe(["A", "B", "C"]);
    }

    [Fact]
    public async Task An_event_whose_answer_is_lost_is_written_once()
    {
        await gitHub.FailAsync("""{"method":"POST","path":"/deployments$","after":true,"kind":"reset"}""");
        await Ledger().AppendAsync(Make.Event("A"), default);
        await gitHub.FailAsync("""{"method":"POST","path":"/deployments$","after":true,"status":502}""");
        await Ledger().AppendAsync(Make.Event("A", RecordState.Succeeded), default);

        (await gitHub.CallsAsync("POST", "/deployments")).Count.ShouldBe(2);
        (await Read()).ShouldHaveSingleItem().State.ShouldBe(RecordState.Succeeded);
    }

    [Fact]
    public async Task An_event_that_got_nowhere_is_written_again()
    {
        await gitHub.FailAsync("""{"method":"POST","path":"/deployments$","status":503,"times":2}""");

        await Ledger().AppendAsync(Make.Event("A"), default);

        (await Read()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_status_that_cannot_be_set_is_a_doubt_and_the_event_stands()
    {
        await gitHub.FailAsync("""{"method":"POST","path":"/statuses$","status":500,"times":99}""");

        await Ledger().AppendAsync(Make.Event("A"), default);

        gitHub.Doubts.ShouldHaveSingleItem().Severity.ShouldBe(Severity.Warning);
        (await Read()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Without_the_permission_the_fault_names_it()
    {
        await gitHub.GrantAsync("""{"deployments":"read"}""");

        var fault = (await Should.ThrowAsync<FaultException>(() => Ledger().AppendAsync(Make.Event("A"), default))).Faults.ShouldHaveSingleItem();

        (fault.Code, fault.Input).ShouldBe((FaultCodes.LedgerFailed, "ledger"));
        fault.Remedy.ShouldContain("deployments: write");
    }

    [Fact]
    public async Task What_is_known_is_not_fetched_again_and_what_is_new_is_seen()
    {
        var events = Enumerable.Range(0, 230).Select(number => $$"""{"sha":"{{GitHubStandIn.Sha}}","task":"solana-release","environment":"staging","creator":"github-actions[bot]","payload":{{Payload(Make.Event($"R{number}"))}}}""");
        await gitHub.SeedRepositoryAsync($$"""{"deployments":[{{string.Join(',', events)}}]}""");
        var ledger = Ledger();

        (await ledger.ReadAsync(Make.Environment, Make.Program, default)).Count.ShouldBe(230);
        (await gitHub.CallsAsync("GET", "/deployments")).Count.ShouldBe(3 + 2, "three pages of releases, one of each other task");
        await gitHub.ForgetRequestsAsync();
        await Ledger().AppendAsync(Make.Event("New"), default);
        (await ledger.ReadAsync(Make.Environment, Make.Program, default)).Count.ShouldBe(231);
        (await gitHub.CallsAsync("GET", "/deployments")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Many_writers_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async writer =>
        {
            await Ledger().AppendAsync(Make.Event($"W{writer}"), default);
            await Ledger().AppendAsync(Make.Event($"W{writer}", RecordState.Succeeded), default);
        }));

        var records = await Read();
        records.Count.ShouldBe(20);
        records.ShouldAllBe(record => record.State == RecordState.Succeeded);
    }

    [Fact]
    public async Task A_bad_network_loses_and_doubles_nothing()
    {
        await using var flaky = await GitHubStandIn.StartAsync("--error-rate", "0.15", "--lost-rate", "0.1", "--seed", "7");
        var ledger = new GitHubLedger(flaky.Client(), new GitHubLedgerOptions { Ref = GitHubStandIn.Sha, Doubt = flaky.Doubts.Add });
        for (var number = 0; number < 6; number++)
        {
            await ledger.AppendAsync(Make.Event($"R{number}"), default);
            await ledger.AppendAsync(Make.Event($"R{number}", RecordState.Succeeded), default);
        }

        (await ledger.ReadAsync(Make.Environment, Make.Program, default)).ShouldAllBe(record => record.State == RecordState.Succeeded);
        var written = await flaky.Client().ListDeploymentsAsync(null, "solana-event", default).ToListAsync();
        written.Select(deployment => deployment.Payload.GetProperty("id").GetString()).ShouldBeUnique();
    }

    [Theory]
    [InlineData("/attempts/1", Liveness.Over)]
    [InlineData("/attempts/2", Liveness.Running)]
    [InlineData("", Liveness.Running)]
    [InlineData("/attempts/3", Liveness.Unknown)]
    public async Task A_run_is_over_when_that_attempt_is(string attempt, Liveness expected)
    {
        await gitHub.SeedRepositoryAsync("""{"runs":[{"id":42,"attempts":[{"conclusion":"failure"},{"status":"in_progress"}]}]}""");

        (await new GitHubRuns(gitHub.Client(), "https://github.com").ProbeAsync($"https://github.com/octo/perps/actions/runs/42{attempt}", default)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("https://github.com/octo/other/actions/runs/42")]
    [InlineData("https://evil.example/octo/perps/actions/runs/42")]
    [InlineData("https://github.com/octo/perps/actions/runs/42/../43")]
    [InlineData("")]
    public async Task An_address_of_another_run_is_not_asked_for(string url)
    {
        (await new GitHubRuns(gitHub.Client(), "https://github.com").ProbeAsync(url, default)).ShouldBe(Liveness.Unknown);
        (await gitHub.RequestsAsync()).ShouldBeEmpty();
    }

    private static string Payload(LedgerEvent entry) => System.Text.Encoding.UTF8.GetString(LedgerLine.Write(entry)).TrimEnd();

    private static JsonElement Body(JsonElement call) => call.GetProperty("body");

    private static string Field(JsonElement call, string name) => Body(call).GetProperty(name).GetString()!;

    private Task<JsonElement> SeedDeployment(string creator, string payload, string task = "solana-release") =>
        gitHub.SeedRepositoryAsync($$"""{"deployments":[{"sha":"{{GitHubStandIn.Sha}}","task":"{{task}}","environment":"staging","creator":"{{creator}}","payload":{{payload}}}]}""");

    private GitHubLedger Ledger(string creator = GitHubLedgerOptions.DefaultCreator) => new(
        gitHub.Client(), new GitHubLedgerOptions { Ref = GitHubStandIn.Sha, RunUrl = Run, Creators = [creator], Doubt = gitHub.Doubts.Add });

    private async Task<IReadOnlyList<LedgerRecord>> Read() => await Ledger().ReadAsync(Make.Environment, Make.Program, default);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class TestJson : System.Text.Json.Serialization.JsonSerializerContext;
