using System.Text.RegularExpressions;
using Actions.Core.Runner;

namespace Actions.Core.Security.Workflows;

/// <summary>What a job's token and secrets are good for, and who gets near them.</summary>
internal static partial class TokenRules
{
    private static readonly string[] OfStrangers = ["pull_request", "pull_request_target", "issue_comment", "issues", "fork"];

    public static IEnumerable<ScanFinding> Check(WorkflowFile file, WorkflowSurroundings surroundings) => file.IsAction ? [] :
        Permissions(file).Concat(file.Jobs.SelectMany(job => Checkouts(file, job).Concat(Inherited(file, job, surroundings)).Concat(Runners(file, job))));

    private static IEnumerable<ScanFinding> Permissions(WorkflowFile file)
    {
        foreach (var (node, where) in file.Jobs.Select(job => (job.Node["permissions"], PlainText.Quote(job.Id))).Prepend((file.Root["permissions"], "the workflow")))
        {
            if (node?.Text == "write-all")
            {
                yield return SecurityRules.PermissionsAll.At(file.Path, node.Line, $"found write-all at {where}");
            }
        }

        foreach (var job in file.Jobs.Where(job => file.Root["permissions"] is null && job.Node["permissions"] is null))
        {
            yield return SecurityRules.PermissionsMissing.At(file.Path, job.Line, $"found neither for {PlainText.Quote(job.Id)}");
        }
    }

    private static IEnumerable<ScanFinding> Checkouts(WorkflowFile file, WorkflowJob job)
    {
        if (!file.Triggers.Overlaps(["pull_request_target", "workflow_run", "issue_comment"]))
        {
            yield break;
        }

        foreach (var step in job.Steps)
        {
            var isHead = step.Uses?.Is("actions/checkout") == true
                ? Head().IsMatch($"{step.With("ref")} {step.With("repository")}")
                : step.Script is { } script && FetchOfHead().IsMatch(script.Value);
            if (isHead)
            {
                yield return SecurityRules.UntrustedCheckout.At(file.Path, step.Line, $"found a checkout of the head of a pull request in {PlainText.Quote(job.Id)}");
            }
        }
    }

    private static IEnumerable<ScanFinding> Inherited(WorkflowFile file, WorkflowJob job, WorkflowSurroundings surroundings) =>
        job is { Uses: { IsLocal: false } uses } && job.Node["secrets"] is { Text: "inherit" } secrets && !surroundings.Trusts(uses) && !surroundings.Owns(uses)
            ? [SecurityRules.SecretsInherited.At(file.Path, secrets.Line, $"found 'secrets: inherit' for {PlainText.Quote(uses.Text, 200)}")] : [];

    private static IEnumerable<ScanFinding> Runners(WorkflowFile file, WorkflowJob job) =>
        file.Triggers.Overlaps(OfStrangers) && job.Node["runs-on"] is { } runner && runner.Scalars().Any(label => label.Value == "self-hosted")
            ? [SecurityRules.RunnerShared.At(file.Path, runner.Line, $"found a self-hosted runner for {PlainText.Quote(job.Id)}")] : [];

    [GeneratedRegex(@"github\.head_ref|pull_request\.head\.|workflow_run\.head_|refs/pull/|\.head\.repo|head_repository", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Head();

    [GeneratedRegex(@"\bgh\s+pr\s+checkout\b|\bgit\s+fetch\b[^\n]*\bpull/", RegexOptions.CultureInvariant)]
    private static partial Regex FetchOfHead();
}
