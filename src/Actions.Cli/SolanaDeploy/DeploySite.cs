using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Ledger;
using Actions.Core.Rpc;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What all programs of one run share: where they go, and where it is recorded.</summary>
/// <param name="LedgerDirectory">Of a `file:` ledger, whose files are given to the workspace's owner; null for any other.</param>
internal sealed record DeploySite(ActionContext Context, ClusterInputs Cluster, string Environment, RpcClient Rpc, ILedger Ledger, string? LedgerDirectory)
{
    /// <summary>Whether the run of an open record is over.</summary>
    public RunProbe Probe { get; init; } = RunProbe.Local;

    /// <summary>In a container this process is root: what it writes into the workspace belongs to whoever owns the workspace.</summary>
    public async Task AppendAsync(LedgerEvent entry, CancellationToken cancellation)
    {
        try
        {
            await Ledger.AppendAsync(entry, cancellation);
        }
        finally
        {
            if (LedgerDirectory is { } directory)
            {
                Context.Files.GiveToOwner(FileLedger.Written(directory));
            }
        }
    }
}
