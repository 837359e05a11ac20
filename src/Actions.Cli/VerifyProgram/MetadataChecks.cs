using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Metadata;

namespace Actions.Cli.VerifyProgram;

/// <summary>Compares what is published about a program with what is expected. Pure.</summary>
internal static class MetadataChecks
{
    private const string Input = "published-idl";
    private const string Expected = "Expected the program's IDL on chain (program-metadata)";

    /// <param name="sight">Null where nobody looked.</param>
    public static IEnumerable<VerifyCheck> Of(VerifyRequest request, MetadataSight? sight)
    {
        if (request.IdlRule == IdlRule.Off)
        {
            yield break;
        }

        var severity = request.IdlRule == IdlRule.Require ? Severity.Error : Severity.Warning;
        if (sight?.IdlSha256 is not { } found)
        {
            yield return new VerifyCheck("IDL", request.Idl?.Sha256 ?? "one on chain", "none")
            {
                Finding = new Finding(
                    FindingKinds.PublishedIdlMissing, severity, Expected, $"found {sight?.IdlProblem ?? "none"}", "publish it with solana-deploy (idl), signed by the upgrade authority", Input),
            };
        }
        else if (request.Idl is not { } expected)
        {
            yield return new VerifyCheck("IDL", "one on chain", found);
        }
        else
        {
            yield return new VerifyCheck("IDL", expected.Sha256, found)
            {
                IsCode = true,
                Finding = found == expected.Sha256 ? null : new Finding(
                    FindingKinds.PublishedIdlMismatch, Severity.Error, $"{Expected} to be that of {expected.Source}, sha256 {expected.Sha256}", $"found sha256 {found}",
                    "find out which build it belongs to; publish the one of the release that runs", Input),
            };
        }
    }

    /// <summary>A security.txt that is published counts for a program that carries none; what is in the bytes comes first.</summary>
    public static SecurityTxt? SecurityTxt(SecurityTxt? inBytes, MetadataSight? sight) => inBytes is null && sight?.Security is { } problem
        ? new SecurityTxt(new Dictionary<string, string> { ["name"] = "its account on chain" }, problem.Length == 0 ? [] : [problem])
        : inBytes;
}
