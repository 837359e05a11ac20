using System.Runtime.InteropServices;
using Actions.Core.Tests.GitHub;

namespace Actions.Cli.Tests.Doctor;

/// <summary>Ended in the middle, by a signal, a failure or the end of the machine: nothing is left, or the next run takes it away.</summary>
public sealed class DoctorLeftoverTests(PatientNet net) : IClassFixture<PatientNet>, IAsyncLifetime
{
    private const string Sha = GitHubStandIn.Sha;

    private Patient patient = null!;
    private string before = "";

    public async Task InitializeAsync()
    {
        patient = await Patient.StartAsync(net);
        before = await patient.RepositoryAsync();
    }

    public async Task DisposeAsync() => await patient.DisposeAsync();

    [Fact]
    public async Task What_a_killed_run_left_the_next_one_takes_away()
    {
        await KilledAsync();
        (await patient.RepositoryAsync()).ShouldNotBe(before);

        var run = await patient.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Found("Ledger").ShouldContain("removed 1 that an earlier run had left");
        run.Found("Store").ShouldContain("removed 1 that an earlier run had left");
        (await patient.RepositoryAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task What_looks_like_a_leftover_and_is_none_stays()
    {
        var payload = """{"kind":"solana-actions/doctor","id":"01JZZZZZZZZZZZZZZZZZZZZZZZ","environment":"production","started-at":"2020-01-01T00:00:00Z","timeout-seconds":60}""";
        var elsewhere = payload.Replace("production", "staging", StringComparison.Ordinal);
        await patient.GitHub.SeedRepositoryAsync($$$"""
            {"deployments":[
              {"sha":"{{{Sha}}}","task":"solana-doctor","environment":"production","creator":"mallory","payload":{{{payload}}}},
              {"sha":"{{{Sha}}}","task":"solana-doctor","environment":"production","creator":"github-actions[bot]","payload":{"of":"somebody else"}},
              {"sha":"{{{Sha}}}","task":"solana-doctor","environment":"production","creator":"github-actions[bot]","payload":{{{elsewhere}}}},
              {"sha":"{{{Sha}}}","task":"deploy","environment":"production","creator":"github-actions[bot]","payload":{{{payload}}}}],
             "releases":[{"tag":"solana-doctor/notes","draft":true},{"tag":"solana-doctor/01JZZZZZZZZZZZZZZZZZZZZZZZ","draft":true},{"tag":"solana/perps/1.0.0","draft":true}]}
            """);
        var seeded = await patient.RepositoryAsync();

        var run = await patient.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (await patient.RepositoryAsync()).ShouldBe(seeded);
    }

    [Fact]
    public async Task A_run_that_is_over_is_what_its_time_says_where_nobody_else_does()
    {
        var payload = """{"kind":"solana-actions/doctor","id":"01JZZZZZZZZZZZZZZZZZZZZZZZ","environment":"production","started-at":"2020-01-01T00:00:00Z","timeout-seconds":60}""";
        await patient.GitHub.SeedRepositoryAsync(
            $$$"""{"deployments":[{"sha":"{{{Sha}}}","task":"solana-doctor","environment":"production","creator":"github-actions[bot]","payload":{{{payload}}}}]}""");

        var run = await patient.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (await patient.RepositoryAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("POST", "/statuses", 1)]
    [InlineData("DELETE", "/(releases|deployments)/", 2)]
    public async Task A_cancelled_run_cleans_up_before_it_ends(string method, string path, int times)
    {
        await patient.GitHub.FailAsync($$"""{"method":"{{method}}","path":"{{path}}","kind":"slow","seconds":30,"times":{{times}}}""");
        using var process = patient.Start();
        await process.WhenAsync(async () => (await patient.RepositoryAsync()) != before);
        await Task.Delay(500);

        process.Signal(PosixSignal.SIGTERM);
        var run = await process.EndAsync();

        run.Exit.ShouldBe(130, run.ToString());
        run.Errors.ShouldContain("cancelled");
        (await patient.RepositoryAsync()).ShouldBe(before, run.ToString());
        var sent = patient.Channels.Requests.Where(request => request.Path == "/v2/enqueue").Select(request => System.Text.Json.JsonDocument.Parse(request.Body).RootElement.GetProperty("event_action").GetString()).ToList();
        sent.Count(each => each == "resolve").ShouldBe(sent.Count(each => each == "trigger"));
    }

    [Theory]
    [InlineData("""{"method":"POST","path":"/statuses","status":403,"body":{"message":"Forbidden"}}""", "Ledger: ledger-failed")]
    [InlineData("""{"method":"DELETE","path":"/deployments/","status":403,"body":{"message":"Forbidden"}}""", "Ledger: ledger-failed")]
    [InlineData("""{"method":"DELETE","path":"/releases/","status":403,"body":{"message":"Forbidden"}}""", "Store: store-failed")]
    [InlineData("""{"method":"POST","path":"/deployments$","kind":"reset","after":true}""", "Ledger: ledger-failed")]
    [InlineData("""{"method":"POST","path":"/releases$","kind":"reset","after":true}""", "Store: store-failed")]
    public async Task A_step_that_fails_half_way_leaves_nothing(string fault, string failed)
    {
        await patient.GitHub.FailAsync(fault);

        var run = await patient.RunAsync();

        run.Exit.ShouldBe(5, run.ToString());
        run.Of("failed").ShouldBe([failed], run.ToString());
        (await patient.RepositoryAsync()).ShouldBe(before, run.ToString());
    }

    [Fact]
    public async Task Of_folders_too_the_next_run_takes_away_what_a_killed_one_left()
    {
        patient.With(("ledger", "file:records"), ("store", "file:artifacts"));
        var mark = """{"kind":"solana-actions/doctor","id":"01JZZZZZZZZZZZZZZZZZZZZZZZ","environment":"production","started-at":"2020-01-01T00:00:00Z","timeout-seconds":60}"""u8.ToArray();
        patient.Workspace.Put("records/ledger/production/.doctor-01JZZZZZZZZZZZZZZZZZZZZZZZ.tmp", mark);
        patient.Workspace.Put("records/ledger/production/.doctor-notes.tmp", mark);
        patient.Workspace.Put("artifacts/objects/sha256/.doctor-01JZZZZZZZZZZZZZZZZZZZZZZY.tmp", "something else"u8.ToArray());

        var run = await patient.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Found("Ledger").ShouldContain("removed 1 that an earlier run had left");
        Directory.GetFiles(patient.Workspace.At("records"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).ShouldBe([".doctor-notes.tmp"]);
        Directory.GetFiles(patient.Workspace.At("artifacts"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).ShouldBe([".doctor-01JZZZZZZZZZZZZZZZZZZZZZZY.tmp"]);
    }

    /// <summary>kill -9 when both a deployment and a draft are there.</summary>
    private async Task KilledAsync()
    {
        await patient.GitHub.FailAsync("""{"method":"POST","path":"/statuses","kind":"slow","seconds":20}""");
        await patient.GitHub.FailAsync("""{"method":"DELETE","path":"/releases/","kind":"slow","seconds":20}""");
        using var process = patient.Start();
        await process.WhenAsync(async () => await patient.RepositoryAsync() is var now && now.Contains("solana-doctor/", StringComparison.Ordinal) && now.Contains("\"solana-doctor\"", StringComparison.Ordinal));
        process.HasExited.ShouldBeFalse();
        await process.KillAsync();
    }
}
