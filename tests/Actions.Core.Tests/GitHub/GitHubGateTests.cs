using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.GitHub;
using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Tests.Ledger;
using Actions.Core.Tests.Store;

namespace Actions.Core.Tests.GitHub;

/// <summary>Every gate that GitHub decides, from its calls to the verdict: met, unmet, unknowable, and out of reach.</summary>
public sealed class GitHubGateTests : IAsyncLifetime
{
    private const string Run = "35678770737";
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly GateRules NoRules = new() { RequireSmoke = false, RequireVerified = false };

    private GitHubStandIn gitHub = null!;

    public async Task InitializeAsync()
    {
        gitHub = await GitHubStandIn.StartAsync();
        await gitHub.DoorAsync(HttpMethod.Post, "clock", """{"now":"2026-12-01T12:00:00Z"}""");
    }

    public async Task DisposeAsync() => await gitHub.DisposeAsync();

    [Theory]
    [InlineData("""{"name":"ci","conclusion":"success"}""", "ci", GateState.Met)]
    [InlineData("""{"name":"ci","conclusion":"failure"}""", "ci", GateState.Unmet)]
    [InlineData("""{"name":"ci","conclusion":"skipped"}""", "ci", GateState.Unmet)]
    [InlineData("""{"name":"ci","status":"in_progress"}""", "ci", GateState.Unmet)]
    [InlineData("""{"name":"other","conclusion":"success"}""", "ci", GateState.Unmet)]
    [InlineData("""{"name":"ci","app":"audit-app","conclusion":"success"}""", "ci", GateState.Unmet)]
    [InlineData("""{"name":"ci","app":"audit-app","conclusion":"success"}""", "audit-app:ci", GateState.Met)]
    public async Task A_check_must_be_green_on_the_releases_commit(string check, string wanted, GateState expected)
    {
        await gitHub.SeedRepositoryAsync($$"""{"check_runs":[{"sha":"{{GitHubStandIn.Sha}}",{{check[1..]}}]}""");

        (await Judge(NoRules with { Checks = [wanted] })).ShouldHaveSingleItem().State.ShouldBe(expected);
    }

    [Theory]
    [InlineData("success", GateState.Met)]
    [InlineData("failure", GateState.Unmet)]
    [InlineData("pending", GateState.Unmet)]
    public async Task A_status_context_counts_as_a_check(string state, GateState expected)
    {
        await gitHub.SeedRepositoryAsync($$"""{"statuses":[{"sha":"{{GitHubStandIn.Sha}}","context":"ci/legacy","state":"{{state}}","creator":"alice"}]}""");

        (await Judge(NoRules with { Checks = ["ci/legacy"] })).ShouldHaveSingleItem().State.ShouldBe(expected);
    }

    [Fact]
    public async Task Checks_beyond_the_first_page_count()
    {
        var checks = Enumerable.Range(0, 140).Select(number => $$"""{"sha":"{{GitHubStandIn.Sha}}","name":"job {{number}}","conclusion":"success"}""");
        await gitHub.SeedRepositoryAsync($$"""{"check_runs":[{"sha":"{{GitHubStandIn.Sha}}","name":"first","conclusion":"success"},{{string.Join(',', checks)}},{"sha":"{{GitHubStandIn.Sha}}","name":"last","conclusion":"success"}]}""");

        (await Judge(NoRules with { Checks = ["first", "last"] })).ShouldAllBe(result => result.State == GateState.Met);
    }

    [Theory]
    [InlineData("2026-12-01T08:00:00Z", GateState.Met)]
    [InlineData("2026-11-29T08:00:00Z", GateState.Unmet)]
    public async Task A_security_run_must_be_fresh(string completed, GateState expected)
    {
        await gitHub.SeedRepositoryAsync($$"""{"check_runs":[{"sha":"{{GitHubStandIn.Sha}}","name":"security","conclusion":"success","completed_at":"{{completed}}"}]}""");

        (await Judge(NoRules with { Security = new SecurityGate("security", TimeSpan.FromHours(24)) })).ShouldHaveSingleItem().State.ShouldBe(expected);
    }

    [Theory]
    [InlineData(null, "octo/perps")]
    [InlineData("main", "octo/perps")]
    [InlineData(GitHubStandIn.Sha, "octo/another")]
    public async Task Checks_of_a_commit_nobody_knows_are_unknowable(string? commit, string repository)
    {
        var result = (await Judge(NoRules with { Checks = ["ci"] }, commit, repository)).ShouldHaveSingleItem();

        result.State.ShouldBe(GateState.Unknowable);
        result.ToFault()!.Code.ShouldBe(FaultCodes.GateUnknowable);
    }

