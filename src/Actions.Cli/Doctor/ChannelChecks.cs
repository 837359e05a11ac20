using System.Security.Cryptography;
using System.Text;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Notify;

namespace Actions.Cli.Doctor;

/// <summary>Tells every channel that this is a test, by the senders of `notify`; an incident it opens it resolves.</summary>
internal sealed class ChannelChecks(ActionContext context, DoctorInputs inputs, CheckRunner runner, CheckInputs reader)
{
    private const string DefaultPager = "https://events.pagerduty.com/v2/enqueue";

    /// <summary>A cancelled run has little time left, and still must not leave an incident open.</summary>
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan LastWordUnhurried = TimeSpan.FromSeconds(20);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var sender = new NoticeSender(context.Http(), context.Time);
        (string Input, Func<CheckNotes, CancellationToken, Task> Check, string Name)[] channels =
        [
            ("slack-webhook-url", (notes, token) => PostAsync(notes, sender, "slack-webhook-url", _ => NoticeTemplate.Of("slack"), token), "Channel Slack"),
            ("pagerduty-routing-key", (notes, token) => PageAsync(notes, sender, token), "Channel PagerDuty"),
            ("webhook-url", (notes, token) => PostAsync(notes, sender, "webhook-url", Template, token), "Channel webhook"),
        ];
        await Task.WhenAll(channels.Where(channel => context.Inputs.Has(channel.Input)).Select(channel => runner.RunAsync(channel.Name, channel.Check, cancellation)));
    }

    private async Task PostAsync(CheckNotes notes, NoticeSender sender, string input, Func<InputReader, NoticeTemplate?> template, CancellationToken cancellation)
    {
        var (url, form) = await reader.ReadAsync(
            inputs => (inputs.RpcUrls(input), template(inputs)) is ([var given, ..], { } chosen) ? Tuple.Create(given, chosen) : null, cancellation);
        if (inputs.IsDryRun)
        {
            notes.Found($"{url.Host}, not told in a dry run");
            return;
        }

        Judge(notes, await sender.PostAsync(url.Reveal(), form.Render(Notice()), input, cancellation), $"{url.Host} took a test");
    }

    private async Task PageAsync(CheckNotes notes, NoticeSender sender, CancellationToken cancellation)
    {
        var (routing, url) = await reader.ReadAsync(
            inputs => (inputs.SecretText("pagerduty-routing-key"), Address(inputs)) is ({ } given, { } address) ? Tuple.Create(given, address) : null, cancellation);
        if (inputs.IsDryRun)
        {
            notes.Found($"{url.Host}, not told in a dry run");
            return;
        }

        var opened = false;
        var trigger = new PagerDutyEvent(routing, PagerAction.Trigger, Incident, "info");
        try
        {
            opened = true;
            var refused = await sender.PostAsync(url.Reveal(), trigger.Render(Notice()), "pagerduty-routing-key", cancellation);
            Judge(notes, refused, $"{url.Host} opened an incident");
            opened = refused is null;
        }
        finally
        {
            // Also when nobody knows whether it was opened: to resolve what is not there does no harm.
            if (opened || cancellation.IsCancellationRequested)
            {
                using var patience = new CancellationTokenSource(cancellation.IsCancellationRequested ? LastWord : LastWordUnhurried, context.Time);
                Judge(notes, await ResolveAsync(sender, url, trigger with { Action = PagerAction.Resolve }, patience.Token), "and resolved it");
            }
        }
    }

    private async Task<Fault?> ResolveAsync(NoticeSender sender, RpcUrl url, PagerDutyEvent resolve, CancellationToken patience)
    {
        try
        {
            return await sender.PostAsync(url.Reveal(), resolve.Render(Notice()), "pagerduty-routing-key", patience) is { } refused
                ? refused with { Expected = $"Expected {url.Host} to resolve the test incident", Remedy = $"resolve it by hand: {refused.Remedy}" }
                : null;
        }
        catch (OperationCanceledException)
        {
            return new Fault(FaultCodes.NotificationFailed, $"Expected {url.Host} to resolve the test incident", "found no time for it", "resolve it by hand, or run doctor again: it is the same incident", "pagerduty-routing-key");
        }
    }

    /// <summary>For notify a dead channel is a warning, because a release does not fail for it; to find it is what this run is for.</summary>
    private static void Judge(CheckNotes notes, Fault? refused, string taken)
    {
        if (refused is null)
        {
            notes.Found(taken);
        }
        else
        {
            notes.Add(refused with { Severity = Severity.Error });
        }
    }

    /// <summary>The same in every run, so that the next one resolves what a killed one left open.</summary>
    private string Incident => $"solana-actions-doctor-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Environment.Repository}/{inputs.Environment}")))[..16]}";

    private Notice Notice() => new Notice(NoticeKind.All.First(kind => kind.Word == "test"), context.Masker.Safe)
        .Set("message", "This is a test by doctor: nothing happened, and nothing has to be done.")
        .Set("release", inputs.Scope?.File.Name ?? context.Environment.Repository?.Split('/')[^1] ?? "solana-actions")
        .Set("environment", inputs.Environment)
        .Set("repository", context.Environment.Repository)
        .Set("actor", context.Environment.TriggeringActor ?? context.Environment.Actor)
        .Set("run-url", context.Environment.RunUrl);

    private NoticeTemplate? Template(InputReader inputs)
    {
        var name = inputs.Text("webhook-template") ?? "json";
        return NoticeTemplate.Shipped.Contains(name) ? NoticeTemplate.Of(name)
            : inputs.FileAt("webhook-template", name, NoticeTemplate.LongestFile) is { } file ? NoticeTemplate.Parse(file.Bytes, "webhook-template").OrThrow() : null;
    }

    private RpcUrl? Address(InputReader inputs) => RpcUrl.Parse(inputs.Text("pagerduty-url") ?? DefaultPager, context.Masker, "pagerduty-url").OrThrow();
}
