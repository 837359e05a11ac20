using System.Globalization;
using System.Security.Cryptography;
using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Runner;

namespace Actions.Cli.VerifyProgram;

/// <summary>What is true of a program, compared with what should be. Pure.</summary>
/// <param name="Program">What was found.</param>
/// <param name="Checks">What was compared, in the order a person reads it.</param>
/// <param name="Findings">Everything that is wrong.</param>
/// <param name="FailOn">The threshold it was judged by.</param>
public sealed record VerifyVerdict(ProgramOnChain Program, IReadOnlyList<VerifyCheck> Checks, IReadOnlyList<Finding> Findings, FailOn FailOn)
{
    private const string ProgramInput = "program-id";

    /// <summary>Stands where no program is, to say what was not compared.</summary>
    private static readonly ProgramOnChain.Running Nothing = new(0, null, default);

    /// <summary>Whether everything expected was found; what `fail-on: never` does not change.</summary>
    public bool IsPositive => !Findings.Any(finding => FailOn.Refutes(finding.Severity));

    public ProgramOnChain.Running? Running => Program as ProgramOnChain.Running;

    /// <summary>Whether what runs is not, byte for byte, the file expected.</summary>
    public bool RunsOtherBytes => Running is null || Findings.Any(finding => FindingKinds.OfBytes.Contains(finding.Kind));

    /// <summary>`none` when nobody can upgrade the program; null when there is none.</summary>
    public string? Authority => Running is { } running ? running.Authority?.ToString() ?? "none" : null;

    /// <param name="claim">Null where nobody looked for one.</param>
    /// <param name="metadata">Null where nobody looked for any.</param>
    public static VerifyVerdict Of(VerifyRequest request, ProgramOnChain program, BuildClaimSight? claim = null, MetadataSight? metadata = null)
    {
        var comparisons = program is ProgramOnChain.Running running ? Comparisons(request, running, claim, metadata) : Comparisons(request, Nothing, claim, metadata).Select(check => check.Skip());
        VerifyCheck[] checks = [Existence(request, program), .. comparisons];
        var findings = checks.Select(check => check.Finding).OfType<Finding>().ToList();
        return new VerifyVerdict(program, checks, findings, request.FailOn);
    }

    public int Count(CheckResult result) => Checks.Count(check => check.Result(FailOn) == result);

