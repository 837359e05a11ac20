using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Releases;
using Actions.Core.Rpc;
using Actions.Core.Runner;

namespace Actions.Cli.LedgerTool;

/// <summary>The options of `ledger prune`, read and checked all at once.</summary>
internal sealed record PruneInputs(ReleaseFile File, RecordInputs Records, bool IsApplied, TimeSpan Timeout)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    private IReadOnlyDictionary<string, IReadOnlyList<RpcUrl>> Urls { get; init; } = new Dictionary<string, IReadOnlyList<RpcUrl>>();

    public static Result<PruneInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        inputs.Require("release-file", "the environments and their retention");
        var file = ReleaseFile.Read(inputs);
        var urls = ReadUrls(inputs, file);
        var isApplied = inputs.Flag("apply") ?? false;
        var timeout = inputs.Duration("timeout") ?? DefaultTimeout;
        var records = RecordInputs.Read(context, hasStore: true);
        if (!records.HasLedger)
        {
            inputs.Add(FaultCodes.InputInvalid, "ledger", "Expected the ledger, which says what was released", "found none", "give file:<dir> or github");
        }

        return inputs.Finish(() => new PruneInputs(file!, records, isApplied, timeout) { Urls = urls });
    }

    /// <summary>How to reach the cluster of an environment.</summary>
    public ClusterInputs ClusterOf(ReleaseEnvironment environment, Masker masker)
    {
        var any = new ClusterInputs(environment.Cluster, [RpcUrl.Parse(environment.Cluster.DefaultEndpoint.AbsoluteUri, masker).Value], null, Commitment.Confirmed, Timeout);
        return any.Of(environment.Cluster, Urls.GetValueOrDefault(environment.Name) ?? [], hasCommitment: true, masker);
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<RpcUrl>> ReadUrls(InputReader inputs, ReleaseFile? file)
    {
        var urls = inputs.RpcUrlMap("rpc-url");
        foreach (var name in urls.Keys.Where(name => file is not null && file.Environment(name) is null))
        {
            inputs.Add(
                FaultCodes.InputUnknownValue, "rpc-url", $"Expected <environment>=<url> with one of the release file's environments: {string.Join(", ", file!.Environments.Select(environment => environment.Name))}",
                $"found {PlainText.Quote(name)}", "correct it");
        }

        return urls;
    }
}
