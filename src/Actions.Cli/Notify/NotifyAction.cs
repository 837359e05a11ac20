using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Notify;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.Notify;

/// <summary>`notify`: tells people and services what happened. A channel that is dead is a warning and never fails the job.</summary>
internal static class NotifyAction
{
    /// <summary>For GitHub with all its attempts; a channel of another kind has its own limit.</summary>
    private static readonly TimeSpan GitHubLimit = TimeSpan.FromSeconds(30);

    private static readonly NoticeTemplate Slack = NoticeTemplate.Of("slack");

    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(NotifyInputs.Read, cancellation);
        using var sender = new NoticeSender(context.Http(), context.Time);
        var channels = Channels(context, inputs, sender);
        if (inputs.IsDryRun || channels.Count == 0)
        {
            context.Log.Line(channels.Count == 0 ? $"{inputs.Notice["title"]}. Nobody is told: no channel is given." : $"{inputs.Notice["title"]}. Would tell {string.Join(", ", channels.Select(channel => channel.Name))}.");
            return Outcome(inputs, []);
        }

        var told = await Task.WhenAll(channels.Select(async channel => (channel.Name, Answer: await channel.SendAsync(cancellation))));
        foreach (var (name, answer) in told)
        {
            context.Log.Line(answer.Fault is null ? $"Told {name}." : $"Could not tell {name}.");
        }

        return Outcome(inputs, [.. told.Select(channel => channel.Answer)]);
    }

    private static List<Channel> Channels(ActionContext context, NotifyInputs inputs, NoticeSender sender)
    {
        List<Channel> channels = [];
        void Post(string name, Uri url, byte[] body, string input) => channels.Add(new(name, async token => new Answer(await sender.PostAsync(url, body, input, token))));
        if (inputs.Slack is { } slack)
        {
            Post("Slack", slack.Reveal(), Slack.Render(inputs.Notice), "slack-webhook-url");
        }

        if (inputs.PagerDuty is { } pager)
        {
            Post("PagerDuty", inputs.PagerDutyUrl, pager.Render(inputs.Notice), "pagerduty-routing-key");
        }

        if (inputs.Webhook is { } webhook)
        {
            Post(webhook.Host, webhook.Reveal(), inputs.WebhookTemplate.Render(inputs.Notice), "webhook-url");
        }

        if (inputs is { CommentOn: { } number, GitHub: { } access })
        {
            channels.Add(new($"#{number}", token => AskGitHubAsync(context, access, "comment-on", $"Expected a comment on #{number}", async (client, limit) =>
            {
                var text = PlainText.Bound(context.Masker.Scrub(NoticePage.Of(inputs.Notice, inputs.Tests).ToString()), KeptComment.LongestBody);
                return new Answer { CommentUrl = await new KeptComment(client, number, inputs.Key).WriteAsync(text, limit) };
            }, token)));
        }

        if (inputs is { Issue: { } issue, GitHub: { } gitHub })
        {
            channels.Add(new($"the issue {issue.Key}", token => AskGitHubAsync(context, gitHub, "issue", $"Expected the issue {issue.Key} to be kept up to date", async (client, limit) =>
            {
                var (deed, url) = await issue.WriteAsync(context, client, inputs.Notice["release"], limit);
                context.Log.Line($"The issue {issue.Key}: {(deed == IssueDeed.None ? "nothing to write" : deed.ToString().ToLowerInvariant())}{(url is null ? "" : $", {url}")}.");
                return new Answer { IssueUrl = url, Deed = deed };
            }, token)));
        }

        return channels;
    }

    private static async Task<Answer> AskGitHubAsync(
        ActionContext context, GitHubAccess access, string input, string expected, Func<GitHubClient, CancellationToken, Task<Answer>> ask, CancellationToken cancellation)
    {
        using var client = new GitHubClient(access, context.Http, context.Time);
        using var patience = new CancellationTokenSource(GitHubLimit, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return await ask(client, either.Token);
        }
        catch (GitHubException problem)
        {
            return new Answer(problem.Problem.ToFault(FaultCodes.NotificationFailed, expected, input).AsWarning());
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Answer(NoticeSender.Undelivered(expected, $"found GitHub not ready after {GitHubLimit.TotalSeconds:0} s", "look at GitHub's status; the next run tries again", input));
        }
    }

    private static ActionOutcome Outcome(NotifyInputs inputs, IReadOnlyList<Answer> answers) => new()
    {
        Faults = [.. answers.Select(answer => answer.Fault).OfType<Fault>()],
        Outputs = new OutputSet()
            .Set("notified", (ulong)answers.Count(answer => answer.Fault is null))
            .Set("failed", (ulong)answers.Count(answer => answer.Fault is not null))
            .Set("comment-url", answers.Select(answer => answer.CommentUrl).FirstOrDefault(url => url is not null))
            .Set("issue-url", answers.Select(answer => answer.IssueUrl).FirstOrDefault(url => url is not null))
            .Set("issue-change", answers.Select(answer => answer.Deed).FirstOrDefault(deed => deed is not null)?.ToString().ToLowerInvariant()),
        Summary = NoticePage.Of(inputs.Notice, inputs.Tests),
    };

    private sealed record Channel(string Name, Func<CancellationToken, Task<Answer>> SendAsync);

    /// <param name="Fault">Null when the channel took it.</param>
    private sealed record Answer(Fault? Fault = null)
    {
        public string? CommentUrl { get; init; }

        public string? IssueUrl { get; init; }

        public IssueDeed? Deed { get; init; }
    }
}
