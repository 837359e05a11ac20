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
    private static readonly NoticeTemplate Slack = NoticeTemplate.Of("slack");

    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(NotifyInputs.Read, cancellation);
        using var sender = new NoticeSender(context.Http(), context.Time);
        var channels = Channels(context, inputs, sender);
        if (inputs.IsDryRun || channels.Count == 0)
        {
            context.Log.Line(channels.Count == 0 ? $"{inputs.Notice["title"]}. Nobody is told: no channel is given." : $"{inputs.Notice["title"]}. Would tell {string.Join(", ", channels.Select(channel => channel.Name))}.");
            return Outcome(inputs, [], null);
        }

        var told = await Task.WhenAll(channels.Select(async channel => (channel.Name, Answer: await channel.SendAsync(cancellation))));
        foreach (var (name, answer) in told)
        {
            context.Log.Line(answer.Fault is null ? $"Told {name}." : $"Could not tell {name}.");
        }

        return Outcome(inputs, [.. told.Select(channel => (channel.Name, channel.Answer.Fault))], told.Select(channel => channel.Answer.Url).FirstOrDefault(url => url is not null));
    }

    private static List<Channel> Channels(ActionContext context, NotifyInputs inputs, NoticeSender sender)
    {
        List<Channel> channels = [];
        void Post(string name, Uri url, byte[] body, string input) => channels.Add(new(name, async token => (await sender.PostAsync(url, body, input, token), null)));
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

        if (inputs is { CommentOn: { } issue, GitHub: { } access })
        {
            channels.Add(new($"#{issue}", token => CommentAsync(context, inputs, access, issue, token)));
        }

        return channels;
    }

    private static async Task<(Fault?, string?)> CommentAsync(ActionContext context, NotifyInputs inputs, GitHubAccess access, ulong issue, CancellationToken cancellation)
    {
        using var client = new GitHubClient(access, context.Http, context.Time);
        try
        {
            var text = PlainText.Bound(context.Masker.Scrub(NoticePage.Of(inputs.Notice, inputs.Tests).ToString()), KeptComment.LongestBody);
            return (null, await new KeptComment(client, issue, inputs.Key).WriteAsync(text, cancellation));
        }
        catch (GitHubException problem)
        {
            return (problem.Problem.ToFault(FaultCodes.NotificationFailed, $"Expected a comment on #{issue}", "comment-on").AsWarning(), null);
        }
    }

    private static ActionOutcome Outcome(NotifyInputs inputs, IReadOnlyList<(string Name, Fault? Fault)> told, string? comment) => new()
    {
        Faults = [.. told.Select(channel => channel.Fault).OfType<Fault>()],
        Outputs = new OutputSet()
            .Set("notified", (ulong)told.Count(channel => channel.Fault is null))
            .Set("failed", (ulong)told.Count(channel => channel.Fault is not null))
            .Set("comment-url", comment),
        Summary = NoticePage.Of(inputs.Notice, inputs.Tests),
    };

    private sealed record Channel(string Name, Func<CancellationToken, Task<(Fault? Fault, string? Url)>> SendAsync);
}
