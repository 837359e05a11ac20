using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.GitHub;
using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.Store;

namespace Actions.Cli.PromoteArtifact;

/// <summary>Finds the release that runs in the source environment, fetches its bytes for the target, and looks at both chains. Reads only.</summary>
internal sealed class PromoteObserver(ActionContext context, PromoteArtifactInputs inputs, ILedger ledger, IStore store)
{
    private readonly List<Fault> problems = [];

    private PromoteScope Scope => inputs.Scope;

    private string From => Scope.From!;

    public async Task<PromoteSighting> LookAsync(CancellationToken cancellation)
    {
        var records = new List<(IReadOnlyList<LedgerRecord> Source, IReadOnlyList<LedgerRecord> Target)>();
        foreach (var program in Scope.Programs)
        {
            records.Add((await ledger.ReadAsync(From, program.FromId!.Value, cancellation), await ledger.ReadAsync(Scope.To, program.Id!.Value, cancellation)));
        }

        var source = SourceCluster(records.SelectMany(pair => pair.Source));
        using var sourceRpc = source.Connect(context.Http, context.Time);
        using var targetRpc = inputs.Cluster.Connect(context.Http, context.Time);
        problems.AddRange(await OpenSourceAsync(sourceRpc, cancellation));
        problems.AddRange(await targetRpc.OpenAsync(cancellation));
        var chain = new List<(ProgramOnChain Source, ProgramOnChain Target)>();
        foreach (var program in Scope.Programs)
        {
            chain.Add(((await new VerifyObserver(sourceRpc, source.Commitment).LookAsync(program.FromId!.Value, cancellation)).Value,
                (await new VerifyObserver(targetRpc, inputs.Cluster.Commitment).LookAsync(program.Id!.Value, cancellation)).Value));
        }

        var seen = Scope.Programs.Select((program, i) => new SeenProgram(program, program.Name ?? "")
        {
            SourceRecords = OfCluster(records[i].Source, sourceRpc.GenesisHash),
            TargetRecords = OfCluster(records[i].Target, targetRpc.GenesisHash),
            Source = State(chain[i].Source),
            Target = State(chain[i].Target),
        }).ToList();
        seen = await CountedAsync(seen, cancellation);
        var running = chain.ConvertAll(pair => pair.Source);
        var stored = await new RunningRelease(inputs, store).FindAsync(seen, running, cancellation);
        var programs = await FetchAsync(seen, running, stored.Manifest, cancellation);
        foreach (var program in programs)
        {
            await CheckSignatureAsync(program, sourceRpc, source.Commitment, cancellation);
        }

        problems.AddRange(SourceCheck.Given(inputs.Given, stored.Manifest, programs, Scope.ToVariant));
        return new PromoteSighting
        {
            Version = SemVer.TryParse(stored.Manifest.Version)!,
            Manifest = stored.Manifest,
            Json = stored.Json,
            Programs = programs,
            Source = await new SoakClock(sourceRpc, source.Commitment).LookAsync(From, programs, cancellation),
            Problems = problems,
            Clusters = [(From, source.Cluster.Name, sourceRpc.GenesisHash), (Scope.To, inputs.Cluster.Cluster.Name, targetRpc.GenesisHash)],
        };
    }

    /// <summary>What is wrong with the source's endpoints is wrong with the input that names them.</summary>
    private static async Task<IEnumerable<Fault>> OpenSourceAsync(RpcClient rpc, CancellationToken cancellation)
    {
        try
        {
            return (await rpc.OpenAsync(cancellation)).Select(OfSource);
        }
        catch (FaultException problem)
        {
            throw new FaultException([.. problem.Faults.Select(OfSource)]);
        }

        static Fault OfSource(Fault fault) => fault with { Input = "from-rpc-url" };
    }