    private static VerifyCheck Existence(VerifyRequest request, ProgramOnChain program)
    {
        const string Expected = "a program of the upgradeable loader";
        Finding Wrong(FindingKind kind, string found, string remedy) =>
            new(kind, Severity.Error, $"Expected {Expected} at {request.ProgramId}", $"found {found}", remedy, ProgramInput);

        return program switch
        {
            ProgramOnChain.Running => new VerifyCheck("Program", Expected, "one"),
            ProgramOnChain.Missing { Found: var found } => new VerifyCheck("Program", Expected, found)
            {
                Finding = Wrong(FindingKinds.ProgramMissing, found, "check program-id and cluster; if both are right, nothing was deployed there"),
            },
            ProgramOnChain.Closed => new VerifyCheck("Program", Expected, "a closed one")
            {
                Finding = Wrong(FindingKinds.ProgramClosed, "one that was closed", "find out who closed it: the id can never be used again, so clients need a new one"),
            },
            ProgramOnChain.Foreign { Found: var found } => new VerifyCheck("Program", Expected, found)
            {
                Finding = Wrong(FindingKinds.ProgramForeign, found, "check program-id: give the id that clients call"),
            },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static IEnumerable<VerifyCheck> Comparisons(VerifyRequest request, ProgramOnChain.Running running, BuildClaimSight? claim, MetadataSight? metadata)
    {
        if (request.Bytes is { } bytes)
        {
            yield return new VerifyCheck("Executable hash", bytes.ExecutableHash, running.ExecutableHash) { Finding = Bytes(bytes, running), IsCode = true };
        }

        if (request.Authority is not ExpectedAuthority.Any)
        {
            yield return Authorities(request.Authority, running);
        }

        var securityTxt = SecurityTxt.Find(running.Data.Span);
        if (request.SecurityTxt != SecurityTxtRule.Off)
        {
            yield return Contacts(request.SecurityTxt, MetadataChecks.SecurityTxt(securityTxt, metadata));
        }

        if (request.Repository is { } repository)
        {
            yield return Source("repository", repository.AbsoluteUri, "source_code", securityTxt, said => SourceClaim.IsIn(said, repository));
        }

        if (request.Commit is { } commit)
        {
            yield return Source("commit", commit, "source_revision", securityTxt, said => SourceClaim.IsSameCommit(said, commit));
        }

        foreach (var check in MetadataChecks.Of(request, metadata).Concat(BuildClaimChecks.Of(request, running, claim)))
        {
            yield return check;
        }
    }

    private static Finding? Bytes(ExpectedBytes expected, ProgramOnChain.Running running)
    {
        var isSameHash = running.ExecutableHash == expected.ExecutableHash;
        if (expected.File is not { } file)
        {
            return isSameHash ? null : Mismatch(expected, running, "");
        }

        var data = running.Data.Span;
        var begins = data.Length >= file.Size && (expected.Content is { } content
            ? data[..file.Size].SequenceEqual(content)
            : Convert.ToHexStringLower(SHA256.HashData(data[..file.Size])) == file.Sha256);
        var tail = begins ? data[file.Size..].IndexOfAnyExcept((byte)0) : -1;
        return (begins, tail, isSameHash) switch
        {
            (true, < 0, true) => null,
            (true, < 0, false) => Mismatch(expected, running, $"; the file of {expected.Source} does run, so its executable-hash there is wrong"),
            (true, _, _) => new Finding(
                FindingKinds.TailNotZero, Severity.Error,
                $"Expected {Describe(expected)} and nothing but zeros after its {Number(file.Size)} bytes",
                $"found {Number(data[file.Size..].Length - data[file.Size..].Count((byte)0))} other bytes, the first at {Number(file.Size + tail)}; executable hash {running.ExecutableHash}",
                "redeploy the file: an upgrade clears what follows it", expected.Input),
            (false, _, true) => new Finding(
                FindingKinds.TrailingZeros, Severity.Warning,
                $"Expected all {Number(file.Size)} bytes of {Describe(expected)}",
                $"found a program of {Number(data.Length)} bytes that differs only in how many zeros it ends with",
                "nothing needs to change on chain; give the file that was deployed, with its zeros as they are", expected.Input),
            _ => Mismatch(expected, running, expected.Content is { } whole ? Difference(whole, data) : ""),
        };
    }

    private static Finding Mismatch(ExpectedBytes expected, ProgramOnChain.Running running, string detail) => new(
        FindingKinds.HashMismatch, Severity.Error,
        $"Expected {Describe(expected)}, executable hash {expected.ExecutableHash}",
        $"found executable hash {running.ExecutableHash}, deployed in slot {Number(running.Slot)}{detail}",
        "find out who deployed in that slot and from what; then redeploy, or give the release that was meant to run", expected.Input);

    private static string Difference(ReadOnlySpan<byte> file, ReadOnlySpan<byte> data)
    {
        var same = file.CommonPrefixLength(data);
        return same == data.Length
            ? $"; it holds only the first {Number(data.Length)} of the file's {Number(file.Length)} bytes"
            : $"; the first difference is at byte {Number(same)} of {Number(file.Length)}";
    }

    private static VerifyCheck Authorities(ExpectedAuthority expected, ProgramOnChain.Running running)
    {
        var found = running.Authority?.ToString() ?? "none";
        var wanted = expected is ExpectedAuthority.Exactly { Address: var address } ? address.ToString() : "none";
        return new VerifyCheck("Upgrade authority", wanted, found)
        {
            IsCode = true,
            Finding = wanted == found ? null : new Finding(
                FindingKinds.AuthorityMismatch, Severity.Error,
                wanted == "none" ? "Expected no upgrade authority: an immutable program" : $"Expected the upgrade authority {wanted}",
                found == "none" ? "found none: the program is immutable" : $"found {found}, who can replace the program at any time",
                wanted == "none" ? "make the program immutable, or expect this authority"
                : found == "none" ? "say expected-authority: none if that is intended; it cannot be undone"
                : "find out who changed it; the authority on chain can hand it back", "expected-authority"),
        };
    }

    private static VerifyCheck Contacts(SecurityTxtRule rule, SecurityTxt? found)
    {
        var severity = rule == SecurityTxtRule.Require ? Severity.Error : Severity.Warning;
        const string Expected = "Expected a security.txt that tells researchers whom to write to";
        return found switch
        {
            null => new VerifyCheck("security.txt", "one", "none")
            {
                Finding = new Finding(
                    FindingKinds.SecurityTxtMissing, severity, Expected, "found none in the program's bytes, and none published",
                    "publish one with solana-deploy (security-txt), or add the security_txt! macro of the crate solana-security-txt, then build and deploy", "security-txt"),
            },
            { Problems: [] } => new VerifyCheck("security.txt", "one", $"one of {PlainText.Quote(found["name"] ?? "")}"),
            { Problems: var problems } => new VerifyCheck("security.txt", "one", "one that does not follow the format")
            {
                Finding = new Finding(
                    FindingKinds.SecurityTxtInvalid, severity, Expected, $"found one with {problems.Count} problems: {string.Join(", ", problems)}",
                    "give every required field of the security_txt! macro once, then build and deploy", "security-txt"),
            },
        };
    }

    private static VerifyCheck Source(string input, string expected, string key, SecurityTxt? securityTxt, Func<string, bool> agrees)
    {
        var name = $"security.txt `{key}`";
        if (securityTxt?[key] is not { Length: > 0 } claim)
        {
            return new VerifyCheck(name, expected, "the program does not say") { IsSkipped = true };
        }

        return new VerifyCheck(name, expected, PlainText.Bound(PlainText.CleanLine(claim), 200))
        {
            Finding = agrees(claim) ? null : new Finding(
                FindingKinds.SourceMismatch, Severity.Warning, $"Expected the program's security.txt to name {expected} as its {key}",
                $"found {PlainText.Quote(claim)}", "find out which source was built; set the field from the build's own repository and commit", input),
        };
    }

    private static string Describe(ExpectedBytes expected) => expected.Input == "expected-hash" ? "the program" : $"the file of {expected.Source}";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How a comparison went.</summary>
public enum CheckResult
{
    Passed,
    Failed,

    /// <summary>There was nothing to compare with.</summary>
    Skipped,
}

/// <summary>One thing that was compared.</summary>
public sealed record VerifyCheck(string Name, string Expected, string Found)
{
    public Finding? Finding { get; init; }

    public bool IsSkipped { get; init; }

    /// <summary>Whether it is shown letter by letter.</summary>
    public bool IsCode { get; init; }

    public VerifyCheck Skip() => this with { Found = "not compared", Finding = null, IsSkipped = true };

    public CheckResult Result(FailOn failOn) =>
        IsSkipped ? CheckResult.Skipped
        : Finding is { } finding && failOn.Refutes(finding.Severity) ? CheckResult.Failed
        : CheckResult.Passed;
}
