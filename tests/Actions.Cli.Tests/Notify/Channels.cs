using System.Text.Json;
using Actions.Cli.Tests.SmokeTest;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Notify;

/// <summary>Slack, PagerDuty, Teams and Discord as far as they document what they take and answer; what they do not take they refuse.</summary>
internal sealed class Channels : IAsyncDisposable
{
    public const string SlackPath = "/services/T0123ABCD/B0123ABCD/sEcReTsLaCkToKeN01234567";
    public const string TeamsPath = "/workflows/0123456789abcdef/triggers/manual?sig=sEcReTtEaMsSiGnAtUrE";
    public const string DiscordPath = "/api/webhooks/112233445566778899/sEcReTdIsCoRdToKeN";
    public const string RoutingKey = "0123456789abcdef0123456789abcdef";

    private readonly Service service = new();

    public Channels()
    {
        Takes(SlackPath, ChannelChecks.Slack, 200, "ok");
        Takes(TeamsPath, ChannelChecks.Teams, 202, "");
        Takes(DiscordPath, ChannelChecks.Discord, 204, "");
        Takes("/v2/enqueue", ChannelChecks.PagerDuty, 202, """{"status":"success","message":"Event processed","dedup_key":"x"}""");
        Takes("/hook", _ => null, 200, "");
    }

    public static IReadOnlyList<string> Secrets { get; } = ["sEcReTsLaCkToKeN01234567", "sEcReTtEaMsSiGnAtUrE", "sEcReTdIsCoRdToKeN", RoutingKey];

    public string Url => service.Url;

    public IReadOnlyList<ServiceRequest> Requests => [.. service.Requests];

    /// <summary>The newest body that came to a path.</summary>
    public JsonElement Body(string path) => JsonDocument.Parse(Requests.Last(request => request.Path == path).Body).RootElement;

    public Channels On(string path, Func<ServiceRequest, string> answer)
    {
        service.On(path, answer);
        return this;
    }

    public Channels OnRaw(string path, Func<ServiceRequest, Stream, CancellationToken, Task> answer)
    {
        service.OnRaw(path, answer);
        return this;
    }

    public static async Task<ActionRun> RunAsync(Workspace workspace, string happened, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> inputs = new() { ["event"] = happened, ["release"] = "perps", ["version"] = "1.4.0", ["environment"] = "production" };
        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }

        return await ActionProcess.RunAsync("notify", inputs, workspace, variables: new Dictionary<string, string>
        {
            ["GITHUB_REPOSITORY"] = "octo/perps", ["GITHUB_RUN_ID"] = "7", ["GITHUB_SHA"] = new string('a', 40), ["GITHUB_ACTOR"] = "eve", ["GITHUB_REF"] = "refs/pull/12/merge",
        });
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    private void Takes(string path, Func<JsonElement, string?> complain, int status, string body) => service.On(path, request =>
    {
        string? complaint;
        try
        {
            complaint = request.Method != "POST" || !request.Headers["content-type"].StartsWith("application/json", StringComparison.Ordinal) ? "not a JSON POST" : complain(JsonDocument.Parse(request.Body).RootElement);
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            complaint = problem.Message;
        }

        return complaint is null ? Service.Response(body, status) : Service.Response(complaint, 400);
    });
}
