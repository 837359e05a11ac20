using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;

namespace Actions.Cli.Clusters;

/// <summary>Where artifacts are kept.</summary>
internal static class StoreInputs
{
    private const string Scheme = "file:";
    private const string Default = "file:.solana-actions";

    /// <summary>The directory of a `file:` store; null when the input is at fault.</summary>
    public static string? Read(InputReader inputs, RunnerEnvironment environment)
    {
        var text = inputs.Text("store");
        if (text is null && environment.InGitHub)
        {
            inputs.Add(new Fault(FaultCodes.StoreFailed, "a store that outlives this runner", $"'store' is not set, so artifacts go to {Default} in the workspace", "keep that directory (cache or artifact)", "store").AsWarning());
        }

        if (text is not null && (!text.StartsWith(Scheme, StringComparison.Ordinal) || text.Length == Scheme.Length))
        {
            inputs.Add(FaultCodes.InputUnknownValue, "store", "Expected file:<directory> in 'store'", $"found {PlainText.Quote(text)}", "use it; other stores come with later versions");
            return null;
        }

        var path = WorkspacePath.Resolve(environment, (text ?? Default)[Scheme.Length..], "store");
        foreach (var fault in path.Faults)
        {
            inputs.Add(fault);
        }

        return path.IsOk ? path.Value.Full : null;
    }
}