    /// <summary>Compares each program's build for the source with what runs there, and fetches its build for the target.</summary>
    private async Task<List<SeenProgram>> FetchAsync(List<SeenProgram> seen, List<ProgramOnChain> running, Manifest manifest, CancellationToken cancellation)
    {
        List<SeenProgram> programs = [];
        foreach (var (program, chain) in seen.Zip(running))
        {
            var name = program.Program.Name ?? RunningRelease.OnlyProgram(manifest, chain) ?? manifest.Artifacts[0].Program;
            if (manifest.Artifact(name, Scope.FromVariant) is { } expected)
            {
                problems.AddRange(SourceCheck.Chain(name, From, expected, chain));
                problems.AddRange(SourceCheck.Record(name, manifest, expected, LedgerRules.Current(program.SourceRecords, program.Source?.ExecutableHash)));
            }
            else
            {
                problems.Add(new Fault(FaultCodes.VariantMissing, $"Expected a build for {From} ({name}@{Scope.FromVariant}) in the manifest of {manifest.Version}", "found none, so nobody can tell that it runs there", "build all variants of a release in one job", "from"));
            }

            programs.Add(await FetchAsync(program with { Name = name }, manifest, cancellation));
        }

        return programs;
    }

    private async Task<SeenProgram> FetchAsync(SeenProgram program, Manifest manifest, CancellationToken cancellation)
    {
        if (manifest.Artifact(program.Name, Scope.ToVariant) is not { } artifact)
        {
            return program;
        }

        var bytes = await store.FetchAsync(manifest, StoredFile.Of(artifact), cancellation);
        problems.AddRange(SourceCheck.Bytes(artifact, bytes));
        return program with
        {
            Artifact = artifact,
            Bytes = bytes,
            Idl = artifact.Idl is { } idl ? await store.FetchAsync(manifest, StoredFile.Of(idl), cancellation) : default,
        };
    }

    private async Task CheckSignatureAsync(SeenProgram program, RpcClient rpc, Commitment commitment, CancellationToken cancellation)
    {
        if (LedgerRules.Standing(program.SourceRecords, program.Source?.ExecutableHash) is { Facts.Signature: { } signature } standing)
        {
            var status = await rpc.GetStatusesAsync([signature], cancellation, searchHistory: true);
            if ((SourceCheck.Signature(program.Name, standing, status.Value[0]) ?? await new ReleaseEvidence(rpc, commitment).JudgeAsync(program.Name, standing, cancellation)) is { } problem)
            {
                problems.Add(problem);
            }
        }
    }

    /// <summary>Without the checks of the running releases that anybody could have written.</summary>
    private async Task<List<SeenProgram>> CountedAsync(List<SeenProgram> seen, CancellationToken cancellation)
    {
        if (!inputs.Records.IsLedgerOnGitHub || inputs.Records.Connect(context) is not { } client || inputs.Rules is { RequireSmoke: false, RequireVerified: false })
        {
            return seen;
        }

        var everything = seen.SelectMany(program => program.SourceRecords).ToList();
        var current = seen.Select(program => LedgerRules.Current(program.SourceRecords, program.Source?.ExecutableHash)).OfType<LedgerRecord>().ToList();
        var shared = current.Select(release => release.Facts.ReleaseId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var releases = everything.Where(record => record.Facts.ReleaseId is { } id && shared.Contains(id)).Concat(current).Select(record => record.Id).ToHashSet(StringComparer.Ordinal);
        var evidence = new CheckEvidence(client, new GitHubRuns(client, context.Environment.ServerUrl), inputs.TrustedWorkflows, problems.Add);
        var uncounted = await evidence.UncountedAsync(everything, releases, cancellation);
        return seen.ConvertAll(program => program with { SourceRecords = [.. program.SourceRecords.Where(record => !uncounted.Contains(record.Id))] });
    }

    /// <summary>The release file's, else what the records or the environment's name say, else the target's.</summary>
    private ClusterInputs SourceCluster(IEnumerable<LedgerRecord> records)
    {
        var recorded = records.LastOrDefault(record => record.Facts.Cluster is not null)?.Facts.Cluster;
        var cluster = Scope.Source?.Cluster ?? (recorded is null ? null : Cluster.FromName(recorded)) ?? Cluster.FromName(From) ?? inputs.Cluster.Cluster;
        return inputs.Cluster.Of(cluster, inputs.FromUrls, inputs.HasCommitment, context.Masker);
    }

    /// <summary>Records of another cluster are about another program of the same id.</summary>
    private static List<LedgerRecord> OfCluster(IReadOnlyList<LedgerRecord> records, string genesis) =>
        [.. records.Where(record => record.Facts.GenesisHash is null || record.Facts.GenesisHash == genesis)];

    private static ChainState State(ProgramOnChain program) => program is ProgramOnChain.Running running
        ? new ChainState(running.ExecutableHash) { Slot = running.Slot, UpgradeAuthority = running.Authority }
        : new ChainState((string?)null);
}
