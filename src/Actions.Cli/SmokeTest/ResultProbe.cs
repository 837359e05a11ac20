using Actions.Core.Runner;
using Actions.Core.Smoke;

namespace Actions.Cli.SmokeTest;

/// <summary>`result`: what another tool found.</summary>
internal static class ResultProbe
{
    public static void Look(SmokeKind.Result kind, AssertionCheck check)
    {
        var format = kind.Format == ResultFormat.K6 ? "k6's JSON summary" : "JUnit XML";
        var file = WorkspaceFiles.Read(kind.File, ImportedResult.LongestFile);
        if (!file.IsOk)
        {
            check.Complain($"{format} in {PlainText.Quote(kind.File.Relative, 200)}", file.Faults[0].Found);
        }
        else if ((kind.Format == ResultFormat.K6 ? K6Result.Read(file.Value) : JunitResult.Read(file.Value)) is not { } result)
        {
            check.Complain($"{format} in {PlainText.Quote(kind.File.Relative, 200)}", "something else");
        }
        else if (result.Judge(kind.MinTests) is { } complaint)
        {
            check.Complain(complaint.Expected, complaint.Found);
        }
    }
}
