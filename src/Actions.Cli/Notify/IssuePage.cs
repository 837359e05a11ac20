using System.Globalization;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Notify;
using Actions.Core.Runner;

namespace Actions.Cli.Notify;

/// <summary>A kept issue as people read it. It names no run and no time of day: what is found again is written as it was. Pure.</summary>
/// <param name="home">Where the repository's files can be read; null where nobody knows.</param>
internal sealed class IssuePage(KeptFindings findings, IssueMemory memory, string? home)
{
    private const int MostIds = 50;

    /// <summary>More cannot fit, however short they are.</summary>
    private const int MostRows = 2_500;
    private const int LongestId = 160;
    private const int LongestCell = 500;

    private static readonly (FindingLevel Level, string Heading)[] Levels = [(FindingLevel.Error, "Errors"), (FindingLevel.Warning, "Warnings"), (FindingLevel.Note, "Notes")];

    /// <summary>The body of the issue, with as many findings as fit.</summary>
    public static string Of(KeptFindings findings, IssueMemory before, DateOnly today, string? home)
    {
        var memory = before.After(findings, today);
        var page = new IssuePage(findings, memory, home);
        // The mark stands before it.
        var room = KeptIssue.LongestBody - 100;
        var (fits, tooMany) = (0, Math.Min(findings.All.Count, MostRows) + 1);
        while (fits + 1 < tooMany)
        {
            var most = (fits + tooMany) / 2;
            (fits, tooMany) = page.Text(most).Length <= room ? (most, tooMany) : (fits, most);
        }

        return page.Text(fits);
    }

    private string Text(int most)
    {
        var page = new Markdown().Paragraph(Headline());
        Changes(page);
        var shown = findings.All.Take(most).ToList();
        foreach (var (level, heading) in Levels)
        {
            if (shown.FindAll(finding => finding.Level == level) is { Count: > 0 } rows)
            {
                page.Heading(3, $"{heading} ({Number(findings.Count(level))})").Table(["Finding", "Declared at", "What was found", "What to do"], rows.Select(Row));
            }
        }

        if (most < findings.All.Count)
        {
            page.Paragraph(Inline.Strong($"And {Number(findings.All.Count - most)} more"), ": the run's report lists all of them.");
        }

        page.Heading(3, "Trend").Table(["Since", "Errors", "Warnings", "Notes", "In forgotten buffers"], memory.History.Reverse().Select(day => (Inline[])
            [day.Date, Number(day.Errors), Number(day.Warnings), Number(day.Notes), day.StaleLamports is { } lamports ? Money.Sol(lamports) : ""]));
        return $"{memory.Hide()}\n\n{page}";
    }

    private Inline[] Headline() => findings.All.Count == 0
        ? [Inline.Strong("Nothing is found"), $" since {memory.History[^1].Date}."]
        : [Inline.Strong($"{Number(findings.All.Count)} findings"), $" since {memory.History[^1].Date}. This text is rewritten when that changes; the issue is closed when nothing is found any more."];

    private void Changes(Markdown page)
    {
        if (memory.Ids is null)
        {
            page.Paragraph("There are too many findings to say which of them are new.");
            return;
        }

        foreach (var (what, ids) in new[] { ("New", memory.Added), ("Resolved", memory.Gone) })
        {
            if (ids.Count > 0)
            {
                page.Paragraph(Inline.Strong($"{what}: {Number(ids.Count)}")).Bullets([.. ids.Take(MostIds).Select(id => (Inline[])[Code(id, LongestId)]), .. ids.Count > MostIds ? [[$"and {Number(ids.Count - MostIds)} more"]] : (Inline[][])[]]);
            }
        }
    }

    /// <summary>What others wrote stands in code, where GitHub sees no mention, link, reference or markup.</summary>
    private Inline[] Row(KeptFinding finding) =>
    [
        Code(finding.Id, LongestId), Place(finding), Code(finding.Text, LongestCell), finding.Remedy is { Length: > 0 } remedy ? Code(remedy, LongestCell) : "",
    ];

    private Inline Place(KeptFinding finding)
    {
        var place = $"{Uri.UnescapeDataString(finding.File ?? "")}:{Number(finding.Line)}";
        return finding.File is null ? "" : home is null ? Code(place, LongestId) : Inline.Link(PlainText.CleanLine(place), $"{home}/blob/HEAD/{finding.File}#L{Number(finding.Line)}");
    }

    private static Inline Code(string text, int most) => Inline.Code(PlainText.Bound(PlainText.CleanLine(text), most));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
