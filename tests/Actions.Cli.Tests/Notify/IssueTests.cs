using System.Text;
using System.Text.Json.Nodes;
using Actions.Cli.Tests.Tools;
using Actions.Core.GitHub;
using Actions.Core.Tests.GitHub;

namespace Actions.Cli.Tests.Notify;

/// <summary>One issue kept up to date, on a stand-in for GitHub that is a process of its own.</summary>
public sealed class IssueTests : IDisposable
{
    private const string Mallory = "github_pat_mallory";

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task An_issue_is_opened_left_alone_updated_closed_and_opened_again()
    {
        await using var github = await StartAsync();
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"), ("buffer-stale/devnet/x", "warning", "Expected none; found 1", "reclaim"));
        workspace.Put("report.json", """{"schema":1,"action":"verify-program","dry-run":false,"exit-code":4,"faults":[],"plan":null,"outputs":{"stale-lamports":"1500000000"}}"""u8.ToArray());

        var opened = await RunAsync(github, ("report", "report.json"));

        (opened.Exit, opened["issue-change"], opened["notified"]).ShouldBe((0, "created", "1"), opened.ToString());
        var issue = (await IssuesAsync(github)).ShouldHaveSingleItem();
        (issue.State, opened["issue-url"]).ShouldBe(("open", issue.HtmlUrl));
        issue.Body!.ShouldContain("**2 findings**");
        issue.Body!.ShouldContain("### Errors (1)");
        issue.Body!.ShouldContain("| `hash-mismatch/perps` | [ops/fleet\\.yml:7](https://github.com/octo/perps/blob/HEAD/ops/fleet.yml#L7) | `Expected a; found b` | `redeploy` |".Replace("\\.", ".", StringComparison.Ordinal));
        issue.Body!.ShouldContain("### Warnings (1)");
        issue.Body!.ShouldContain("**New: 2**");
        issue.Body!.ShouldContain("| 1 | 1 | 0 | 1\\.5 SOL |");

        (await ChangesAsync(github, async () => (await RunAsync(github, ("report", "report.json")))["issue-change"].ShouldBe("none"))).ShouldBeEmpty();

        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"), ("key-age/vault", "note", "Expected young; found old", ""));
        (await RunAsync(github))["issue-change"].ShouldBe("updated");
        var updated = (await IssuesAsync(github)).ShouldHaveSingleItem().Body!;
        updated.ShouldContain("**New: 1**\n\n- `key-age/vault`");
        updated.ShouldContain("**Resolved: 1**\n\n- `buffer-stale/devnet/x`");
        updated.ShouldContain("### Notes (1)");
        // A day has one row, whatever changes on it.
        updated.Split('\n').Count(line => line.StartsWith("| 20", StringComparison.Ordinal)).ShouldBe(1);

        Found();
        (await RunAsync(github))["issue-change"].ShouldBe("closed");
        var closed = (await IssuesAsync(github)).ShouldHaveSingleItem();
        (closed.State, closed.StateReason).ShouldBe(("closed", "completed"));
        closed.Body!.ShouldContain("**Nothing is found**");
        (await CommentsAsync(github, 1)).ShouldBe(["Nothing is found any more."]);
        (await ChangesAsync(github, async () => (await RunAsync(github))["issue-change"].ShouldBe("none"))).ShouldBeEmpty();

        Found(("id-shared/x", "warning", "Expected one; found two", "split"));
        (await RunAsync(github))["issue-change"].ShouldBe("reopened");
        var again = (await IssuesAsync(github)).ShouldHaveSingleItem();
        (again.State, again.Number).ShouldBe(("open", 1ul));
    }

    [Fact]
    public async Task Without_findings_no_issue_is_made()
    {
        await using var github = await StartAsync();
        Found();

        var run = await RunAsync(github);

        (run.Exit, run["issue-change"], (await IssuesAsync(github)).Count).ShouldBe((0, "none", 0), run.ToString());
    }

