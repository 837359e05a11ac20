using System.Globalization;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Security;

namespace Actions.Cli.SecurityScan;

/// <summary>The job's page: the verdict, who looked at what, what is waived until when. The findings themselves stand in the table of what is wrong.</summary>
internal sealed class SecurityPage(ScanEvidence evidence, ScanVerdict verdict, FailOn failOn)
{
    private const int MostWaived = 100;

    public bool IsClean => !verdict.Open.Any(finding => failOn.Refutes(finding.Severity));

    public string Headline => $"{(IsClean ? "Clean" : "Not clean")}: {Count(verdict.Errors, "error")}, {Count(verdict.Warnings, "warning")}, {Number(verdict.Waived.Count)} waived.";

    public Markdown Markdown()
    {
        var page = new Markdown().Paragraph(Inline.Strong(IsClean ? "Clean:" : "Not clean:"), Headline[Headline.IndexOf(':', StringComparison.Ordinal)..].TrimStart(':'))
            .Table(["Scan", "Looked at", "Errors", "Warnings", "Waived"], Rows());
        if (verdict.Waived.Count > 0)
        {
            page.Heading(3, "Waived").Table(["Finding", "Where", "Until", "Why"], verdict.Waived.Take(MostWaived).Select(waived => (Inline[])
            [
                Inline.Code(waived.Finding.FullRule), $"{waived.Finding.Path}:{Number(waived.Finding.Line)}", waived.Waiver.Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), waived.Waiver.Reason,
            ]));
        }

        string[] notes = [.. evidence.Notes, .. verdict.Unused.Select(waiver => $"The waiver of {waiver} waives nothing: remove it.")];
        return notes.Length > 0 ? page.Bullets(notes.Take(MostWaived).Select(note => (Inline[])[note])) : page;
    }

    private IEnumerable<Inline[]> Rows() => evidence.Sources.Select(source => (source.Source, source.Area, source.Tool, source.LookedAt))
        .Concat(verdict.Open.Any(IsOfReports) ? [("Reports", ScanArea.Reports, null, "what was asked for")] : [])
        .Concat(verdict.Open.Any(finding => finding.Area == ScanArea.Waivers) ? [("Waivers", ScanArea.Waivers, null, "")] : Array.Empty<(string, ScanArea, string?, string)>())
        .GroupBy(source => (source.Item1, source.Item2, source.Item3)).Select(same =>
        {
            var own = verdict.Open.Where(finding => IsOf(finding, same.Key.Item2, same.Key.Item3)).ToList();
            return new Inline[]
            {
                Inline.Strong(same.Key.Item1), string.Join(", ", same.Select(source => source.Item4).Distinct()), Number(own.Count(finding => finding.Severity == Severity.Error)),
                Number(own.Count(finding => finding.Severity == Severity.Warning)), Number(verdict.Waived.Count(waived => IsOf(waived.Finding, same.Key.Item2, same.Key.Item3))),
            };
        });

    private static bool IsOfReports(ScanFinding finding) => finding is { Area: ScanArea.Reports, Tool: ScanFinding.OwnTool };

    private static bool IsOf(ScanFinding finding, ScanArea area, string? tool) => finding.Area == area && finding.Tool == (tool ?? ScanFinding.OwnTool);

    private static string Count(int number, string what) => $"{Number(number)} {what}{(number == 1 ? "" : "s")}";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
