using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Runner;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Publish;

/// <summary>Reads `verified-build` and what goes with it: where the source is.</summary>
internal sealed class ClaimInputs
{
    /// <summary>The release of solana-verify whose arguments are meant.</summary>
    private const string ArgumentsOf = "0.4.12";

    /// <summary>What still fits into a transaction beside two signatures.</summary>
    private const int MostBytes = 700;

    private readonly InputReader inputs;
    private readonly RunnerEnvironment environment;
    private readonly string? repository;
    private readonly string? commit;
    private readonly IReadOnlyList<string> arguments;
    private readonly Uri? api;
    private readonly ClaimRule rule;

    /// <param name="cluster">Null when it is at fault.</param>
    public ClaimInputs(ActionContext context, Cluster? cluster, DeployMode mode, DeployKeys? keys, bool isDryRun)
    {
        (inputs, environment) = (context.Inputs, context.Environment);
        rule = inputs.Choice("verified-build", ("off", ClaimRule.Off), ("write", ClaimRule.Write), ("export", ClaimRule.Export)) ?? ClaimRule.Off;
        repository = inputs.Text("repository");
        commit = inputs.Text("commit");
        arguments = [.. inputs.Lines("build-args").SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        var given = inputs.Text("verify-api-url") is { } url ? RpcUrl.Parse(url, context.Masker, "verify-api-url") : null;
        foreach (var fault in given?.Faults ?? [])
        {
            inputs.Add(fault);
        }

        // Nobody else than that service's own cluster is built for there; another address is somebody's own service.
        api = given is { IsOk: true } ? given.Value.Reveal() : cluster == Cluster.MainnetBeta ? RemoteBuilds.Usual : null;
        if (rule != ClaimRule.Off && mode == DeployMode.Buffer)
        {
            inputs.Add(FaultCodes.InputConflict, "verified-build", "Expected verified-build: off with mode: buffer", "found another value", "write the claim with the run that deploys the program");
        }
        else if (rule == ClaimRule.Write && keys is not null && !(mode == DeployMode.Deploy && (keys.UpgradeAuthority is KeyInput.Signer || isDryRun)))
        {
            inputs.Add(FaultCodes.InputConflict, "verified-build", "Expected verified-build: export where the upgrade authority signs elsewhere", "found write", "only the claim of the upgrade authority counts: export it, and let the authority sign it");
        }
    }

    /// <summary>What is claimed of a program; null for nothing, or when an input is at fault.</summary>
    public ClaimRequest? Of(DeployProgram program)
    {
        if (rule == ClaimRule.Off)
        {
            return null;
        }

        var own = program.Manifest?.Repository ?? environment.Repository;
        var source = repository ?? (own is null ? null : $"{environment.ServerUrl}/{own}");
        var revision = commit ?? program.Manifest?.Commit ?? environment["GITHUB_SHA"];
        if (!Uri.TryCreate(source, UriKind.Absolute, out var uri) || uri.Scheme != "https" || uri.UserInfo.Length > 0 || uri.Query.Length > 0)
        {
            inputs.Add(FaultCodes.InputMissing, "repository", "Expected the https address of the repository that the program was built from, without a login, in 'repository'", source is null ? "found none" : "found something else", "add it: without it nobody can build the program again");
            return null;
        }

        if (revision is not { Length: 40 } || !revision.All(char.IsAsciiHexDigitLower))
        {
            inputs.Add(FaultCodes.InputMissing, "commit", "Expected the 40 hex digits of the commit that the program was built from in 'commit'", revision is null ? "found none" : $"found {PlainText.Quote(revision)}", "add it: a branch moves on");
            return null;
        }

        var claim = new BuildClaim(ArgumentsOf, uri.AbsoluteUri, revision, arguments, 0);
        if (claim.Size <= MostBytes)
        {
            return new ClaimRequest(claim, rule == ClaimRule.Export, rule == ClaimRule.Export ? null : api);
        }

        inputs.Add(FaultCodes.InputInvalid, "build-args", $"Expected a claim of at most {MostBytes} bytes", $"found one of {claim.Size}", "shorten the arguments");
        return null;
    }
}

/// <summary>Who signs the claim.</summary>
internal enum ClaimRule
{
    /// <summary>Nothing is claimed.</summary>
    Off,
    Write,

    /// <summary>Somebody else, elsewhere.</summary>
    Export,
}
