using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Rpc;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What all programs of one run share: where they go, and where it is recorded.</summary>
internal sealed record DeploySite(ActionContext Context, ClusterInputs Cluster, RpcClient Rpc, RecordBook Book);
