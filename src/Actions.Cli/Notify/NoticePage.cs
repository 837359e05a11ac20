using Actions.Core.Notify;
using Actions.Core.Runner;

namespace Actions.Cli.Notify;

/// <summary>A notice as GitHub shows it: in a comment, and in the job's summary.</summary>
internal static class NoticePage
{
    private static readonly (string Name, string Label)[] Facts =
    [
        ("version", "Version"), ("environment", "Environment"), ("program-id", "Program"), ("executable-hash", "Executable hash"), ("signature", "Transaction"), ("restored-version", "Runs again"),
        ("executable-at", "Executable at"), ("record", "Record"), ("commit", "Commit"), ("actor", "Started by"),
    ];

    public static Markdown Of(Notice notice, TestTotals tests)
    {
        var page = new Markdown().Heading(3, notice["title"]);
        if (notice["message"] is { Length: > 0 } message)
        {
            page.Paragraph(message);
        }

        if (notice["fault"] is { Length: > 0 } fault)
        {
            page.Paragraph(Inline.Code(fault), $": {notice["expected"]}; {notice["found"]}").Paragraph(Inline.Strong("What to do"), $": {notice["remedy"]}");
        }

        if (!tests.IsEmpty)
        {
            page.Append(tests.Page());
        }

        var facts = Facts.Where(fact => notice[fact.Name].Length > 0).ToList();
        if (facts.Count > 0)
        {
            page.Table(["", ""], facts.Select(fact => (Inline[])[fact.Label, Inline.Code(notice[fact.Name])]));
        }

        return notice["run-url"] is { Length: > 0 } run ? page.Paragraph(Inline.Link("The run", run)) : page;
    }
}
