using System.Globalization;
using System.Text.Json;

namespace Actions.Cli.Tests.Notify;

/// <summary>What services say about a payload, by their documentation; null when they take it.</summary>
internal static class ChannelChecks
{
    /// <remarks>https://docs.slack.dev/reference/block-kit/blocks, incoming webhooks.</remarks>
    public static string? Slack(JsonElement body)
    {
        if (Unknown(body, "text", "blocks") is { } unknown || !body.TryGetProperty("blocks", out var blocks) || blocks.GetArrayLength() is 0 or > 50)
        {
            return "invalid_payload";
        }

        foreach (var block in blocks.EnumerateArray())
        {
            var complaint = Text(block, "type") switch
            {
                "header" => Text(block.GetProperty("text"), "type") == "plain_text" && IsWithin(block.GetProperty("text"), "text", 150),
                "section" when block.TryGetProperty("fields", out var fields) => fields.GetArrayLength() is > 0 and <= 10 && fields.EnumerateArray().All(field => IsSlackText(field, 2000)),
                "section" => IsSlackText(block.GetProperty("text"), 3000),
                "actions" => block.GetProperty("elements").EnumerateArray().All(element =>
                    Text(element, "type") == "button" && IsWithin(element.GetProperty("text"), "text", 75) && IsUrl(element, "url", 3000)),
                _ => false,
            };
            if (!complaint)
            {
                return "invalid_blocks";
            }
        }

        return null;
    }

    /// <remarks>https://developer.pagerduty.com/docs/send-alert-event</remarks>
    public static string? PagerDuty(JsonElement body)
    {
        if (Unknown(body, "routing_key", "event_action", "dedup_key", "payload", "client", "client_url", "links", "images") is { } unknown)
        {
            return $"'{unknown}' is not known";
        }

        if (Text(body, "routing_key") is not { Length: 32 })
        {
            return "'routing_key' is invalid (must be 32 characters)";
        }

        var action = Text(body, "event_action");
        if (action is not ("trigger" or "acknowledge" or "resolve") || !IsWithin(body, "dedup_key", 255))
        {
            return "'event_action' or 'dedup_key' is invalid";
        }

        if (action != "trigger")
        {
            return null;
        }

        var payload = body.GetProperty("payload");
        return Unknown(payload, "summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details") is { } strange ? $"'payload.{strange}' is not known"
            : !IsWithin(payload, "summary", 1024) || !IsWithin(payload, "source", 1024) ? "'payload.summary' or 'payload.source' is invalid"
            : Text(payload, "severity") is not ("critical" or "error" or "warning" or "info") ? "'payload.severity' is invalid"
            : body.TryGetProperty("links", out var links) && links.EnumerateArray().Any(link => !IsUrl(link, "href", 2048)) ? "'links' is invalid"
            : null;
    }

    /// <remarks>https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using, adaptive cards.</remarks>
    public static string? Teams(JsonElement body)
    {
        if (Text(body, "type") != "message" || body.GetRawText().Length > 28 * 1024)
        {
            return "Bad payload received by generic incoming webhook.";
        }

        foreach (var attachment in body.GetProperty("attachments").EnumerateArray())
        {
            var card = attachment.GetProperty("content");
            var isGood = Text(attachment, "contentType") == "application/vnd.microsoft.card.adaptive" && Text(card, "type") == "AdaptiveCard" && Text(card, "version") == "1.4"
                && card.GetProperty("body").EnumerateArray().All(element => Text(element, "type") switch
                {
                    "TextBlock" => IsWithin(element, "text", 10_000),
                    "FactSet" => element.GetProperty("facts").EnumerateArray().All(fact => IsWithin(fact, "title", 100) && IsWithin(fact, "value", 10_000)),
                    _ => false,
                })
                && (!card.TryGetProperty("actions", out var actions) || actions.EnumerateArray().All(action => Text(action, "type") == "Action.OpenUrl" && IsUrl(action, "url", 10_000)));
            if (!isGood)
            {
                return "Bad payload received by generic incoming webhook.";
            }
        }

        return null;
    }

    /// <remarks>https://discord.com/developers/docs/resources/message#embed-object-embed-limits</remarks>
    public static string? Discord(JsonElement body)
    {
        if (!body.TryGetProperty("embeds", out var embeds) || embeds.GetArrayLength() is 0 or > 10)
        {
            return """{"code": 50006, "message": "Cannot send an empty message"}""";
        }

        var isGood = body.GetProperty("allowed_mentions").GetProperty("parse").GetArrayLength() == 0 && embeds.EnumerateArray().All(embed =>
            IsWithin(embed, "title", 256)
            && (!embed.TryGetProperty("description", out _) || IsWithin(embed, "description", 4096))
            && (!embed.TryGetProperty("url", out _) || IsUrl(embed, "url", 2048))
            && embed.GetProperty("color").TryGetInt32(out var color) && color is >= 0 and <= 0xFFFFFF
            && (!embed.TryGetProperty("fields", out var fields)
                || (fields.GetArrayLength() <= 25 && fields.EnumerateArray().All(field => IsWithin(field, "name", 256) && IsWithin(field, "value", 1024))))
            && Length(embed) <= 6000);
        return isGood ? null : """{"code": 50035, "message": "Invalid Form Body"}""";
    }

    private static bool IsSlackText(JsonElement text, int most) => Text(text, "type") is "mrkdwn" or "plain_text" && IsWithin(text, "text", most);

    private static bool IsWithin(JsonElement element, string name, int most) => Text(element, name) is { Length: > 0 } text && text.Length <= most;

    private static bool IsUrl(JsonElement element, string name, int most) => Text(element, name) is { Length: > 0 } text && text.Length <= most && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == "https";

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Unknown(JsonElement element, params string[] known) => element.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name));

    private static int Length(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Sum(member => Length(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Sum(Length),
        JsonValueKind.String => new StringInfo(element.GetString()!).LengthInTextElements,
        _ => 0,
    };
}
