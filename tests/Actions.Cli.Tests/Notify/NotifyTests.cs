using System.Text;
using Actions.Cli.Tests.SmokeTest;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Notify;

/// <summary>`notify` against services that validate what they get.</summary>
public sealed class NotifyTests : IAsyncDisposable
{
    private const string Hostile = """<!channel> <@U123> "}],"x":1 *b* [l](https://evil.example) @everyone ::error::no \u0007 `{{ run-url }}` %0A""";

    private readonly Channels channels = new();
    private readonly Workspace workspace = new();

    private (string, string)[] All =>
    [
        ("slack-webhook-url", channels.Url + Channels.SlackPath), ("pagerduty-routing-key", Channels.RoutingKey), ("pagerduty-url", channels.Url + "/v2/enqueue"),
        ("webhook-url", channels.Url + Channels.DiscordPath), ("webhook-template", "discord"),
    ];

    public async ValueTask DisposeAsync()
    {
        await channels.DisposeAsync();
        workspace.Dispose();
    }

    [Theory]
    [InlineData("started", 2)]
    [InlineData("waiting", 2)]
    [InlineData("proposed", 2)]
    [InlineData("executable", 2)]
    [InlineData("executed", 3)]
    [InlineData("succeeded", 3)]
    [InlineData("failed", 3)]
    [InlineData("cancelled", 2)]
    [InlineData("rolled-back", 3)]
    [InlineData("findings", 3)]
    [InlineData("clean", 3)]
    [InlineData("test", 2)]
    public async Task Every_event_is_taken_by_every_channel(string happened, int notified)
    {
        PutReport();

        var run = await Channels.RunAsync(workspace, happened, [.. All, ("report", "report.json")]);

        (run.Exit, run["notified"], run["failed"]).ShouldBe((0, $"{notified}", "0"), run.ToString());
        run.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Teams_takes_its_card()
    {
        var run = await Channels.RunAsync(workspace, "failed", ("webhook-url", channels.Url + Channels.TeamsPath), ("webhook-template", "teams"));

        (run.Exit, run["notified"]).ShouldBe((0, "1"), run.ToString());
    }

    [Fact]
    public async Task A_failure_says_which_fault_it_was_and_what_to_do()
    {
        PutReport();

        var run = await Channels.RunAsync(workspace, "failed", [.. All, ("report", "report.json")]);

        channels.Body(Channels.SlackPath).GetRawText().ShouldContain("balance: Expected 2 SOL; found 1 (and 1 more)");
        channels.Body(Channels.SlackPath).GetRawText().ShouldContain("What to do: fund it");
        var page = channels.Body("/v2/enqueue");
        page.GetProperty("payload").GetProperty("summary").GetString().ShouldBe("perps 1.4.0 in production: failed: found 1 (and 1 more)");
        (page.GetProperty("event_action").GetString(), page.GetProperty("dedup_key").GetString()).ShouldBe(("trigger", "octo/perps/perps/production"));
        run.Summary.ShouldContain("fund it");
    }

    [Fact]
    public async Task An_incident_is_opened_taken_in_hand_and_closed_by_one_key()
    {
        foreach (var (happened, action) in new[] { ("failed", "trigger"), ("rolled-back", "acknowledge"), ("succeeded", "resolve") })
        {
            await Channels.RunAsync(workspace, happened, All);
            channels.Body("/v2/enqueue").GetProperty("event_action").GetString().ShouldBe(action);
        }

        channels.Requests.Where(request => request.Path == "/v2/enqueue").Select(request => request.Body.Contains("octo/perps/perps/production", StringComparison.Ordinal)).ShouldAllBe(named => named);
    }

    [Fact]
    public async Task No_address_and_no_key_is_ever_printed()
    {
        channels.On(Channels.SlackPath, request => Service.Response($"no such hook {request.Path}", 404));

        var run = await Channels.RunAsync(workspace, "failed", All);

        // What the runner is told to mask is the one place where they may stand.
        var printed = string.Join('\n', (run.Stdout + run.Stderr).Split('\n').Where(line => !line.StartsWith("::add-mask::", StringComparison.Ordinal))) + run.Summary + run.Report;
        Channels.Secrets.ShouldAllBe(secret => !printed.Contains(secret));
        run.Warnings.ShouldBe(["notification-failed"]);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(302)]
    [InlineData(503)]
    public async Task A_dead_channel_is_a_warning_and_the_others_are_told(int status)
    {
        channels.On(Channels.SlackPath, _ => Service.Response("channel_is_archived", status, "Location: https://evil.example/\r\nRetry-After: 0\r\n"));

        var run = await Channels.RunAsync(workspace, "failed", All);

        (run.Exit, run["notified"], run["failed"]).ShouldBe((0, "2", "1"), run.ToString());
        run.Warnings.ShouldBe(["notification-failed"]);
    }

    [Fact]
    public async Task Nobody_listening_is_a_warning_too()
    {
        var run = await Channels.RunAsync(workspace, "failed", ("slack-webhook-url", "http://localhost:1/services/x"));

        (run.Exit, run["failed"]).ShouldBe((0, "1"), run.ToString());
    }

    [Fact]
    public async Task A_rate_limit_is_waited_for()
    {
        var asked = 0;
        channels.On("/hook", _ => Interlocked.Increment(ref asked) == 1 ? Service.Response("", 429, "Retry-After: 1\r\n") : Service.Response("ok"));

        var run = await Channels.RunAsync(workspace, "started", ("webhook-url", channels.Url + "/hook"));

        (run["notified"], asked).ShouldBe(("1", 2), run.ToString());
    }

    [Fact]
    public async Task A_channel_that_never_answers_does_not_hold_the_job()
    {
        channels.OnRaw(Channels.SlackPath, (_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));

        var run = await Channels.RunAsync(workspace, "started", ("slack-webhook-url", channels.Url + Channels.SlackPath), ("webhook-url", channels.Url + "/hook"));

        (run.Exit, run["notified"], run["failed"]).ShouldBe((0, "1", "1"), run.ToString());
    }

    [Fact]
    public async Task Nothing_that_somebody_wrote_becomes_markup_or_another_payload()
    {
        foreach (var (path, template) in new[] { (Channels.SlackPath, "slack"), (Channels.TeamsPath, "teams"), (Channels.DiscordPath, "discord"), ("/hook", "json") })
        {
            var run = await Channels.RunAsync(workspace, "failed", ("webhook-url", channels.Url + path), ("webhook-template", template), ("message", Hostile), ("version", Hostile));
            (run.Exit, run["notified"]).ShouldBe((0, "1"), $"{template}: {run}");
            run.Stdout.Split('\n').ShouldAllBe(line => !line.StartsWith("::error", StringComparison.Ordinal));
        }

        var slack = channels.Body(Channels.SlackPath);
        slack.GetProperty("text").GetString()!.ShouldContain("&lt;!channel&gt;");
        slack.GetProperty("blocks").EnumerateArray().Where(block => block.GetProperty("type").GetString() == "section" && block.TryGetProperty("text", out _))
            .ShouldAllBe(block => block.GetProperty("text").GetProperty("type").GetString() == "plain_text");
        channels.Body(Channels.TeamsPath).GetRawText().ShouldNotContain("[l](https://evil");
        channels.Body("/hook").GetProperty("message").GetString().ShouldBe(Hostile);
    }

    [Fact]
    public async Task The_longest_texts_fit_every_service()
    {
        var longest = new string('&', 4000);
        var stars = new string('*', 4000);
        foreach (var (path, template) in new[] { (Channels.SlackPath, "slack"), (Channels.TeamsPath, "teams"), (Channels.DiscordPath, "discord") })
        {
            foreach (var text in new[] { longest, stars })
            {
                PutReport(text);
                var run = await Channels.RunAsync(
                    workspace, "failed", ("webhook-url", channels.Url + path), ("webhook-template", template), ("message", text), ("version", text), ("release", text), ("environment", text), ("executable-at", text), ("report", "report.json"));
                (run.Exit, run["notified"]).ShouldBe((0, "1"), $"{template}: {run}");
            }
        }
    }

    [Fact]
    public async Task A_template_of_ones_own_is_filled_in()
    {
        workspace.Put("hook.json", """{"text": "{{ title }}", "level": "{{ color | number }}", "gone": "{{ slot }}", "list": [{"k": "{{ slot }}"}, {"k": "{{ version }}"}]}"""u8.ToArray());

        await Channels.RunAsync(workspace, "succeeded", ("webhook-url", channels.Url + "/hook"), ("webhook-template", "hook.json"));

        channels.Body("/hook").GetRawText().ShouldBe("""{"text":"perps 1.4.0 in production: succeeded","level":1736503,"list":[{"k":"1.4.0"}]}""");
    }

    [Theory]
    [InlineData("""{"text": "{{ nothing }}"}""")]
    [InlineData("""{"text": "{{ title | html }}"}""")]
    [InlineData("""{"text": {{ title }}}""")]
    [InlineData("text={{ title }}")]
    public async Task A_template_with_a_mistake_sends_nothing(string template)
    {
        workspace.Put("hook.json", Encoding.UTF8.GetBytes(template));

        var run = await Channels.RunAsync(workspace, "succeeded", ("webhook-url", channels.Url + "/hook"), ("webhook-template", "hook.json"));

        (run.Exit, channels.Requests.Count).ShouldBe((2, 0));
        run.Errors.ShouldBe(["input-invalid"]);
    }

    [Theory]
    [InlineData("event", "exploded", "input-unknown-value")]
    [InlineData("event", "", "input-missing")]
    [InlineData("comment-on", "-1", "input-invalid")]
    [InlineData("slack-webhook-url", "http://slack.example/x", "input-invalid")]
    [InlineData("webhook-template", "../../etc/passwd", "path-outside")]
    public async Task A_mistake_is_named_and_nothing_is_sent(string input, string value, string code)
    {
        var run = await Channels.RunAsync(workspace, "failed", [.. All, ("github-token", "ghs_0123456789"), (input, value)]);

        (run.Exit, channels.Requests.Count).ShouldBe((2, 0), run.ToString());
        run.Errors.ShouldBe([code]);
    }

    [Fact]
    public async Task A_dry_run_tells_nobody()
    {
        var run = await Channels.RunAsync(workspace, "failed", [.. All, ("dry-run", "true")]);

        (run.Exit, channels.Requests.Count, run["notified"]).ShouldBe((0, 0, "0"));
        run.Stdout.ShouldContain("Would tell Slack, PagerDuty, localhost.");
    }

    [Fact]
    public async Task Without_a_channel_there_is_nothing_to_do()
    {
        var run = await Channels.RunAsync(workspace, "succeeded", ("report", "none.json"));

        (run.Exit, run["notified"]).ShouldBe((0, "0"));
        run.Warnings.ShouldBe(["file-unreadable"]);
    }

    private void PutReport(string found = "found 1") => workspace.Put("report.json", Encoding.UTF8.GetBytes($$"""
        {
          "schema": 1, "action": "solana-deploy", "dry-run": false, "exit-code": 3,
          "faults": [
            {"code": "spend-cap", "severity": "warning", "input": null, "expected": "w", "found": "w", "remedy": "w"},
            {"code": "balance", "severity": "error", "input": "payer", "expected": "Expected 2 SOL", "found": "{{found}}", "remedy": "{{(found == "found 1" ? "fund it" : found)}}"},
            {"code": "balance", "severity": "error", "input": "payer", "expected": "x", "found": "y", "remedy": "z"}
          ],
          "plan": null, "outputs": {"program-id": "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "executable-hash": "{{new string('0', 64)}}", "slot": "12"}
        }
        """));
}
