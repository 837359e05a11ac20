using Actions.Core.Runner;

namespace Actions.Core.Security.Workflows;

/// <summary>What is written into the text of scripts.</summary>
internal static class ScriptRules
{
    public static IEnumerable<ScanFinding> Check(WorkflowFile file)
    {
        foreach (var job in file.Jobs)
        {
            foreach (var script in job.Steps.Select(step => step.Script).OfType<YamlTree.Scalar>())
            {
                foreach (var (name, index) in Expressions.References(script.Value))
                {
                    if (Rule(name) is { } rule)
                    {
                        yield return rule.At(file.Path, script.LineOf(index), $"found ${{{{ … {PlainText.Bound(name, 100)} … }}}} in the script of a step of {PlainText.Quote(job.Id)}");
                    }
                }
            }
        }
    }

    private static SecurityRule? Rule(string name) =>
        Expressions.IsSecretOrToken(name) ? SecurityRules.SecretInScript : Expressions.IsUntrusted(name) ? SecurityRules.ScriptInjection : null;
}
