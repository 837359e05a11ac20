using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.GitHub;
using Actions.Core.Ledger;
using Actions.Core.Metadata;
using Actions.Core.Releases;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.Store;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Fleet;

/// <summary>Reads what a judgement about a fleet rests on: clusters, ledger, store, GitHub. Changes nothing.</summary>
internal sealed class FleetEvidenceReader(ActionContext context, FleetInputs inputs)
{
    /// <param name="known">What the last run saw.</param>
    public async Task<FleetEvidence> ReadAsync(FleetSnapshot? known, CancellationToken cancellation)
    {
        Dictionary<Cluster, ClusterSight> clusters = [];
        foreach (var cluster in inputs.Clusters)
        {
            clusters[cluster.Cluster] = await LookAsync(cluster, known, cancellation);
        }

        var records = inputs.Records.HasLedger
            ? (await inputs.Records.OpenLedger(context).ReadAllAsync(cancellation)).ToLookup(record => (record.Environment, record.ProgramId))
            : null;
        var evidence = new FleetEvidence(clusters, known, context.Time.GetUtcNow())
        {
            Records = records,
            Keys = inputs.Keys,
            ServerUrl = context.Environment.ServerUrl,
            Environments = await EnvironmentsAsync(cancellation),
            Approvals = inputs.Releases.SelectMany(release => release.Environments).ToLookup(environment => environment.Name, environment => environment.Gates.Approvals),
        };
        return evidence with { Manifests = await ManifestsAsync(evidence, cancellation) };
    }

    /// <summary>The version that a record says it put there; null where it does not say.</summary>
    public static (string Name, string Version)? BuildOf(LedgerRecord record) =>
        record.Facts is { Name: { } name, Version: { } version } && ReleaseName.IsUsable(name) && SemVer.TryParse(version) is { } known ? (name, known.Text) : null;

    private async Task<ClusterSight> LookAsync(ClusterInputs cluster, FleetSnapshot? known, CancellationToken cancellation)
    {
        using var rpc = cluster.Connect(context.Http, context.Time);
        foreach (var warning in await rpc.OpenAsync(cancellation))
        {
            context.Partial.Warn(warning);
        }

        IReadOnlyList<FleetProgram> programs = [.. inputs.Programs.Where(program => program.Cluster == cluster.Cluster)];
        IReadOnlyList<Address> payers = [.. inputs.Fleet.Payers.Where(payer => payer.Cluster == cluster.Cluster).Select(payer => payer.Address)];
        var declared = new FleetDeclared(programs, payers, [.. programs.SelectMany(program => program.Config).Select(config => config.Account)]);
        var sight = await new FleetObserver(rpc, cluster.Commitment, known).LookAsync(cluster.Cluster, declared, cancellation);
        context.Log.Line($"{cluster.Cluster} (genesis {sight.GenesisHash}): {sight.Programs.Count} programs at slot {sight.Slot}, the bytes of {sight.BytesRead} read.");
        var authorities = sight.Programs.Values.Select(program => program.Authority).OfType<Address>().Concat(payers).ToHashSet();
        var (buffers, warned) = await new BufferFinder(rpc, cluster.Commitment, known).FindAsync(authorities, cancellation);
        if (warned is not null)
        {
            context.Partial.Warn(warned);
        }

        return await PublishedAsync(rpc, cluster.Commitment, programs, sight with { Buffers = buffers }, known, cancellation);
    }

    /// <summary>What is said on chain about the programs that somebody wants to know it of.</summary>
    private static async Task<ClusterSight> PublishedAsync(
        RpcClient rpc, Commitment commitment, IReadOnlyList<FleetProgram> programs, ClusterSight sight, FleetSnapshot? known, CancellationToken cancellation)
    {
        List<FleetProgram> running = [.. programs.Where(program => sight.Programs[program.Id].Ended is null)];
        var claimed = from id in running.Where(program => program.VerifiedBuild is not (null or VerifiedBuildRule.Off)).Select(program => program.Id).Distinct()
                      where sight.Programs[id].Authority is not null
                      select (id, sight.Programs[id].Authority!.Value, sight.Programs[id].Slot);
        var described = running.Where(program => program.PublishedIdl is not (null or IdlRule.Off)).Select(program => program.Id).Distinct();
        return sight with
        {
            Claims = await new ClaimReader(rpc, commitment, known).ReadAsync([.. claimed], sight.NewestSlot, cancellation),
            Idls = await new IdlReader(rpc, commitment).ReadAsync([.. described], sight.NewestSlot, cancellation),
        };
    }

    /// <summary>The versions that are expected to run, and those that records say run.</summary>
    private async Task<IReadOnlyDictionary<(string, string), Manifest?>> ManifestsAsync(FleetEvidence evidence, CancellationToken cancellation)
    {
        IEnumerable<(string Name, string Version)?> wanted =
        [
            .. inputs.Programs.Select(program => program.Release is { } release ? (release.Name, release.Version.Text) : ((string, string)?)null),
            .. inputs.Programs.Where(program => evidence.SightOf(program).Facts is not null)
                .Select(program => LedgerRules.Current(evidence.RecordsOf(program), evidence.SightOf(program).Facts!.ExecutableHash) is { } current ? BuildOf(current) : null),
        ];
        var store = inputs.Records.OpenStore(context);
        Dictionary<(string, string), Manifest?> manifests = [];
        foreach (var (name, version) in wanted.OfType<(string Name, string Version)>().Distinct())
        {
            manifests[(name, version)] = (await store.FindAsync(name, SemVer.TryParse(version)!, cancellation))?.Manifest;
        }

        return manifests;
    }

    private async Task<IReadOnlyDictionary<string, GitHubEnvironment?>> EnvironmentsAsync(CancellationToken cancellation)
    {
        Dictionary<string, GitHubEnvironment?> environments = new(StringComparer.Ordinal);
        var client = inputs.Records.Connect(context);
        foreach (var name in EnvironmentJudge.NamesOf(inputs.Fleet.Environments))
        {
            try
            {
                environments[name] = await client!.FindEnvironmentAsync(name, cancellation);
            }
            catch (GitHubException problem) when (problem.Problem.Kind is GitHubProblemKind.Denied or GitHubProblemKind.NotFound)
            {
                environments[name] = null; // what may not be seen is not known to be protected
            }
            catch (GitHubException problem)
            {
                throw new FaultException(problem.Problem.ToFault(FaultCodes.GitHubFailed, "Expected GitHub to say how its environments are protected"));
            }
        }

        return environments;
    }
}
