using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Releases;
using Actions.Core.Runner;

namespace Actions.Cli.ReleasePlan;

/// <summary>The inputs of `release-plan`.</summary>
/// <param name="Chain">The environments to release to, in order.</param>
/// <param name="Environment">The one asked about; null for none.</param>
internal sealed record ReleasePlanInputs(ReleaseFile File, IReadOnlyList<ReleaseEnvironment> Chain, ReleaseEnvironment? Environment)
{
    public static Result<ReleasePlanInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        inputs.Require("release-file", "what to read");
        var file = ReleaseFile.Read(inputs);
        var (until, environment) = (Find(inputs, file, "until"), Find(inputs, file, "environment"));
        return inputs.Finish(() => new ReleasePlanInputs(
            file!, until is null ? file!.Environments : [.. file!.Environments.TakeWhile(other => other != until), until], environment));
    }

    private static ReleaseEnvironment? Find(InputReader inputs, ReleaseFile? file, string input)
    {
        var name = inputs.Text(input);
        if (name is null || file is null)
        {
            return null;
        }

        var found = file.Environment(name);
        if (found is null)
        {
            inputs.Add(
                FaultCodes.InputUnknownValue, input, $"Expected one of the release file's environments in '{input}': {string.Join(", ", file.Environments.Select(other => other.Name))}",
                $"found {PlainText.Quote(name)}", "correct it, or add the environment to the file");
        }

        return found;
    }
}
