using System.Globalization;
using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.VerifyProgram;

/// <summary>Compares what the upgrade authority says about the program's build with what is expected. Pure.</summary>
/// <remarks>A claim is only a claim: whether that source gives these bytes only a build can tell.</remarks>
internal static class BuildClaimChecks
{
    private const string Input = "verified-build";

    /// <summary>The comparisons; when there is nothing to compare with, one that says so.</summary>
    public static IEnumerable<VerifyCheck> Of(VerifyRequest request, ProgramOnChain.Running running, BuildClaimSight? sight)
    {
        if (request.VerifiedBuild == VerifiedBuildRule.Off)
        {
            yield break;
        }

        if (sight?.Claim is not { } claim)
        {
            yield return Missing(request, running);
            yield break;
        }

        yield return new VerifyCheck("Build claim", "one of the upgrade authority", $"{Text(claim.Repository)} at {Text(claim.Commit)}");
        if (request.Repository is { } repository)
        {
            yield return Source("repository", repository.AbsoluteUri, claim.Repository, SourceClaim.IsIn(claim.Repository, repository));
        }

        if (request.Commit is { } commit)
        {
            yield return Source("commit", commit, claim.Commit, SourceClaim.IsSameCommit(claim.Commit, commit));
        }

        yield return Age(claim, running, sight);
    }

    private static VerifyCheck Missing(VerifyRequest request, ProgramOnChain.Running running) => new("Build claim", "one of the upgrade authority", "none")
    {
        Finding = new Finding(
            FindingKinds.VerifiedBuildMissing, request.VerifiedBuild == VerifiedBuildRule.Require ? Severity.Error : Severity.Warning,
            "Expected the upgrade authority to say on chain (otter-verify) what the program was built from",
            running.Authority is { } authority ? $"found no such claim of {authority}; what others claim does not count" : "found a program without an upgrade authority, for which nobody can speak",
            "write it with solana-verify, signed by the upgrade authority; of a vault inside a transaction of the vault", Input),
    };

    private static VerifyCheck Source(string input, string expected, string claimed, bool agrees) => new($"Build claim's {input}", expected, Text(claimed))
    {
        Finding = agrees ? null : new Finding(
            FindingKinds.VerifiedBuildMismatch, Severity.Error, $"Expected the build claim to name the {input} {expected}", $"found {PlainText.Quote(claimed)}",
            "find out what was deployed; then build that source again, and write the claim anew", input),
    };

    private static VerifyCheck Age(BuildClaim claim, ProgramOnChain.Running running, BuildClaimSight sight)
    {
        var expected = "written after the last upgrade";
        if (sight.UpgradedAfter is { } upgraded)
        {
            return new VerifyCheck("Build claim's age", expected, Slot(upgraded, "an upgrade came later, in slot"))
            {
                Finding = new Finding(
                    FindingKinds.VerifiedBuildStale, Severity.Error, "Expected a build claim about the bytes that run", $"found one that is older than the upgrade in slot {upgraded}",
                    "build what was deployed, compare, and write the claim anew", Input),
            };
        }

        return claim.DeploySlot >= running.Slot
            ? new VerifyCheck("Build claim's age", expected, Slot(claim.DeploySlot, "made for slot"))
            : new VerifyCheck("Build claim's age", expected, sight.IsHistoryKnown ? "no upgrade since" : "the node does not know any more")
            {
                Finding = new Finding(
                    FindingKinds.VerifiedBuildSlot, Severity.Warning, $"Expected a build claim for the program's last change, in slot {running.Slot}",
                    $"found one for slot {claim.DeploySlot}{(sight.IsHistoryKnown ? "; no upgrade came after it" : ", and the node does not know whether an upgrade came after it")}",
                    "nothing, if it was written in the same transaction of a vault as the upgrade, or the program was only extended since; else write it anew", Input),
            };
    }

    private static string Text(string claimed) => PlainText.Bound(PlainText.CleanLine(claimed), 200);

    private static string Slot(ulong slot, string what) => string.Create(CultureInfo.InvariantCulture, $"{what} {slot}");
}