    [Theory]
    [InlineData("""{"environments":["compliance"],"user":"alice"},{"environments":["sre"],"user":"bob"}""", "Met Met")]
    [InlineData("""{"environments":["compliance","sre"],"user":"alice"},{"environments":["sre"],"user":"bob"}""", "Met Met")]
    [InlineData("""{"environments":["compliance","sre"],"user":"alice"}""", "Met Met Unmet")]
    [InlineData("""{"environments":["compliance"],"user":"eve"},{"environments":["sre"],"user":"bob"}""", "Unmet Met")]
    [InlineData("""{"environments":["compliance"],"user":"alice"}""", "Met Unmet")]
    [InlineData("""{"environments":["compliance"],"user":"alice"},{"environments":["sre"],"user":"bob"},{"environments":["sre"],"user":"carol","state":"rejected"}""", "Met Unmet")]
    [InlineData("""{"environments":["compliance"],"user":"release-app[bot]"},{"environments":["sre"],"user":"bob"}""", "Unmet Met")]
    [InlineData("", "Unmet Unmet")]
    public async Task Each_approval_environment_needs_a_person_of_its_own_who_did_not_start_the_run(string approvals, string expected)
    {
        await gitHub.SeedRepositoryAsync($$"""{"runs":[{"id":{{Run}},"actor":"eve","approvals":[{{approvals}}]}]}""");

        var results = await Judge(NoRules with { Approvals = new ApprovalGate(["compliance", "sre"], IsDistinct: true, IsNotByActor: true) });

        string.Join(' ', results.Select(result => result.State)).ShouldBe(expected);
    }

    [Fact]
    public async Task Approvals_outside_of_a_run_are_unknowable() =>
        (await Judge(NoRules with { Approvals = new ApprovalGate(["sre"], true, true) }, run: null)).ShouldHaveSingleItem().State.ShouldBe(GateState.Unknowable);

