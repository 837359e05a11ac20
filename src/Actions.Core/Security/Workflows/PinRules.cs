using Actions.Core.Runner;

namespace Actions.Core.Security.Workflows;

/// <summary>Whether what a workflow uses stays what it was when somebody looked at it.</summary>
internal static class PinRules
{
    private const int LongestName = 200;

    public static IEnumerable<ScanFinding> Check(WorkflowFile file, WorkflowSurroundings surroundings)
    {
        foreach (var job in file.Jobs)
        {
            foreach (var (uses, line) in Used(job))
            {
                if (uses is { IsLocal: false, Image: null, IsCommit: false } && !(uses.IsVersion && surroundings.Trusts(uses)))
                {
                    yield return SecurityRules.ActionUnpinned.At(file.Path, line, $"found {PlainText.Quote(uses.Text, LongestName)}");
                }
            }
        }
    }

    private static IEnumerable<(UsesReference Uses, int Line)> Used(WorkflowJob job) =>
        job.Steps.Where(step => step.Uses is not null).Select(step => (step.Uses!, step.Node["uses"]!.Line)).Concat(job.Uses is { } called ? [(called, job.Node["uses"]!.Line)] : []);
}
