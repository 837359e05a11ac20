using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Core.Tests.GitHub;

namespace Actions.Cli.Tests.Notify;

/// <summary>One comment kept up to date, on a stand-in for GitHub that is a process of its own.</summary>
public sealed class CommentTests : IDisposable
{
    private const string Junit = """<testsuites><testsuite name="s"><testcase classname="a" name="b"/><testcase classname="a" name="c|d"><failure message="x"/></testcase></testsuite></testsuites>""";

    private const string Mallory = "github_pat_mallory";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task The_comment_of_a_pull_request_is_updated_and_says_what_the_tests_found()
    {
        await using var github = await StartAsync();
        workspace.Put("unit.xml", Encoding.UTF8.GetBytes(Junit));
        workspace.Put("lcov.info", "SF:a.rs\nLF:8\nLH:6\nend_of_record\nSF:b.rs\nLF:2\nLH:2\nend_of_record\n"u8.ToArray());

        var first = await RunAsync(github, "started");
        var second = await RunAsync(github, "failed", ("junit-files", "unit.xml"), ("coverage-files", "lcov.info"));

        (first.Exit, second.Exit, second["comment-url"]).ShouldBe((0, 0, first["comment-url"]), second.ToString());
        first["comment-url"].ShouldNotBeEmpty();
        var comment = (await CommentsAsync(github)).ShouldHaveSingleItem();
        comment.ShouldContain("| 2 | 1 | 1 | 80\\.0 % of 10 lines |");
        comment.ShouldContain("a c\\|d");
        comment.ShouldNotContain("started");
    }

    [Fact]
    public async Task Releases_and_environments_have_comments_of_their_own()
    {
        await using var github = await StartAsync();

        await RunAsync(github, "started");
        await RunAsync(github, "started", ("environment", "staging"));

        (await CommentsAsync(github)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Two_runs_at_once_leave_one_comment()
    {
        await using var github = await StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(github, "started")));

        (await CommentsAsync(github)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_comment_that_somebody_else_wrote_is_not_touched()
    {
        await using var github = await StartAsync();
        await RunAsync(github, "started");
        var marker = (await CommentsAsync(github))[0].Split('\n')[0];
        using (var mallory = github.Client(Mallory))
        {
            await foreach (var ours in mallory.ListCommentsAsync(1, default))
            {
                await mallory.DeleteCommentAsync(ours.Id, default);
            }

            await mallory.CreateCommentAsync(1, $"{marker}\nmine", default);
        }

        await RunAsync(github, "failed");

        var comments = await CommentsAsync(github);
        comments.Count.ShouldBe(2);
        comments[0].ShouldEndWith("mine");
    }

    [Fact]
    public async Task A_token_that_may_not_comment_is_a_warning_that_names_the_permission()
    {
        await using var github = await StartAsync();
        await github.GrantAsync("""{ "contents": "read" }""");

        var run = await RunAsync(github, "failed");

        (run.Exit, run["failed"]).ShouldBe((0, "1"), run.ToString());
        run.Warnings.ShouldBe(["notification-failed"]);
        run.Stdout.ShouldContain("permissions: issues: ");
    }

    [Fact]
    public async Task A_run_without_a_pull_request_comments_nowhere()
    {
        await using var github = await StartAsync();

        var run = await RunAsync(github, "failed", ("GITHUB_REF", "refs/heads/main"));

        (run.Exit, run["notified"], (await CommentsAsync(github)).Count).ShouldBe((0, "0", 0), run.ToString());
    }

    private static async Task<GitHubStandIn> StartAsync()
    {
        var github = await GitHubStandIn.StartAsync();
        await github.GrantAsync("""{ "contents": "read", "issues": "write", "pull_requests": "write" }""");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{github.Api}/repos/{GitHubStandIn.Repository}/issues") { Content = new StringContent("""{"title":"A change"}""") };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = new("Bearer", Mallory);
        request.Headers.UserAgent.ParseAdd("mallory");
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return github;
    }

    private static async Task<List<string>> CommentsAsync(GitHubStandIn github)
    {
        using var client = github.Client(Mallory);
        List<string> bodies = [];
        await foreach (var comment in client.ListCommentsAsync(1, default))
        {
            bodies.Add(comment.Body!);
        }

        return bodies;
    }

    private Task<ActionRun> RunAsync(GitHubStandIn github, string happened, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> inputs = new()
        {
            ["event"] = happened, ["environment"] = "production", ["comment-on"] = "pull-request", ["github-token"] = GitHubStandIn.Token, ["github-api-url"] = github.Api,
        };
        Dictionary<string, string> variables = new() { ["GITHUB_REPOSITORY"] = GitHubStandIn.Repository, ["GITHUB_RUN_ID"] = "7", ["GITHUB_REF"] = "refs/pull/1/merge" };
        foreach (var (name, value) in more)
        {
            (name.StartsWith("GITHUB_", StringComparison.Ordinal) ? variables : inputs)[name] = value;
        }

        return ActionProcess.RunAsync("notify", inputs, workspace, variables: variables);
    }
}