    [Theory]
    [InlineData("""{"reviewers":["alice"],"branch_policy":["main"],"can_admins_bypass":false,"prevent_self_review":true}""", "Met")]
    [InlineData("""{"reviewers":["team:sre"],"branch_policy":"protected","can_admins_bypass":false,"prevent_self_review":true}""", "Met")]
    [InlineData("""{"reviewers":["alice"],"branch_policy":["main","tag:v*"]}""", "Met Warned Warned")]
    [InlineData("""{"branch_policy":["main"],"can_admins_bypass":false}""", "Unmet Warned")]
    [InlineData("""{"reviewers":["alice"],"can_admins_bypass":false,"prevent_self_review":true}""", "Unmet")]
    [InlineData("""{"reviewers":["alice"],"branch_policy":[],"can_admins_bypass":false,"prevent_self_review":true}""", "Unmet")]
    [InlineData("""{"reviewers":["alice"],"branch_policy":["main","**/*"],"can_admins_bypass":false,"prevent_self_review":true}""", "Unmet")]
    [InlineData("""{"wait_timer":10,"can_admins_bypass":false,"prevent_self_review":true}""", "Unmet Warned")]
    [InlineData(null, "Unmet")]
    public async Task An_environment_must_really_be_protected(string? environment, string expected)
    {
        await gitHub.SeedRepositoryAsync($$$"""{"environments":{ {{{(environment is null ? "" : $"\"production\":{environment}")}}} }}""");

        string.Join(' ', (await Judge(NoRules with { RequireProtectedEnvironment = true })).Select(result => result.State)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("checks", "checks: read")]
    [InlineData("statuses", "statuses: read")]
    [InlineData("actions", "actions: read")]
    public async Task What_the_token_may_not_see_is_unknowable_and_the_permission_is_named(string missing, string named)
    {
        await gitHub.SeedRepositoryAsync($$"""{"runs":[{"id":{{Run}},"actor":"eve"}],"environments":{"production":{} } }""");
        string[] all = ["actions", "checks", "statuses", "deployments"];
        await gitHub.GrantAsync($"{{{string.Join(',', all.Where(each => each != missing).Select(each => $"\"{each}\":\"read\""))}}}");

        var rules = missing == "actions" ? NoRules with { RequireProtectedEnvironment = true, Approvals = new ApprovalGate(["sre"], true, true) } : NoRules with { Checks = ["ci"] };
        var results = await Judge(rules);

        results.ShouldAllBe(result => result.State == GateState.Unknowable);
        results.ShouldAllBe(result => result.Remedy.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_api_that_fails_is_no_verdict()
    {
        await gitHub.FailAsync("""{"path":"check-runs","status":500,"times":99}""");

        (await Should.ThrowAsync<FaultException>(() => Judge(NoRules with { Checks = ["ci"] }))).Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.GitHubFailed);
        FaultCodes.GitHubFailed.Exit.ShouldBe(ExitCode.Unavailable);
    }

    [Fact]
    public async Task What_no_gate_needs_is_not_asked()
    {
        await Judge(NoRules);

        (await gitHub.RequestsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"path":".github/workflows/release.yml"}""", null)]
    [InlineData("""{"path":".github/workflows/smoke.yml"}""", "neither wrote the release")]
    [InlineData("""{"path":".github/workflows/hourly.yml"}""", null)]
    [InlineData("""{"path":".github/workflows/release.yml","head_branch":"topic"}""", "neither the default branch nor a tag")]
    [InlineData("""{"path":".github/workflows/release.yml","event":"pull_request"}""", "neither the default branch nor a tag")]
    public async Task A_check_counts_only_from_a_workflow_that_counts(string run, string? why)
    {
        await gitHub.SeedRepositoryAsync($$"""{"runs":[{"id":1,"path":".github/workflows/release.yml"},{"id":2,{{run[1..]}}]}""");
        var records = Make.Records(Released("R", 1), Checked("C", "R", 2));

        (await Uncounted(records)).ShouldBe(why is null ? [] : ["C"]);
        gitHub.Doubts.ShouldAllBe(fault => fault.Found.Contains(why!, StringComparison.Ordinal) && fault.Severity == Severity.Warning);
        gitHub.Doubts.Count.ShouldBe(why is null ? 0 : 1);
    }

    [Fact]
    public async Task A_check_without_a_run_of_this_repository_does_not_count()
    {
        await gitHub.SeedRepositoryAsync("""{"runs":[{"id":1}]}""");
        var records = Make.Records(Released("R", 1), Checked("C", "R", 99), Checked("D", "R", 1) with { RunUrl = "https://github.com/octo/fork/actions/runs/1" }, Checked("E", "R", 1) with { RunUrl = null });

        (await Uncounted(records)).Order().ShouldBe(["C", "D", "E"]);
    }

    [Fact]
    public async Task Only_the_newest_check_that_counts_is_asked_for()
    {
        await gitHub.SeedRepositoryAsync("""{"runs":[{"id":1},{"id":2},{"id":3,"path":".github/workflows/other.yml"}]}""");
        var records = Make.Records(Released("R", 1), Checked("Old", "R", 99), Checked("New", "R", 2) with { At = Make.Noon.AddHours(1) }, Checked("Newest", "R", 3) with { At = Make.Noon.AddHours(2) });

        (await Uncounted(records)).ShouldBe(["Newest"]);
        (await gitHub.CallsAsync("GET", "/actions/runs/99/attempts/1")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("commit", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("tag", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("commit", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", false)]
    public async Task A_run_on_a_tag_counts_and_one_on_a_branch_of_the_same_name_does_not(string type, string sha, bool counts)
    {
        using var server = Loopback.Start(context => Loopback.WriteAsync(context, 200, context.Request.RawUrl switch
        {
            var path when path!.Contains("/git/ref/", StringComparison.Ordinal) => $$$"""{"object":{"type":"{{{type}}}","sha":"{{{sha}}}"}}""",
            var path when path!.Contains("/git/tags/", StringComparison.Ordinal) => $$$"""{"object":{"type":"commit","sha":"{{{sha}}}"}}""",
            var path when path!.Contains("/actions/runs/", StringComparison.Ordinal) =>
                $$"""{"id":1,"status":"completed","path":".github/workflows/release.yml@v1","head_branch":"v1","head_sha":"{{GitHubStandIn.Sha}}","event":"push","workflow_id":5}""",
            _ => """{"full_name":"acme/perps","default_branch":"main"}""",
        }));
        using var client = server.Client();
        var records = Make.Records(Released("R", 1), Checked("C", "R", 2)).Select(record => record with { Facts = record.Facts with { RunUrl = record.Facts.RunUrl!.Replace("octo", "acme", StringComparison.Ordinal) } }).ToList();

        var uncounted = await new CheckEvidence(client, new GitHubRuns(client, "https://github.com"), [], gitHub.Doubts.Add).UncountedAsync(records, new HashSet<string> { "R" }, default);

        uncounted.Count.ShouldBe(counts ? 0 : 1);
    }

    private static LedgerEvent Released(string id, int run) => Make.Event(id, RecordState.Succeeded) with { RunUrl = $"https://github.com/octo/perps/actions/runs/{run}/attempts/1" };

    private static LedgerEvent Checked(string id, string release, int run) =>
        Make.Event(id, RecordState.Succeeded, RecordKind.Check) with { Check = CheckKind.Smoke, RefersTo = release, RunUrl = $"https://github.com/octo/perps/actions/runs/{run}/attempts/1" };

    private async Task<IReadOnlySet<string>> Uncounted(IReadOnlyList<LedgerRecord> records)
    {
        using var client = gitHub.Client();
        return await new CheckEvidence(client, new GitHubRuns(client, "https://github.com"), ["hourly.yml"], gitHub.Doubts.Add).UncountedAsync(records, new HashSet<string> { "R" }, default);
    }

    private async Task<IReadOnlyList<GateResult>> Judge(GateRules rules, string? commit = GitHubStandIn.Sha, string repository = GitHubStandIn.Repository, string? run = Run)
    {
        var manifest = Build.Of("1.0.0", ("p", "default", [1])) with { Commit = commit, Repository = repository };
        var evidence = await new GitHubAnswers(gitHub.Client(), run).AskAsync(rules, manifest, "production", default);
        string[] ours = ["Check", "Security", "Approval", "Protected environment"];
        return [.. GateChecklist.Evaluate(rules, new GateEvidence
        {
            Now = Now, Version = SemVer.TryParse("1.0.0")!, To = "production", ToVariant = "default", Programs = [], Actors = ["eve", "mallory"], GitHub = evidence,
        }).Results.Where(result => ours.Contains(result.Gate))];
    }
}
