using Actions.Core.Faults;

namespace Actions.Cli.VerifyProgram;

/// <summary>One kind of thing that can be wrong with a program on chain.</summary>
/// <param name="Id">Stable: it is the rule id of the SARIF file.</param>
/// <param name="Severity">Null when an input decides.</param>
/// <param name="Meaning">What it says about the program, in one sentence.</param>
/// <param name="Code">The fault it becomes.</param>
public sealed record FindingKind(string Id, Severity? Severity, string Meaning, FaultCode Code)
{
    public override string ToString() => Id;
}

/// <summary>Every finding there is; docs/findings.md says the same. Ids are forever: add, never rename.</summary>
public static class FindingKinds
{
    public static readonly FindingKind ProgramMissing = new("program-missing", Severity.Error, "There is no program at this id.", FaultCodes.FindingsOpen);
    public static readonly FindingKind ProgramClosed = new("program-closed", Severity.Error, "The program was closed: it cannot be called any more, and its id can never be used again.", FaultCodes.FindingsOpen);
    public static readonly FindingKind ProgramForeign = new("program-foreign", Severity.Error, "The account at this id is not a program of the upgradeable loader.", FaultCodes.FindingsOpen);
    public static readonly FindingKind HashMismatch = new("hash-mismatch", Severity.Error, "The bytes on chain are not the bytes expected.", FaultCodes.HashMismatch);
    public static readonly FindingKind TailNotZero = new("tail-not-zero", Severity.Error, "The program begins with the bytes expected, but what follows them is not all zeros.", FaultCodes.HashMismatch);
    public static readonly FindingKind TrailingZeros = new("trailing-zeros", Severity.Warning, "The bytes on chain and the file expected differ only in how many zeros they end with.", FaultCodes.FindingsOpen);
    public static readonly FindingKind AuthorityMismatch = new("authority-mismatch", Severity.Error, "The upgrade authority on chain is not the one expected.", FaultCodes.FindingsOpen);
    public static readonly FindingKind SecurityTxtMissing = new("security-txt-missing", null, "The program carries no security.txt.", FaultCodes.FindingsOpen);
    public static readonly FindingKind SecurityTxtInvalid = new("security-txt-invalid", null, "The program's security.txt does not follow the format, so tools may not read it.", FaultCodes.FindingsOpen);
    public static readonly FindingKind SourceMismatch = new("source-mismatch", Severity.Warning, "The program's security.txt names another repository or commit than expected.", FaultCodes.FindingsOpen);

    public static readonly FindingKind VerifiedBuildMissing = new("verified-build-missing", null, "The upgrade authority does not say on chain what the program was built from.", FaultCodes.FindingsOpen);
    public static readonly FindingKind VerifiedBuildMismatch = new("verified-build-mismatch", Severity.Error, "The build claim names another repository or commit than expected.", FaultCodes.FindingsOpen);
    public static readonly FindingKind VerifiedBuildStale = new("verified-build-stale", Severity.Error, "The program was upgraded after the build claim was written.", FaultCodes.FindingsOpen);
    public static readonly FindingKind VerifiedBuildSlot = new("verified-build-slot", Severity.Warning, "The build claim was made for an earlier slot than that of the program's last change.", FaultCodes.FindingsOpen);

    public static readonly FindingKind PublishedIdlMissing = new("published-idl-missing", null, "The program's IDL is not published.", FaultCodes.FindingsOpen);
    public static readonly FindingKind PublishedIdlMismatch = new("published-idl-mismatch", Severity.Error, "The IDL that is published is not the one expected.", FaultCodes.FindingsOpen);

