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
}
