using System.Globalization;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Core.Notify;

/// <summary>One event as every channel gets it: names and texts, each a clean line of bounded length.</summary>
public sealed class Notice
{
    /// <summary>What a template may name.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "title", "event", "message", "release", "version", "environment", "repository", "actor", "commit", "run-url", "executable-at", "fault", "expected", "found", "remedy",
        "program-id", "executable-hash", "signature", "slot", "restored-version", "record", "color",
    ];

    /// <summary>Sentences fit the narrowest field, 1,024 of Discord's, even when every letter has to be escaped; all values together fit its 6,000.</summary>
    private const int LongestSentence = 450;
    private const int LongestWord = 100;
    private const int LongestUrl = 300;

    /// <summary>Slack's header takes 150.</summary>
    private const int LongestTitle = 120;

    private static readonly string[] OfReport = ["program-id", "executable-hash", "signature", "slot", "restored-version", "record"];

    private static readonly string[] Sentences = ["message", "expected", "found", "remedy"];

    private readonly Dictionary<string, string> values = [];
    private readonly Func<string, int, string> safe;

    /// <param name="kind">What happened.</param>
    /// <param name="safe">Makes a text fit to leave the job: without secrets and control characters, of so many characters at most.</param>
    public Notice(NoticeKind kind, Func<string, int, string> safe)
    {
        (Kind, this.safe) = (kind, safe);
        Set("event", kind.Word);
        Set("color", kind.Color.ToString(CultureInfo.InvariantCulture));
    }

    public NoticeKind Kind { get; }

    /// <summary>The text of a name, empty where there is none.</summary>
    public string this[string name] => name == "title" ? Title : values.GetValueOrDefault(name, "");

    private string Title
    {
        get
        {
            var subject = string.Join(' ', new[] { this["release"], this["version"] }.Where(part => part.Length > 0));
            var place = this["environment"] is { Length: > 0 } environment ? $" in {environment}" : "";
            return $"{PlainText.Bound($"{subject}{place}", LongestTitle - Kind.Phrase.Length)}: {Kind.Phrase}";
        }
    }

    public Notice Set(string name, string? text)
    {
        if (text is { Length: > 0 })
        {
            values[name] = PlainText.CleanLine(safe(text, Sentences.Contains(name) ? LongestSentence : name == "run-url" ? LongestUrl : LongestWord));
        }

        return this;
    }

    /// <summary>What an action reported: its outputs, and the first fault that made it fail.</summary>
    public Notice Add(RunReport report)
    {
        foreach (var name in OfReport)
        {
            Set(name, report.Outputs.GetValueOrDefault(name));
        }

        var errors = report.Faults.Where(fault => fault.Severity == "error").ToList();
        if (errors is [var first, ..] && this["fault"].Length == 0)
        {
            Set("fault", first.Code);
            Set("expected", first.Expected);
            Set("found", errors.Count == 1 ? first.Found : $"{first.Found} (and {errors.Count - 1} more)");
            Set("remedy", first.Remedy);
        }

        return this;
    }
}
