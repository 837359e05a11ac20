using System.Buffers;
using System.Text.Json;

namespace Actions.Core.Notify;

/// <summary>An event of PagerDuty's Events API v2.</summary>
/// <remarks>https://developer.pagerduty.com/docs/send-alert-event</remarks>
public sealed record PagerDutyEvent(string RoutingKey, PagerAction Action, string DedupKey, string Severity)
{
    public const int LongestDedupKey = 255;

    private static readonly string[] Details =
        ["message", "version", "program-id", "executable-hash", "restored-version", "signature", "record", "commit", "actor", "fault", "expected", "found", "remedy"];

    public byte[] Render(Notice notice)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("routing_key", RoutingKey);
            writer.WriteString("event_action", Action.ToString().ToLowerInvariant());
            writer.WriteString("dedup_key", DedupKey);
            if (Action == PagerAction.Trigger)
            {
                WriteAlert(writer, notice);
            }

            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private void WriteAlert(Utf8JsonWriter writer, Notice notice)
    {
        writer.WriteStartObject("payload");
        writer.WriteString("summary", notice["found"] is { Length: > 0 } found ? $"{notice["title"]}: {found}" : notice["title"]);
        writer.WriteString("source", notice["repository"] is { Length: > 0 } repository ? repository : "solana-actions");
        writer.WriteString("severity", Severity);
        writer.WriteString("component", notice["release"]);
        writer.WriteString("group", notice["environment"]);
        writer.WriteString("class", notice["fault"]);
        writer.WriteStartObject("custom_details");
        foreach (var name in Details.Where(name => notice[name].Length > 0))
        {
            writer.WriteString(name, notice[name]);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteString("client", "solana-actions");
        if (notice["run-url"] is { Length: > 0 } run)
        {
            writer.WriteString("client_url", run);
            writer.WriteStartArray("links");
            writer.WriteStartObject();
            writer.WriteString("href", run);
            writer.WriteString("text", "The run");
            writer.WriteEndObject();
            writer.WriteEndArray();
        }
    }
}
