using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Runner;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.VerifyProgram;

/// <summary>The inputs of `verify-program`, read and checked all at once.</summary>
/// <param name="Environment">The ledger's key; the cluster's name by default.</param>
/// <param name="Targets">The programs to verify; at least one.</param>
/// <param name="Sarif">Where to write the findings for GitHub's code scanning.</param>
public sealed record VerifyProgramInputs(
    ClusterInputs Cluster, IReadOnlyList<VerifyTarget> Targets, string Environment, RecordInputs Records, bool IsDryRun, FailOn FailOn, WorkspacePath? Sarif)
{
    public static Result<VerifyProgramInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        _ = inputs.Has("store"); // only a fleet needs one
        var scope = ReleaseScope.Read(inputs);
        var cluster = ClusterInputs.Read(inputs, context.Masker, hasMaxRps: false, isSuppliedElsewhere: scope is null && inputs.Has("release-file"));
        var subjects = VerifySubject.Read(inputs, scope);
        var authority = Authority(inputs, scope);
        var securityTxt = inputs.Choice("security-txt", ("off", SecurityTxtRule.Off), ("warn", SecurityTxtRule.Warn), ("require", SecurityTxtRule.Require));
        var verifiedBuild = BuildRule(inputs);
        var idlRule = PublishedRule(inputs);
        _ = inputs.Has("idl");
        IReadOnlyList<ExpectedIdl?> idls = [.. subjects.Select(subject => idlRule == IdlRule.Off ? null : ExpectedIdl.Read(inputs, scope, subject, subjects.Count == 1))];
        var repository = RepositoryUrl(inputs);
        var commit = inputs.Text("commit");
        var failOn = inputs.Choice("fail-on", ("error", FailOn.Error), ("warning", FailOn.Warning), ("never", FailOn.Never));
        var isDryRun = inputs.Flag("dry-run") ?? false;
        var sarif = SarifFile(inputs, context.Environment);
        var records = RecordInputs.Read(context, hasStore: false);
        var environment = CommonInputs.Environment(inputs, cluster?.Cluster, records.LedgerDirectory);
        RequireExpectation(inputs, scope, authority);
        return inputs.Finish(() => new VerifyProgramInputs(
            cluster!,
            [.. subjects.Select((subject, index) => new VerifyTarget(
                subject.Name,
                new VerifyRequest
                {
                    ProgramId = subject.Id,
                    Bytes = subject.Bytes,
                    Authority = authority ?? new ExpectedAuthority.Any(),
                    SecurityTxt = securityTxt ?? SecurityTxtRule.Off,
                    VerifiedBuild = verifiedBuild,
                    IdlRule = idlRule,
                    Idl = idls[index],
                    Repository = repository,
                    Commit = commit,
                    FailOn = failOn ?? FailOn.Error,
                },
                subject.Release))],
            environment,
            records,
            isDryRun,
            failOn ?? FailOn.Error,
            sarif));
    }

    internal static VerifiedBuildRule BuildRule(InputReader inputs) =>
        inputs.Choice("verified-build", ("off", VerifiedBuildRule.Off), ("warn", VerifiedBuildRule.Warn), ("require", VerifiedBuildRule.Require)) ?? VerifiedBuildRule.Off;

    internal static IdlRule PublishedRule(InputReader inputs) =>
        inputs.Choice("published-idl", ("off", IdlRule.Off), ("warn", IdlRule.Warn), ("require", IdlRule.Require)) ?? IdlRule.Off;

    /// <summary>A verification that compares nothing would be a green tick that means nothing.</summary>
    private static void RequireExpectation(InputReader inputs, ReleaseScope? scope, ExpectedAuthority? authority)
    {
        var comparesBytes = scope is not null || inputs.Has("release-file") || inputs.Has("program") || inputs.Has("manifest") || inputs.Has("expected-hash");
        if (!comparesBytes && authority is ExpectedAuthority.Any && inputs.Text("security-txt") is null or "off" && inputs.Text("verified-build") is null or "off" && inputs.Text("published-idl") is null or "off")
        {
            inputs.Add(
                FaultCodes.NothingToVerify, "program", "Expected something to compare the program with", "found no program, manifest, expected-hash, expected-authority, security-txt, verified-build or published-idl",
                "give at least one of them");
        }
    }

    /// <summary>Null when it is at fault. Where the release file says who the upgrade authority is by its address, that is who should have it.</summary>
    private static ExpectedAuthority? Authority(InputReader inputs, ReleaseScope? scope)
    {
        if (!inputs.Has("expected-authority") && Address.TryParse(scope?.Environment.UpgradeAuthority ?? "", out var declared))
        {
            return new ExpectedAuthority.Exactly(declared);
        }

        switch (inputs.Text("expected-authority"))
        {
            case null when inputs.Has("expected-authority"):
                return null;
            case null or "any":
                return new ExpectedAuthority.Any();
            case "none":
                return new ExpectedAuthority.Nobody();
            case var text when Address.TryParse(text, out var address):
                return new ExpectedAuthority.Exactly(address);
            default:
                inputs.Add(
                    FaultCodes.InputInvalid, "expected-authority", "Expected an address (base58 of 32 bytes), none, or any in 'expected-authority'",
                    "found something else (not shown: it could be a key)", "give the address of the authority; for Squads that of the vault, not of the multisig");
                return null;
        }
    }

    private static Uri? RepositoryUrl(InputReader inputs)
    {
        if (inputs.Text("repository") is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.AbsolutePath.Length > 1)
        {
            return uri;
        }

        inputs.Add(
            FaultCodes.InputInvalid, "repository", "Expected the https address of a repository, without a login, in 'repository'", "found something else",
            "give for example https://github.com/${{ github.repository }}");
        return null;
    }

    internal static WorkspacePath? SarifFile(InputReader inputs, RunnerEnvironment environment)
    {
        if (inputs.Path("sarif-file") is not { } path)
        {
            return null;
        }

        if (Directory.Exists(path.Full))
        {
            inputs.Add(FaultCodes.InputInvalid, "sarif-file", "Expected the path of a file in 'sarif-file'", $"found the directory {PlainText.Quote(path.Relative, 200)}", "give a name such as verify.sarif");
        }

        foreach (var name in new[] { "program", "manifest" })
        {
            if (inputs.Text(name) is { } other && WorkspacePath.Resolve(environment, other) is { IsOk: true } resolved && resolved.Value.Full == path.Full)
            {
                inputs.Add(FaultCodes.InputConflict, "sarif-file", $"Expected another file than that of '{name}' in 'sarif-file'", "found the same, which would be overwritten", "give a name such as verify.sarif");
            }
        }

        return path;
    }
}
