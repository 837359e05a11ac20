using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Inputs;
using Actions.Core.Notify;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.Notify;

/// <summary>The inputs of `notify`.</summary>
/// <param name="Notice">What every channel is told.</param>
/// <param name="Slack">An incoming webhook; null for none.</param>
/// <param name="Webhook">Any other one, and what it is sent.</param>
/// <param name="PagerDuty">Null without a routing key, and for events that change no incident.</param>
/// <param name="CommentOn">The issue or pull request to keep a comment on.</param>
/// <param name="Issue">The issue to keep; null for none, and where no verdict was given.</param>
internal sealed record NotifyInputs(
    Notice Notice, RpcUrl? Slack, RpcUrl? Webhook, NoticeTemplate WebhookTemplate, PagerDutyEvent? PagerDuty, Uri PagerDutyUrl, ulong? CommentOn, IssueInputs? Issue, string Key, GitHubAccess? GitHub, TestTotals Tests,
    bool IsDryRun)
{
    private const string OfPullRequest = "pull-request";
    public const long LongestReport = 4 * 1024 * 1024;

    private static readonly string[] Severities = ["critical", "error", "warning", "info"];

    public static Result<NotifyInputs> Read(ActionContext context)
    {
        var (inputs, environment) = (context.Inputs, context.Environment);
        inputs.Require("event", "what happened");
        var kind = inputs.Choice("event", [.. NoticeKind.All.Select((known, index) => (known.Word, index))]) is { } at ? NoticeKind.All[at] : null;
        var notice = ReadNotice(context, kind ?? NoticeKind.All[^1]);
        var slack = Url(inputs, "slack-webhook-url");
        var webhook = Url(inputs, "webhook-url");
        var template = ReadTemplate(inputs);
        var key = inputs.Text("dedup-key") ?? string.Join('/', new[] { environment.Repository, notice["release"], notice["environment"] }.Where(part => part is { Length: > 0 }));
        var pager = ReadPager(inputs, kind, key);
        var address = inputs.Text("pagerduty-url") is { } text ? Take(inputs, RpcUrl.Parse(text, context.Masker, "pagerduty-url"))?.Reveal() : new Uri("https://events.pagerduty.com/v2/enqueue");
        var github = RecordInputs.ReadGitHub(inputs, environment);
        var commentOn = ReadCommentOn(inputs, environment, github);
        var issue = IssueInputs.Read(context, github);
        var tests = TestTotals.Read(context);
        var isDryRun = inputs.Flag("dry-run") ?? false;
        return inputs.Finish(() => new NotifyInputs(notice, slack, webhook, template!, pager, address!, commentOn, issue, key, github, tests, isDryRun));
    }

    private static Notice ReadNotice(ActionContext context, NoticeKind kind)
    {
        var (inputs, environment) = (context.Inputs, context.Environment);
        var notice = new Notice(kind, context.Masker.Safe)
            .Set("message", inputs.Text("message"))
            .Set("release", inputs.Text("release") ?? environment.Repository?.Split('/')[^1] ?? "solana-actions")
            .Set("version", inputs.Text("version"))
            .Set("environment", inputs.Text("environment"))
            .Set("executable-at", inputs.Text("executable-at"))
            .Set("repository", environment.Repository)
            .Set("actor", environment.TriggeringActor ?? environment.Actor)
            .Set("commit", environment.Sha)
            .Set("run-url", environment.RunUrl);
        foreach (var path in inputs.Lines("report"))
        {
            AddReport(context, notice, path);
        }

        return notice;
    }

    /// <summary>An action that never got as far as a report has failed, too, and that is what people must hear.</summary>
    private static void AddReport(ActionContext context, Notice notice, string path)
    {
        var resolved = WorkspacePath.Resolve(context.Environment, path, "report");
        var bytes = resolved.IsOk ? WorkspaceFiles.Read(resolved.Value, LongestReport, "report") : Result<byte[]>.Fail(resolved.Faults);
        var report = bytes.IsOk ? RunReport.TryFromJson(bytes.Value) : null;
        if (report is not null)
        {
            notice.Add(report);
            return;
        }

        context.Partial.Warn(bytes.IsOk ? new Fault(FaultCodes.FileUnreadable, "Expected an action's report", $"found something else in {PlainText.Quote(path, 200)}", "give the output report of an action", "report") : bytes.Faults[0]);
    }

    private static PagerDutyEvent? ReadPager(InputReader inputs, NoticeKind? kind, string key)
    {
        var routing = inputs.SecretText("pagerduty-routing-key");
        var action = inputs.Choice("pagerduty-action", ("trigger", PagerAction.Trigger), ("acknowledge", PagerAction.Acknowledge), ("resolve", PagerAction.Resolve), ("none", PagerAction.None));
        var severity = inputs.Choice("severity", [.. Severities.Select((word, index) => (word, index))]);
        if (key.Length > PagerDutyEvent.LongestDedupKey)
        {
            inputs.Add(FaultCodes.InputInvalid, "dedup-key", $"Expected at most {PagerDutyEvent.LongestDedupKey} characters in 'dedup-key'", $"found {key.Length}", "shorten it");
        }

        var chosen = action ?? kind?.Pager ?? PagerAction.None;
        return routing is null || chosen == PagerAction.None ? null : new PagerDutyEvent(routing, chosen, key, severity is { } at ? Severities[at] : "error");
    }

    private static NoticeTemplate? ReadTemplate(InputReader inputs)
    {
        var name = inputs.Text("webhook-template") ?? "json";
        if (NoticeTemplate.Shipped.Contains(name))
        {
            return NoticeTemplate.Of(name);
        }

        return inputs.FileAt("webhook-template", name, NoticeTemplate.LongestFile) is { } file ? Take(inputs, NoticeTemplate.Parse(file.Bytes, "webhook-template")) : null;
    }

    private static ulong? ReadCommentOn(InputReader inputs, RunnerEnvironment environment, GitHubAccess? github)
    {
        if (inputs.Text("comment-on") is not { } text)
        {
            return null;
        }

        // A workflow that also runs on a branch has no pull request to comment on, and that is no mistake.
        var number = text == OfPullRequest ? environment.Ref?.Split('/') is ["refs", "pull", var of, ..] ? of : null : text;
        if (number is null)
        {
            return null;
        }

        if (InputGrammar.Number(number) is not { } issue || issue == 0)
        {
            inputs.Add(FaultCodes.InputInvalid, "comment-on", $"Expected {OfPullRequest}, or the number of an issue or pull request, in 'comment-on'", $"found {PlainText.Quote(text)}", "correct the value");
            return null;
        }

        IssueInputs.RequireToken(inputs, github, "comment-on");
        return github is null ? null : issue;
    }

    private static RpcUrl? Url(InputReader inputs, string name) => inputs.RpcUrls(name) is [var url, ..] ? url : null;

    private static T? Take<T>(InputReader inputs, Result<T> result)
        where T : class
    {
        foreach (var fault in result.Faults)
        {
            inputs.Add(fault);
        }

        return result.IsOk ? result.Value : null;
    }
}
