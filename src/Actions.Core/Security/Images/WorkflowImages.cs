using Actions.Core.Runner;
using Actions.Core.Security.Workflows;

namespace Actions.Core.Security.Images;

/// <summary>Images that a workflow starts.</summary>
internal static class WorkflowImages
{
    public static IEnumerable<ScanFinding> Check(WorkflowFile file) =>
        from job in file.Jobs
        from image in Named(job)
        where ImageName.Digest(image.Name) is null && !image.Name.Contains("${{", StringComparison.Ordinal)
        select SecurityRules.ImageUnpinned.At(file.Path, image.Line, $"found {PlainText.Quote(image.Name, 200)} at {PlainText.Quote(job.Id)}");

    private static IEnumerable<(string Name, int Line)> Named(WorkflowJob job)
    {
        var container = job.Node["container"];
        YamlTree?[] nodes = [container is YamlTree.Map ? container["image"] : container, .. (job.Node["services"]?.Pairs ?? []).Select(pair => pair.Value["image"])];
        return nodes.Where(node => node?.Text is { Length: > 0 }).Select(node => (node!.Text!, node.Line))
            .Concat(job.Steps.Where(step => step.Uses?.Image is not null).Select(step => (step.Uses!.Image!, step.Node["uses"]!.Line)));
    }
}