    public static readonly FindingKind RecordMissing = new("record-missing", Severity.Warning, "No record says how the program came to run.", FaultCodes.FindingsOpen);
    public static readonly FindingKind RecordMismatch = new("record-mismatch", Severity.Error, "The bytes on chain are not those of the newest record.", FaultCodes.FindingsOpen);
    public static readonly FindingKind StandbyOpen = new("standby-open", Severity.Warning, "A standby that nobody needs any more can still take a release back.", FaultCodes.FindingsOpen);
    public static readonly FindingKind ArtifactMissing = new("artifact-missing", Severity.Error, "The build that runs, or should run, is not in the store.", FaultCodes.FindingsOpen);
    public static readonly FindingKind ArtifactMismatch = new("artifact-mismatch", Severity.Error, "The store has other bytes for the version that a record says runs.", FaultCodes.FindingsOpen);
    public static readonly FindingKind AuthorityHot = new("authority-hot", Severity.Warning, "A key that pays for deploys on mainnet-beta is also an upgrade authority.", FaultCodes.FindingsOpen);
    public static readonly FindingKind IdShared = new("id-shared", Severity.Warning, "Two environments are the same program on the same cluster.", FaultCodes.FindingsOpen);
    public static readonly FindingKind KeyShared = new("key-shared", Severity.Warning, "A key has power in more than one environment.", FaultCodes.FindingsOpen);
    public static readonly FindingKind KeyAge = new("key-age", Severity.Warning, "A key is older than keys may become.", FaultCodes.FindingsOpen);
    public static readonly FindingKind SbpfVersion = new("sbpf-version", Severity.Warning, "The cluster will not, or does not, take a program of this SBPF version any more.", FaultCodes.FindingsOpen);
    public static readonly FindingKind BufferStale = new("buffer-stale", Severity.Warning, "Forgotten buffers hold SOL.", FaultCodes.FindingsOpen);
    public static readonly FindingKind PayerRunway = new("payer-runway", Severity.Warning, "A payer cannot pay for as many deploys as it should.", FaultCodes.FindingsOpen);
    public static readonly FindingKind EnvironmentUnprotected = new("environment-unprotected", Severity.Error, "A GitHub environment is protected less than declared.", FaultCodes.FindingsOpen);
    public static readonly FindingKind QuorumWeak = new("quorum-weak", Severity.Error, "A release file asks for fewer approvals than declared.", FaultCodes.FindingsOpen);
    public static readonly FindingKind ConfigMismatch = new("config-mismatch", Severity.Error, "A value in an account on chain is not the one declared.", FaultCodes.FindingsOpen);

    public static readonly IReadOnlyList<FindingKind> All =
    [
        ProgramMissing, ProgramClosed, ProgramForeign, HashMismatch, TailNotZero, TrailingZeros, AuthorityMismatch,
        SecurityTxtMissing, SecurityTxtInvalid, SourceMismatch, VerifiedBuildMissing, VerifiedBuildMismatch, VerifiedBuildStale, VerifiedBuildSlot, PublishedIdlMissing, PublishedIdlMismatch,
        RecordMissing, RecordMismatch, StandbyOpen, ArtifactMissing, ArtifactMismatch, AuthorityHot, IdShared, KeyShared, KeyAge, SbpfVersion,
        BufferStale, PayerRunway, EnvironmentUnprotected, QuorumWeak, ConfigMismatch,
    ];

    /// <summary>Those that say that other bytes run than expected.</summary>
    public static readonly IReadOnlyList<FindingKind> OfBytes = [HashMismatch, TailNotZero, TrailingZeros];
}

/// <summary>One thing that is wrong with one program: what was expected, what was found, what to do.</summary>
/// <param name="Input">The input that holds the expectation.</param>
public sealed record Finding(FindingKind Kind, Severity Severity, string Expected, string Found, string Remedy, string Input)
{
    /// <summary>The fault it is reported as; it is an error when the run fails for it.</summary>
    public Fault ToFault(FailOn failOn) => new(Kind.Code, Expected, $"{Found} ({Kind.Id})", Remedy, Input)
    {
        Severity = failOn.Fails(Severity) ? Severity.Error : Severity.Warning,
    };
}
