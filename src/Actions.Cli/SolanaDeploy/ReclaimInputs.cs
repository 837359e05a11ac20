using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The inputs of `solana-deploy` with `mode: reclaim`, read and checked all at once.</summary>
/// <param name="Payer">Whose buffers are closed.</param>
/// <param name="Reclaim">Which of them.</param>
internal sealed record ReclaimInputs(ClusterInputs Cluster, KeyInput Payer, Reclaim Reclaim, PriorityFee PriorityFee, ulong MaxPriorityFee, RecordInputs Records, bool IsDryRun)
{
    public const string Mode = "reclaim";

    /// <summary>Inputs that say what to deploy: whoever gives one of them means another mode.</summary>
    private static readonly string[] OfDeploys =
    [
        "program", "program-id", "program-keypair", "upgrade-authority", "new-authority", "buffer-authority", "manifest", "confirm-final", "nonce-account", "release-file", "only", "max-spend", "registry", "config-files",
    ];

    public static Result<ReclaimInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        foreach (var name in OfDeploys.Where(inputs.Has))
        {
            inputs.Add(FaultCodes.InputConflict, name, $"Expected no '{name}' with mode: reclaim", "found one", "remove it: nothing is deployed, and buffers of the payer are closed");
        }

        if (inputs.Flag("execute") ?? false)
        {
            inputs.Add(FaultCodes.InputConflict, "execute", "Expected no execute: true with mode: reclaim", "found it", "remove it");
        }

        var cluster = ReadCluster(inputs, context);
        inputs.Require("payer", "the key whose buffers are closed");
        var payer = inputs.Key("payer");
        var isDryRun = inputs.Flag("dry-run") ?? false;
        if (payer is KeyInput.Named && !isDryRun)
        {
            inputs.Add(payer.ToSigner("payer").Faults[0]);
        }

        var reclaim = SolanaDeployInputs.ReadReclaim(inputs);
        if (reclaim is Reclaim.None && inputs.Text("reclaim") is null or "none")
        {
            inputs.Add(FaultCodes.InputMissing, "reclaim", "Expected idle, or the address of a buffer, in 'reclaim' with mode: reclaim", "found none", "add `reclaim: idle`");
        }

        var (price, highest) = SolanaDeployInputs.ReadPrice(inputs);
        var records = RecordInputs.Read(context, hasStore: false);
        return inputs.Finish(() => new ReclaimInputs(cluster!, payer!, reclaim, price, highest, records, isDryRun));
    }

    /// <summary>As a fleet's, so that one list of endpoints serves both: lines may begin with their cluster, and those of others are left alone.</summary>
    private static ClusterInputs? ReadCluster(InputReader inputs, ActionContext context)
    {
        inputs.Require("cluster", "the cluster to work on: mainnet-beta, testnet, devnet or localnet");
        var maxRps = inputs.Number("max-rps", 1, ClusterInputs.HighestRps);
        return inputs.Cluster() is { } cluster ? ClusterInputs.ReadAll(inputs, context.Masker, [cluster])[0] with { MaxRps = maxRps } : null;
    }
}