    [Fact]
    public async Task Runs_at_once_leave_one_open_issue()
    {
        await using var github = await StartAsync();
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"));

        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(github)));

        runs.ShouldAllBe(run => run.Exit == 0 && run["failed"] == "0");
        var issues = await IssuesAsync(github);
        issues.Where(issue => issue.State == "open").ShouldHaveSingleItem().Number.ShouldBe(issues.Min(issue => issue.Number));
        issues.Where(issue => issue.State != "open").ShouldAllBe(issue => issue.StateReason == "duplicate");
        (await ChangesAsync(github, () => RunAsync(github))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_duplicate_that_was_left_behind_is_closed_and_stays_closed()
    {
        await using var github = await StartAsync();
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"));
        await RunAsync(github);
        var body = (await IssuesAsync(github))[0].Body!;
        using (var client = github.Client())
        {
            await client.CreateIssueAsync(new NewIssue("again", body, ["solana-compliance"]), default);
        }

        (await RunAsync(github))["issue-change"].ShouldBe("none");

        (await IssuesAsync(github)).Select(issue => (issue.Number, issue.State, issue.StateReason)).ShouldBe([(1ul, "open", null), (2ul, "closed", "duplicate")]);
        (await CommentsAsync(github, 2)).ShouldBe(["Duplicate of #1."]);
        Found();
        await RunAsync(github);
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"));
        (await RunAsync(github))["issue-change"].ShouldBe("reopened");
        (await IssuesAsync(github)).Select(issue => issue.State).ShouldBe(["open", "closed"]);
    }

    [Fact]
    public async Task What_was_found_cannot_mention_link_or_command()
    {
        const string Hostile = "@octo/everyone <img src=x> [l](https://evil.example) fixes #1 `x` | y --> ::error::z /close https://evil.example\n# h";
        await using var github = await StartAsync();
        Found(($"id/{Hostile}", "error", Hostile, Hostile));

        await RunAsync(github);

        var body = (await IssuesAsync(github)).ShouldHaveSingleItem().Body!;
        var shown = string.Join('\n', body.Split('\n').Where(line => !line.StartsWith("<!--", StringComparison.Ordinal)));
        foreach (var active in new[] { "@octo", "<img", "https://evil.example", "fixes #1", "-->", "/close" })
        {
            shown.ShouldContain(active);
            WithoutCode(shown).ShouldNotContain(active);
        }

        shown.Split('\n').ShouldNotContain(line => line.StartsWith("# ", StringComparison.Ordinal) || line.StartsWith("::", StringComparison.Ordinal));
        (await ChangesAsync(github, () => RunAsync(github))).ShouldBeEmpty();
    }

    [Fact]
    public async Task More_findings_than_fit_are_counted()
    {
        await using var github = await StartAsync();
        Found([.. Enumerable.Range(0, 2_000).Select(index => ($"hash-mismatch/program-{index:0000}", index < 3 ? "error" : "warning", $"Expected {new string('a', 400)}", "redeploy"))]);

        (await RunAsync(github))["issue-change"].ShouldBe("created");

        var body = (await IssuesAsync(github)).ShouldHaveSingleItem().Body!;
        body.Length.ShouldBeInRange(55_000, 60_000);
        body.ShouldContain("### Errors (3)");
        var rows = body.Split('\n').Count(line => line.StartsWith("| `hash-mismatch/", StringComparison.Ordinal));
        body.ShouldContain($"**And {2_000 - rows} more**");
        body.ShouldContain("too many findings to say which of them are new");
        (await ChangesAsync(github, () => RunAsync(github))).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_issue_that_somebody_else_made_is_not_ours()
    {
        await using var github = await StartAsync();
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"));
        await RunAsync(github);
        var body = (await IssuesAsync(github))[0].Body!;
        using (var client = github.Client())
        using (var mallory = github.Client(Mallory))
        {
            await client.UpdateIssueAsync(1, new IssueChange("gone"), default);
            await mallory.CreateIssueAsync(new NewIssue("ours, really", body, ["solana-compliance"]), default);
        }

        (await RunAsync(github))["issue-change"].ShouldBe("created");

        var issues = await IssuesAsync(github);
        issues.Select(issue => (issue.Number, issue.State, issue.User!.Login)).ShouldBe([(1ul, "open", "github-actions[bot]"), (2ul, "open", "mallory"), (3ul, "open", "github-actions[bot]")]);
        issues[1].Body.ShouldBe(body);
        // Unless she is trusted: then hers is the first.
        (await RunAsync(github, ("trusted-creators", "github-actions[bot]\nmallory")))["issue-url"].ShouldEndWith("/2");
    }

    [Fact]
    public async Task The_token_of_somebody_who_is_not_trusted_leaves_no_open_issue()
    {
        await using var github = await StartAsync();
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"));

        var run = await RunAsync(github, ("github-token", Mallory));

        (run.Exit, run["failed"], run.Warnings.Single()).ShouldBe((0, "1", "notification-failed"), run.ToString());
        run.Stdout.ShouldContain("trusted-creators");
        (await IssuesAsync(github)).ShouldHaveSingleItem().State.ShouldBe("closed");
    }

    [Fact]
    public async Task A_token_that_may_not_write_issues_is_a_warning_that_says_so()
    {
        await using var github = await StartAsync();
        await github.GrantAsync("""{ "contents": "read", "issues": "read" }""");
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"));

        var run = await RunAsync(github);

        (run.Exit, run["failed"]).ShouldBe((0, "1"), run.ToString());
        run.Warnings.ShouldBe(["notification-failed"]);
        run.Stdout.ShouldContain("permissions: issues: write");
    }

    [Fact]
    public async Task An_answer_that_was_lost_after_the_issue_was_made_makes_no_second_one()
    {
        await using var github = await StartAsync();
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"));
        await github.FailAsync("""{ "method": "POST", "path": "/issues$", "kind": "reset", "after": true }""");

        var lost = await RunAsync(github);
        (lost.Exit, lost.Warnings.Single()).ShouldBe((0, "notification-failed"), lost.ToString());

        (await RunAsync(github))["issue-change"].ShouldBe("none");
        (await IssuesAsync(github)).ShouldHaveSingleItem().State.ShouldBe("open");
    }

    [Fact]
    public async Task A_github_that_does_not_answer_holds_the_job_up_for_half_a_minute_at_most()
    {
        await using var github = await StartAsync();
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"));
        await github.FailAsync("""{ "kind": "slow", "seconds": 90, "times": 9 }""");

        var run = await RunAsync(github);

        (run.Exit, run["failed"], run.Warnings.Single()).ShouldBe((0, "1", "notification-failed"), run.ToString());
        run.Took.ShouldBeInRange(TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(45));
    }

    [Theory]
    [InlineData("nowhere.sarif")]
    [InlineData("report.json")]
    public async Task A_run_without_a_verdict_leaves_the_issue_as_it_is(string file)
    {
        await using var github = await StartAsync();
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"));
        await RunAsync(github);
        workspace.Put("report.json", "{}"u8.ToArray());

        (await ChangesAsync(github, async () => (await RunAsync(github, ("sarif-files", file))).Warnings.Count.ShouldBe(1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_a_person_saved_unchanged_is_unchanged_and_one_that_lost_its_memory_starts_anew()
    {
        await using var github = await StartAsync();
        Found(("hash-mismatch/perps", "error", "Expected a; found b", "redeploy"));
        await RunAsync(github);
        var body = (await IssuesAsync(github))[0].Body!;
        using var client = github.Client();
        await client.UpdateIssueAsync(1, new IssueChange(body.ReplaceLineEndings("\r\n")), default);
        (await ChangesAsync(github, () => RunAsync(github))).ShouldBeEmpty();

        await client.UpdateIssueAsync(1, new IssueChange(body.Replace("memory ", "memory AAAA", StringComparison.Ordinal)), default);
        (await RunAsync(github))["issue-change"].ShouldBe("updated");
        (await IssuesAsync(github))[0].Body.ShouldBe(body);
    }

    [Theory]
    [InlineData("issue", "Not A Key", "input-invalid")]
    [InlineData("sarif-files", "", "input-missing")]
    [InlineData("github-token", "", "input-missing")]
    public async Task A_mistake_is_named(string input, string value, string code)
    {
        await using var github = await StartAsync();
        Found();

        var run = await RunAsync(github, (input, value));

        (run.Exit, run.Errors.Single()).ShouldBe((2, code), run.ToString());
    }

    private static string WithoutCode(string markdown) => System.Text.RegularExpressions.Regex.Replace(markdown, "(`+)(?!`).*?(?<!`)\\1(?!`)", "");

    private static async Task<GitHubStandIn> StartAsync()
    {
        var github = await GitHubStandIn.StartAsync();
        await github.GrantAsync("""{ "contents": "read", "issues": "write" }""");
        return github;
    }

    private static async Task<List<GitHubIssue>> IssuesAsync(GitHubStandIn github)
    {
        using var client = github.Client(Mallory);
        return [.. (await client.ListIssuesAsync("solana-compliance", default).ToListAsync()).OrderBy(issue => issue.Number)];
    }

    private static async Task<List<string>> CommentsAsync(GitHubStandIn github, ulong issue)
    {
        using var client = github.Client(Mallory);
        return [.. (await client.ListCommentsAsync(issue, default).ToListAsync()).Select(comment => comment.Body!)];
    }

    /// <summary>Calls that are no questions.</summary>
    private static async Task<IReadOnlyList<string>> ChangesAsync(GitHubStandIn github, Func<Task> act)
    {
        await github.ForgetRequestsAsync();
        await act();
        return [.. (await github.RequestsAsync()).Select(call => call.GetProperty("method").GetString()!).Where(method => method != "GET")];
    }

    private void Found(params (string Id, string Level, string Text, string Remedy)[] findings)
    {
        var results = findings.Select(finding => (JsonNode)new JsonObject
        {
            ["ruleId"] = finding.Id.Split('/')[0],
            ["level"] = finding.Level,
            ["message"] = new JsonObject { ["text"] = $"{finding.Text}; {finding.Remedy}" },
            ["locations"] = new JsonArray(new JsonObject { ["physicalLocation"] = JsonNode.Parse("""{"artifactLocation":{"uri":"ops/fleet.yml"},"region":{"startLine":7}}""") }),
            ["partialFingerprints"] = new JsonObject { ["findingId/v1"] = finding.Id },
            ["properties"] = new JsonObject { ["remedy"] = finding.Remedy },
        });
        var log = new JsonObject { ["version"] = "2.1.0", ["runs"] = new JsonArray(new JsonObject { ["results"] = new JsonArray([.. results]) }) };
        workspace.Put("fleet.sarif", Encoding.UTF8.GetBytes(log.ToJsonString()));
    }

    private Task<ActionRun> RunAsync(GitHubStandIn github, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> inputs = new()
        {
            ["event"] = "findings", ["issue"] = "compliance", ["sarif-files"] = "fleet.sarif", ["github-token"] = GitHubStandIn.Token, ["github-api-url"] = github.Api,
        };
        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }

        return ActionProcess.RunAsync("notify", inputs, workspace, variables: new Dictionary<string, string> { ["GITHUB_REPOSITORY"] = GitHubStandIn.Repository, ["GITHUB_RUN_ID"] = "7" });
    }
}
