using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Core.Security.Workflows;

/// <summary>How programs get to where their users are.</summary>
internal static class DeployRules
{
    public static IEnumerable<ScanFinding> Check(WorkflowFile file, WorkflowSurroundings surroundings) =>
        file.Jobs.SelectMany(job => Unprotected(file, job, surroundings)).Concat(Rebuilt(file, surroundings)).Concat(Cancelled(file));

    private static IEnumerable<ScanFinding> Unprotected(WorkflowFile file, WorkflowJob job, WorkflowSurroundings surroundings) =>
        file.IsAction || job.HasEnvironment ? [] : job.Steps.Where(step => step.Deploys && !IsHarmless(step, surroundings)).Take(1)
            .Select(step => SecurityRules.DeployUnprotected.At(file.Path, step.Line, $"found none at {PlainText.Quote(job.Id)}"));

    /// <summary>A cluster that nobody can tell from the file counts as the one that matters.</summary>
    public static bool IsHarmless(WorkflowStep step, WorkflowSurroundings surroundings) =>
        ClusterOf(step, surroundings) is { } name && Cluster.All.FirstOrDefault(cluster => cluster.Name == name) is { } known && known != Cluster.MainnetBeta;

    private static string? ClusterOf(WorkflowStep step, WorkflowSurroundings surroundings) =>
        step.With("cluster") ?? (step.With("release-file") is { } release && step.With("environment") is { } environment ? surroundings.ClusterOf(release, environment) : null);

    /// <summary>The first cluster may be given what was just built; every other one, and every one of a matrix, is given something that nobody tried.</summary>
    private static IEnumerable<ScanFinding> Rebuilt(WorkflowFile file, WorkflowSurroundings surroundings)
    {
        string? first = null;
        foreach (var (job, step) in file.Jobs.SelectMany(job => job.Steps.Where(step => step.Deploys && step.With("program") is not null && step.With("manifest") is null).Select(step => (job, step))))
        {
            if (IsPromoted(job, step.With("program")!))
            {
                continue;
            }

            var target = ClusterOf(step, surroundings) ?? step.With("environment") ?? "";
            var isMatrix = job.Node["strategy"]?["matrix"] is not null && Expressions.References(target).Any(reference => reference.Name.StartsWith("matrix.", StringComparison.Ordinal));
            if (isMatrix || (first is not null && first != target))
            {
                yield return SecurityRules.Rebuilt.At(file.Path, step.Line, $"found 'program:' for {PlainText.Quote(target)} in {PlainText.Quote(job.Id)}");
            }

            first ??= target;
        }
    }

    /// <summary>The output of a step that promoted it, or of another job, of which this one does not know.</summary>
    private static bool IsPromoted(WorkflowJob job, string program) => Expressions.References(program).Any(reference =>
        reference.Name.StartsWith("needs.", StringComparison.Ordinal)
        || job.Steps.Any(step => step is { Id: { } id, Uses.OwnAction: "promote-artifact" } && reference.Name.StartsWith($"steps.{id.ToLowerInvariant()}.", StringComparison.Ordinal)));

    private static IEnumerable<ScanFinding> Cancelled(WorkflowFile file)
    {
        var deploying = file.Jobs.Where(job => job.Steps.Any(step => step.Deploys) || job.Uses?.OwnWorkflow is "deploy" or "release" or "rollback").ToList();
        IEnumerable<(YamlTree? Value, string Where)> places = deploying.Count == 0 ? [] :
            [(file.Root["concurrency"], "the workflow"), .. deploying.Select(job => (job.Node["concurrency"], PlainText.Quote(job.Id)))];
        return from place in places
               let value = place.Value?["cancel-in-progress"]
               where value?.Text == "true"
               select SecurityRules.DeployCancelled.At(file.Path, value.Line, $"found 'cancel-in-progress: true' at {place.Where}");
    }
}
