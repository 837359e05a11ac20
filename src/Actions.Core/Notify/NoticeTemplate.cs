using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Notify;

/// <summary>
/// A JSON document with {{ name }} in its strings. Values become parts of strings and never of the document, so nothing in them can change its
/// shape; {{ name | slack }} and {{ name | markdown }} also keep them from being read as that service's markup, {{ name | number }} is a number.
/// A string or an object all of whose values are empty is left out, and so is an array when nothing is left of it.
/// </summary>
public sealed partial class NoticeTemplate
{
    public const int LongestFile = 64 * 1024;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    private readonly JsonElement root;

    private NoticeTemplate(JsonElement root) => this.root = root;

    /// <summary>The templates that come with the actions.</summary>
    public static readonly IReadOnlyList<string> Shipped = ["json", "slack", "teams", "discord"];

    public static NoticeTemplate Of(string shipped)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Notify.{shipped}.json")!;
        using var document = JsonDocument.Parse(stream, Reading);
        return new NoticeTemplate(document.RootElement.Clone());
    }

    /// <summary>Somebody's own template.</summary>
    public static Result<NoticeTemplate> Parse(ReadOnlyMemory<byte> file, string input)
    {
        try
        {
            using var document = JsonDocument.Parse(file, Reading);
            return Complaint(document.RootElement) is { } found
                ? new Fault(FaultCodes.InputInvalid, $"Expected {{{{ name }}}} with one of {string.Join(", ", Notice.Names)}, and at most | slack, | markdown or | number after it", $"found {PlainText.Quote(found)}", "correct the template", input)
                : new NoticeTemplate(document.RootElement.Clone());
        }
        catch (JsonException problem)
        {
            return new Fault(FaultCodes.InputInvalid, $"Expected JSON in the template of '{input}'", $"found none at line {problem.LineNumber + 1}", "correct the template; values are escaped, so it is JSON before they are filled in", input);
        }
    }

    public byte[] Render(Notice notice)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            Write(writer, root, notice);
        }

        return output.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element, Notice notice)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().Where(member => !IsLeftOut(member.Value, notice)))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, notice);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray().Where(item => !IsLeftOut(item, notice)))
                {
                    Write(writer, item, notice);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String when element.GetString()! is var text && Number().Match(text) is { Success: true } number
                && long.TryParse(notice[number.Groups["name"].Value], NumberStyles.Integer, CultureInfo.InvariantCulture, out var value):
                writer.WriteNumberValue(value);
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Placeholder().Replace(element.GetString()!, match => Escaped(notice[match.Groups["name"].Value], match.Groups["form"].Value)));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static bool IsLeftOut(JsonElement element, Notice notice)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.GetArrayLength() > 0 && element.EnumerateArray().All(item => IsLeftOut(item, notice));
        }

        var names = Strings(element).SelectMany(text => Placeholder().Matches(text)).Select(match => match.Groups["name"].Value).ToList();
        return names.Count > 0 && names.All(name => notice[name].Length == 0);
    }

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Strings(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [element.GetString()!],
        _ => [],
    };

    /// <summary>What looks like a placeholder and is none.</summary>
    private static string? Complaint(JsonElement root) => Strings(root).FirstOrDefault(text =>
        Placeholder().Matches(text).Any(match => !Notice.Names.Contains(match.Groups["name"].Value)) || Placeholder().Replace(text, "").Contains("{{", StringComparison.Ordinal));

    private static string Escaped(string text, string form) => form switch
    {
        // https://docs.slack.dev/messaging/formatting-message-text: these three, and no others; a mention needs the <.
        "slack" => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal),
        "markdown" => Backslashed(text),
        _ => text,
    };

    private static string Backslashed(string text)
    {
        var escaped = new StringBuilder();
        foreach (var character in text)
        {
            escaped.Append("\\`*_[]()#|~<>@".Contains(character, StringComparison.Ordinal) ? "\\" : "").Append(character);
        }

        return escaped.ToString();
    }

    [GeneratedRegex(@"\{\{\s*(?<name>[a-z-]+)\s*(?:\|\s*(?<form>slack|markdown|number)\s*)?\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A\{\{\s*(?<name>[a-z-]+)\s*\|\s*number\s*\}\}\z")]
    private static partial Regex Number();
}
