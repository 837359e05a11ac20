using System.Diagnostics;
using System.Net;
using Actions.Core.Faults;
using Actions.Core.GitHub;

namespace Actions.Core.Tests.GitHub;

/// <summary>What a server can do to the client, and what the client never does for it.</summary>
public sealed class GitHubClientTests
{
    private const string Repo = """{"full_name":"acme/perps","default_branch":"main"}""";
    private static readonly GitHubAsset Asset = new(7, "perps.default.so", "uploaded", 3);

    [Fact]
    public async Task Every_call_says_who_asks_in_which_version_of_the_api()
    {
        var headers = new WebHeaderCollection();
        using var server = Loopback.Start(context =>
        {
            headers.Add(context.Request.Headers);
            return Loopback.WriteAsync(context, 200, Repo);
        });

        (await server.Client().GetRepositoryAsync(default)).DefaultBranch.ShouldBe("main");

        headers["Authorization"].ShouldBe("Bearer ghs_secret");
        headers["Accept"].ShouldBe("application/vnd.github+json, application/json;q=0.9");
        headers["X-GitHub-Api-Version"].ShouldBe("2022-11-28");
        headers["User-Agent"].ShouldStartWith("solana-actions/");
        server.Seen.ShouldHaveSingleItem().Path.ShouldBe("/repos/acme/perps");
    }

    [Fact]
    public void A_token_is_never_text() => $"{GitHubToken.TryMake("ghs_secret")}".ShouldBe("***");

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a\nb")]
    [InlineData("schlüssel")]
    public void What_cannot_be_a_header_is_no_token(string text) => GitHubToken.TryMake(text).ShouldBeNull();

    [Theory]
    [InlineData("https://api.github.com", "acme/perps", "")]
    [InlineData("https://git.example/api/v3/", "a.b-c_d/x", "")]
    [InlineData("http://github:8080", "acme/perps", "")]
    [InlineData("http://git.example/api/v3", "acme/perps", "url")]
    [InlineData("https://user:word@api.github.com", "acme/perps", "url")]
    [InlineData("https://api.github.com?x=y", "acme/perps", "url")]
    [InlineData("ftp://api.github.com", "acme/perps", "url")]
    [InlineData("api.github.com", "acme/perps", "url")]
    [InlineData("https://api.github.com", "acme", "repository")]
    [InlineData("https://api.github.com", "acme/..", "repository")]
    [InlineData("https://api.github.com", "acme/perps/x", "repository")]
    [InlineData("https://api.github.com", "ac me/perps", "repository")]
    public void A_server_and_a_repository_must_be_such(string api, string repository, string problem)
    {
        (GitHubAccess.TryMake(api, repository, GitHubToken.TryMake("x")!, out var found) is null).ShouldBe(problem.Length > 0);
        found.ShouldBe(problem);
    }

    [Theory]
    [InlineData("https://api.github.com", "https://uploads.github.com/repos/x", true)]
    [InlineData("https://api.acme.ghe.com", "https://uploads.acme.ghe.com/x", true)]
    [InlineData("https://git.example/api/v3", "https://git.example/api/uploads/x", true)]
    [InlineData("https://api.github.com", "https://uploads.github.com.evil.example/x", false)]
    [InlineData("https://api.github.com", "http://uploads.github.com/x", false)]
    [InlineData("https://api.github.com", "https://uploads.github.com:8443/x", false)]
    [InlineData("https://api.github.com", "http://127.0.0.1/x", false)]
    [InlineData("https://git.example/api/v3", "https://uploads.git.example/x", false)]
    public void Only_githubs_own_host_takes_uploads_with_the_token(string api, string upload, bool isTaken) =>
        GitHubAccess.TryMake(api, "acme/perps", GitHubToken.TryMake("x")!, out _)!.IsForUploads(new Uri(upload)).ShouldBe(isTaken);

