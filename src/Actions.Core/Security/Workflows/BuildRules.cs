using System.Text.RegularExpressions;
using Actions.Core.Runner;

namespace Actions.Core.Security.Workflows;

/// <summary>What a job that runs the code of dependencies may hold.</summary>
internal static partial class BuildRules
{
    public static IEnumerable<ScanFinding> Check(WorkflowFile file, WorkflowSurroundings surroundings)
    {
        foreach (var job in file.Jobs)
        {
            if (job.Uses is { OwnWorkflow: "build" } && job.Node["secrets"] is { } handed)
            {
                yield return SecurityRules.SecretInBuild.At(file.Path, handed.Line, $"found secrets for {PlainText.Quote(job.Uses.Text, 200)}");
            }

            foreach (var finding in job.Builds ? Building(file, job, surroundings) : [])
            {
                yield return finding;
            }
        }
    }

    private static IEnumerable<ScanFinding> Building(WorkflowFile file, WorkflowJob job, WorkflowSurroundings surroundings)
    {
        var building = PlainText.Quote(job.Id);
        foreach (var (name, line) in SecretsIn(file.Root["env"]).Concat(SecretsIn(job.Node["env"])).Concat(job.Steps.Where(step => step.Builds).SelectMany(step => SecretsIn(step.Node["env"]))))
        {
            yield return SecurityRules.SecretInBuild.At(file.Path, line, $"found {name} in the environment of what {building} builds with");
        }

        // A build that is done has still had the runner to itself: what it left behind reads what comes later. A key of a cluster without value may be read.
        foreach (var step in job.Steps.Where(step => !step.Builds))
        {
            foreach (var (name, line) in SecretsIn(step.Node["env"]).Concat(SecretsIn(step.Node["with"])).Where(secret => step.Deploys ? !DeployRules.IsHarmless(step, surroundings) : KeyName().IsMatch(secret.Name)))
            {
                yield return SecurityRules.SecretInBuild.At(file.Path, line, $"found {name} in a step of {building}, which builds");
            }
        }

        foreach (var step in job.Steps.Where(step => step.Uses?.Is("actions/checkout") == true && step.With("persist-credentials") != "false"))
        {
            yield return SecurityRules.CredentialsKept.At(file.Path, step.Line, $"found a checkout without it in {building}");
        }
    }

    private static IEnumerable<(string Name, int Line)> SecretsIn(YamlTree? values) => values is null ? [] :
        from scalar in values.Scalars()
        from reference in Expressions.References(scalar.Value)
        where Expressions.IsSecret(reference.Name) && reference.Name != "github.token"
        select (PlainText.Bound(reference.Name, 100), scalar.LineOf(reference.Index));

    [GeneratedRegex("key|payer|authority|deployer|wallet|mnemonic|seed|private|signer", RegexOptions.CultureInvariant)]
    private static partial Regex KeyName();
}
