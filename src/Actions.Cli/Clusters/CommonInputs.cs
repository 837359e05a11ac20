using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Ledger;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.Clusters;

/// <summary>Inputs that several actions share.</summary>
internal static class CommonInputs
{
    private const int LongestEnvironment = 255; // GitHub's own limit
    private const string DefaultLedger = "file:.solana-actions";

    /// <summary>The GitHub environment's name, which is also the ledger's key.</summary>
    /// <param name="ledger">The directory of a file ledger, which takes fewer names than GitHub does; null without one.</param>
    public static string Environment(InputReader inputs, Cluster? cluster, string? ledger)
    {
        var name = inputs.Text("environment");
        if (name is { Length: > LongestEnvironment })
        {
            inputs.Add(FaultCodes.InputInvalid, "environment", $"Expected a name of at most {LongestEnvironment} characters in 'environment'", $"found {name.Length}", "give the GitHub environment's name");
        }

        // Said before anything is sent, not when the record is written.
        if (ledger is not null && name is not null && !EnvironmentName.IsUsable(name))
        {
            inputs.Add(
                FaultCodes.InputInvalid, "environment", "Expected letters, digits, spaces and . _ - in 'environment', beginning with a letter or digit, because it names a folder of the ledger",
                $"found {PlainText.Quote(name)}", "give the environment another name, or say ledger: none");
        }

        return name ?? cluster?.Name ?? "";
    }

    /// <summary>The directory of a `file:` ledger; null for `none`.</summary>
    public static string? Ledger(InputReader inputs, RunnerEnvironment environment)
    {
        switch (inputs.Text("ledger"))
        {
            case "none":
                return null;
            case null:
                if (environment.InGitHub)
                {
                    inputs.Add(new Fault(FaultCodes.LedgerFailed, "a ledger that outlives this runner", $"'ledger' is not set, so records go to {DefaultLedger} in the workspace", $"keep that directory (cache or artifact), or say ledger: none", "ledger").AsWarning());
                }

                return Resolve(inputs, environment, DefaultLedger);
            case var text when text.StartsWith("file:", StringComparison.Ordinal) && text.Length > "file:".Length:
                return Resolve(inputs, environment, text);
            case var text:
                inputs.Add(FaultCodes.InputUnknownValue, "ledger", "Expected none or file:<directory> in 'ledger'", $"found {PlainText.Quote(text)}", "use one of them; other ledgers come with later versions");
                return null;
        }
    }

    private static string? Resolve(InputReader inputs, RunnerEnvironment environment, string text)
    {
        var path = WorkspacePath.Resolve(environment, text["file:".Length..], "ledger");
        foreach (var fault in path.Faults)
        {
            inputs.Add(fault);
        }

        return path.IsOk ? path.Value.Full : null;
    }
}
