using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.Inputs;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Runner;

namespace Actions.Cli.PromoteArtifact;

/// <summary>The inputs of `promote-artifact`, read and checked all at once.</summary>
public sealed record PromoteArtifactInputs
{
    private const long LongestProgram = LoaderProgram.MaxAccountLength;

    private static readonly string[] OfBuildOnly = ["idl", "toolchain", "attachments"];

    private static readonly TimeSpan SoakBeforeMainnet = TimeSpan.FromHours(24);

    public required PromoteScope Scope { get; init; }

    /// <summary>The target's.</summary>
    public required ClusterInputs Cluster { get; init; }

    /// <summary>The endpoints of the source's cluster; empty where the default applies.</summary>
    public required IReadOnlyList<RpcUrl> FromUrls { get; init; }

    /// <summary>Whether `commitment` was said, and is not the default of the target's cluster.</summary>
    public required bool HasCommitment { get; init; }

    /// <summary>Null for what runs in `from`.</summary>
    public required SemVer? Version { get; init; }

    public required GateRules Rules { get; init; }

    public required string? Phrase { get; init; }

    public required RecordInputs Records { get; init; }

    /// <summary>Workflows whose checks count, besides the one that wrote the release.</summary>
    public required IReadOnlyList<string> TrustedWorkflows { get; init; }

    /// <summary>Null for the default.</summary>
    public required WorkspacePath? OutputDirectory { get; init; }

    public required bool IsDryRun { get; init; }

    /// <summary>Null unless `from` is the build.</summary>
    public required BuildInputs? Build { get; init; }

    /// <summary>Files that must be the ones promoted; only where `from` is an environment.</summary>
    public required IReadOnlyList<GivenFile> Given { get; init; }

    public static Result<PromoteArtifactInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        var scope = PromoteScope.Read(inputs);
        var cluster = ClusterInputs.Read(inputs, context.Masker, hasMaxRps: false, isSuppliedElsewhere: scope is null && inputs.Has("release-file"));
        var fromUrls = SourceUrls(inputs, scope);
        var version = GivenVersion(inputs, scope);
        var explicitGates = new ExplicitGates(inputs.Duration("min-soak"), inputs.Flag("require-smoke"), inputs.Flag("require-verified"));
        var (isDowngrade, isUndone, isProtected) = (inputs.Flag("allow-downgrade"), inputs.Flag("allow-undone"), inputs.Flag("require-protected-environment"));
        var phrase = inputs.Text("phrase");
        var comeLater = inputs.Choice("approvals", ("required", false), ("later", true)) ?? false;
        var isDryRun = inputs.Flag("dry-run") ?? false;
        var output = inputs.Path("output-dir");
        var records = RecordInputs.Read(context, hasStore: true);
        var workflows = inputs.Lines("trusted-workflows");
        var (build, given) = Files(inputs, scope);
        CheckEnvironments(inputs, scope, records.LedgerDirectory);
        return inputs.Finish(() => new PromoteArtifactInputs
        {
            Scope = scope!,
            Cluster = cluster!,
            FromUrls = fromUrls,
            HasCommitment = inputs.Has("commitment"),
            Version = version,
            Rules = GateRules.Stricter(scope!.Target?.Gates ?? new ReleaseGates(), explicitGates, cluster!.Cluster == Core.Solana.Cluster.MainnetBeta ? SoakBeforeMainnet : TimeSpan.Zero) with
            {
                RequireProtectedEnvironment = isProtected ?? (cluster.Cluster == Core.Solana.Cluster.MainnetBeta && records.IsLedgerOnGitHub),
                AllowDowngrade = isDowngrade ?? false,
                AllowUndone = isUndone ?? false,
                ApprovalsComeLater = comeLater,
            },
            Phrase = phrase,
            Records = records,
            TrustedWorkflows = workflows,
            OutputDirectory = output,
            IsDryRun = isDryRun,
            Build = build,
            Given = given,
        });
    }

    /// <summary>What is said of the target's endpoints before their first use, said of the source's.</summary>
    private static IReadOnlyList<RpcUrl> SourceUrls(InputReader inputs, PromoteScope? scope)
    {
        var urls = inputs.RpcUrls("from-rpc-url");
        foreach (var url in urls)
        {
            if (scope?.Source is { } source && Core.Solana.Cluster.FromPublicHost(url.Host) is { } other && other != source.Cluster)
            {
                inputs.Add(FaultCodes.ClusterMismatch, "from-rpc-url", $"Expected an endpoint of {source.Cluster}", $"found {url}, the public endpoint of {other}", "correct from-rpc-url");
            }

            if (url.IsLoopback && inputs.InContainerAction)
            {
                inputs.Add(FaultCodes.LoopbackInContainer, "from-rpc-url", "Expected an endpoint that this container can reach", $"found {url}, which is the container itself",
                    "run the node as a services: container and give its name, such as http://localnet:8899");
            }
        }

        return urls;
    }

    private static SemVer? GivenVersion(InputReader inputs, PromoteScope? scope)
    {
        if (scope is { From: null })
        {
            inputs.Require("version", "the version of this build, such as 1.2.3");
        }

        if (inputs.Text("version") is not { } text)
        {
            return null;
        }

        var version = SemVer.TryParse(text);
        if (version is null)
        {
            inputs.Add(FaultCodes.InputInvalid, "version", "Expected a version as SemVer 2 has it, such as 1.2.3 or v1.2.3-rc.1, in 'version'", $"found {PlainText.Quote(text)}", "correct it");
        }

        return version;
    }

    private static (BuildInputs? Build, IReadOnlyList<GivenFile> Given) Files(InputReader inputs, PromoteScope? scope)
    {
        if (scope is { From: null })
        {
            return (BuildInputs.Read(inputs, scope), []);
        }

        // Asked for in every case, so that a test can compare what is read with the contract.
        foreach (var name in OfBuildOnly.Where(inputs.Has).Where(_ => scope is not null))
        {
            inputs.Add(FaultCodes.InputConflict, name, $"Expected '{name}' only with from: build", $"found it with from: {scope!.From}", "remove it: the manifest of the build has it");
        }

        return (null, [.. ProgramLine.ReadAll(inputs, "program").Select(line => (line, File: inputs.FileAt("program", line.Path, LongestProgram)))
            .Where(given => given.File is not null).Select(given => new GivenFile(given.line.Program, given.line.Variant, given.File!))]);
    }

    private static void CheckEnvironments(InputReader inputs, PromoteScope? scope, string? ledger)
    {
        foreach (var (input, name) in new[] { ("to", scope?.To), ("from", scope?.From) })
        {
            if (ledger is not null && name is not null && !EnvironmentName.IsUsable(name))
            {
                inputs.Add(FaultCodes.InputInvalid, input, $"Expected letters, digits, spaces and . _ - in '{input}', beginning with a letter or digit, because it names a folder of the ledger", $"found {PlainText.Quote(name)}", "give the environment another name, or say ledger: none");
            }
        }
    }
}

/// <summary>A file that must be the one the manifest describes.</summary>
public sealed record GivenFile(string? Program, string? Variant, InputFile File);