    [Fact]
    public async Task An_upload_address_on_another_server_gets_nothing()
    {
        using var server = Loopback.Of((201, "{}", []));

        var problem = await Problem(() => server.Client().UploadAssetAsync(new GitHubRelease(1, "t", true, "https://evil.example/assets{?name,label}"), "a.so", new byte[] { 1 }, default));

        problem.Kind.ShouldBe(GitHubProblemKind.Malformed);
        server.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_download_leaves_github_without_the_token_and_never_takes_it_up_again()
    {
        Loopback? api = null;
        using var storage = Loopback.Start(context => context.Request.RawUrl == "/first"
            ? Loopback.WriteAsync(context, 302, "", ("Location", $"{api!.Url}back"))
            : Loopback.WriteAsync(context, 200, "abc"));
        using (api = Loopback.Start(context => context.Request.RawUrl == "/back"
            ? Loopback.WriteAsync(context, 302, "", ("Location", $"{storage.Url}last"))
            : Loopback.WriteAsync(context, 302, "", ("Location", $"{storage.Url}first"))))
        {
            var bytes = await api.Client().DownloadAssetAsync(Asset, 3, default);

            bytes.ToArray().ShouldBe("abc"u8.ToArray());
            api.Seen.Select(call => call.Authorization).ShouldBe(["Bearer ghs_secret", null]);
            storage.Seen.ShouldAllBe(call => call.Authorization == null);
        }
    }

    [Theory]
    [InlineData("http://evil.example/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:word@evil.example/x")]
    public async Task A_download_follows_only_where_its_bytes_are_safe(string location)
    {
        using var server = Loopback.Of((302, "", [("Location", location)]));

        (await Problem(() => server.Client().DownloadAssetAsync(Asset, 3, default))).Found.ShouldContain("redirect");
    }

    [Fact]
    public async Task Redirects_end()
    {
        Loopback? server = null;
        using (server = Loopback.Start(context => Loopback.WriteAsync(context, 302, "", ("Location", $"{server!.Url}repos/acme/perps"))))
        {
            (await Problem(() => server.Client().GetRepositoryAsync(default))).Found.ShouldContain("more redirects");
            server.Seen.Count.ShouldBeLessThan(10);
        }
    }

    [Fact]
    public async Task What_is_no_download_never_leaves_the_server_and_a_repository_that_moved_on_it_is_found()
    {
        using var other = Loopback.Of((200, Repo, []));
        using var server = Loopback.Of((301, "", [("Location", $"{other.Url}repositories/7")]), (301, "", [("Location", "/repositories/7")]), (200, Repo, []));

        (await Problem(() => server.Client().GetRepositoryAsync(default))).Kind.ShouldBe(GitHubProblemKind.Malformed);
        other.Seen.ShouldBeEmpty();
        (await server.Client().GetRepositoryAsync(default)).FullName.ShouldBe("acme/perps");
    }

    [Fact]
    public async Task Pages_are_followed_to_their_end()
    {
        Loopback? server = null;
        using (server = Loopback.Start(context => context.Request.RawUrl!.Contains("page=2", StringComparison.Ordinal) && !context.Request.RawUrl.Contains("per_page=100&task", StringComparison.Ordinal)
            ? Loopback.WriteAsync(context, 200, """[{"id":1,"name":"b","state":"uploaded","size":1}]""", ("Link", $"<{server!.Url}repositories/7/releases/1/assets?page=1>; rel=\"prev\""))
            : Loopback.WriteAsync(context, 200, """[{"id":2,"name":"a","state":"uploaded","size":1}]""", ("Link", $"<{server!.Url}repositories/7/releases/1/assets?page=1>; rel=\"first\", <{server.Url}repositories/7/releases/1/assets?page=2>; rel=\"next\""))))
        {
            (await server.Client().ListAssetsAsync(1, default).Select(asset => asset.Name).ToListAsync()).ShouldBe(["a", "b"]);
        }
    }

    [Fact]
    public async Task A_next_page_on_another_server_is_never_asked_for()
    {
        using var other = Loopback.Of((200, "[]", []));
        using var server = Loopback.Of((200, "[]", [("Link", $"<{other.Url}repos/acme/perps/releases?page=2>; rel=\"next\"")]));

        (await Problem(async () => await server.Client().ListReleasesAsync(default).ToListAsync())).Found.ShouldContain("another server");
        other.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_that_go_in_circles_or_never_end_are_left()
    {
        var page = 0;
        Loopback? server = null;
        using (server = Loopback.Start(context => Loopback.WriteAsync(context, 200, "[]", ("Link", $"<{server!.Url}repos/acme/perps/releases?page={Interlocked.Increment(ref page)}>; rel=next"))))
        {
            (await Problem(async () => await server.Client().ListReleasesAsync(default).ToListAsync())).Found.ShouldContain("200 pages");
        }

        using (server = Loopback.Start(context => Loopback.WriteAsync(context, 200, "[]", ("Link", $"<{server!.Url}repos/acme/perps/releases?page=2>; rel=\"next\""))))
        {
            (await Problem(async () => await server.Client().ListReleasesAsync(default).ToListAsync())).Found.ShouldContain("earlier one");
            server.Seen.Count.ShouldBe(2);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_of_a_gigabyte_is_one_clear_problem_and_little_memory(bool isDownload)
    {
        var sent = 0L;
        using var server = Loopback.Start(async context =>
        {
            context.Response.SendChunked = true;
            var chunk = new byte[64 * 1024];
            Array.Fill(chunk, (byte)' ');
            for (; sent < 1L << 30; sent += chunk.Length)
            {
                await context.Response.OutputStream.WriteAsync(chunk);
            }

            context.Response.Close();
        });

        var problem = await Problem(() => isDownload ? server.Client().DownloadAssetAsync(Asset, 1024, default) : server.Client().GetRepositoryAsync(default));

        problem.Found.ShouldContain("more than");
        sent.ShouldBeLessThan(64L * 1024 * 1024);
    }

    [Fact]
    public async Task A_refusal_of_any_length_is_a_short_clean_text()
    {
        var text = $"::error::forged\\u001b[2J\\u202e {new string('x', 5_000)}";
        using var server = Loopback.Of((422, $$"""{"message":"{{text}}","errors":[{"resource":"Release","code":"already_exists","field":"tag_name"},"plain",7,{"message":"said"}]}""", []));

        var problem = await Problem(() => server.Client().GetRepositoryAsync(default));

        problem.Found.Length.ShouldBeLessThan(500);
        problem.Found.ShouldNotContain('\u001b');
        problem.Found.ShouldNotContain('\u202e');
    }

    [Fact]
    public async Task What_a_validation_complains_about_is_said()
    {
        using var server = Loopback.Of((422, """{"message":"Validation Failed","errors":[{"resource":"Release","code":"already_exists","field":"tag_name"},"plain",7,{"message":"said"}]}""", []));

        var problem = await Problem(() => server.Client().CreateReleaseAsync(new NewRelease("t", "n", "b"), default));

        (problem.Kind, problem.Found).ShouldBe((GitHubProblemKind.Rejected, "HTTP 422 for a new release: Validation Failed; Release tag_name already_exists; plain; said"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("""{"full_name":7}""")]
    [InlineData("""{"full_name":null}""")]
    [InlineData("""{"full_name":"a/b","default_branch":{}}""")]
    [InlineData("<html>")]
    public async Task Another_shape_is_one_clear_problem(string body)
    {
        using var server = Loopback.Of((200, body, []));

        (await Problem(() => server.Client().GetRepositoryAsync(default))).Kind.ShouldBe(GitHubProblemKind.Malformed);
        server.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_missing_permission_is_named_as_a_workflow_writes_it()
    {
        using var server = Loopback.Of((403, """{"message":"Resource not accessible by integration"}""", [("x-accepted-github-permissions", "deployments=write")]));

        var fault = (await Problem(() => server.Client().DeleteDeploymentAsync(1, default))).ToFault(FaultCodes.LedgerFailed, "Expected");

        fault.Message.ShouldContain("Resource not accessible by integration");
        fault.Remedy.ShouldContain("permissions: deployments: write");
    }

    [Fact]
    public async Task Where_github_does_not_name_it_the_permission_of_the_call_is()
    {
        using var server = Loopback.Of((403, "", []));

        (await Problem(() => server.Client().FindEnvironmentAsync("production", default))).Remedy.ShouldContain("permissions: actions: read");
    }

    [Fact]
    public async Task A_name_is_a_part_of_a_path_and_never_a_way_out()
    {
        using var server = Loopback.Of((404, "", []));

        (await server.Client().FindEnvironmentAsync("../../../user?x=y#z", default)).ShouldBeNull();
        (await server.Client().FindReleaseAsync("solana/perps/1.0.0+x", default)).ShouldBeNull();

        server.Seen.Select(call => call.Path).ShouldBe(["/repos/acme/perps/environments/..%2F..%2F..%2Fuser%3Fx%3Dy%23z", "/repos/acme/perps/releases/tags/solana%2Fperps%2F1.0.0%2Bx"]);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    public async Task A_secondary_limit_is_waited_out_for_calls_of_every_kind(int status)
    {
        using var server = Loopback.Of((status, """{"message":"You have exceeded a secondary rate limit"}""", [("Retry-After", "1")]), (201, """{"id":1,"tag_name":"t","draft":true,"upload_url":"x"}""", []));
        var watch = Stopwatch.StartNew();

        (await server.Client().CreateReleaseAsync(new NewRelease("t", "n", "b"), default)).Id.ShouldBe(1);

        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.9));
        server.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_primary_limit_is_waited_out_when_it_ends_soon_and_said_when_it_does_not()
    {
        static (string, string)[] Until(int seconds) => [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", $"{DateTimeOffset.UtcNow.AddSeconds(seconds).ToUnixTimeSeconds()}")];
        using var soon = Loopback.Of((403, "{}", Until(1)), (200, Repo, []));
        using var late = Loopback.Of((403, "{}", Until(3000)));
        using var absurd = Loopback.Of((429, "{}", [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "9223372036854775807")]));

        (await soon.Client().GetRepositoryAsync(default)).FullName.ShouldBe("acme/perps");
        var watch = Stopwatch.StartNew();
        (await Problem(() => late.Client().GetRepositoryAsync(default))).Kind.ShouldBe(GitHubProblemKind.Limited);
        (await Problem(() => absurd.Client().GetRepositoryAsync(default))).Kind.ShouldBe(GitHubProblemKind.Limited);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task What_may_be_done_twice_is_tried_again_and_nothing_else()
    {
        using var reading = Loopback.Of((502, "", []), (503, "", []), (200, Repo, []));
        using var writing = Loopback.Of((502, "", []));

        (await reading.Client().GetRepositoryAsync(default)).FullName.ShouldBe("acme/perps");
        (await Problem(() => writing.Client().CreateReleaseAsync(new NewRelease("t", "n", "b"), default))).Kind.ShouldBe(GitHubProblemKind.Unreachable);

        (reading.Seen.Count, writing.Seen.Count).ShouldBe((3, 1));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_to_be_so()
    {
        var server = Loopback.Of((200, Repo, []));
        var client = server.Client();
        server.Dispose();

        (await Problem(() => client.CreateReleaseAsync(new NewRelease("t", "n", "b"), default))).Kind.ShouldBe(GitHubProblemKind.Unreachable);
    }

    private static async Task<GitHubProblem> Problem(Func<Task> work) => (await Should.ThrowAsync<GitHubException>(work)).Problem;
}
