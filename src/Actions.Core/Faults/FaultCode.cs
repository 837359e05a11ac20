namespace Actions.Core.Faults;

/// <summary>A stable name for one kind of fault, with the exit code it leads to.</summary>
public sealed record FaultCode(string Name, ExitCode Exit, string Meaning)
{
    public override string ToString() => Name;
}

/// <summary>Every fault code there is. Codes are forever: add, never rename.</summary>
public static class FaultCodes
{
    // The inputs are at fault (2).
    public static readonly FaultCode InputMissing = new("input-missing", ExitCode.Input, "A required input is absent.");
    public static readonly FaultCode InputInvalid = new("input-invalid", ExitCode.Input, "An input is not of the form its type needs.");
    public static readonly FaultCode InputUnknownValue = new("input-unknown-value", ExitCode.Input, "An input is not one of the values it can have, or names a feature this version does not have.");
    public static readonly FaultCode InputConflict = new("input-conflict", ExitCode.Input, "Two inputs contradict each other.");
    public static readonly FaultCode PathOutside = new("path-outside", ExitCode.Input, "A path leaves the workspace.");
    public static readonly FaultCode FileUnreadable = new("file-unreadable", ExitCode.Input, "A file cannot be read or is not what it should be.");
    public static readonly FaultCode AddressNotKey = new("address-not-key", ExitCode.Input, "An address was given where a key that can sign is needed.");
    public static readonly FaultCode KeyLength = new("key-length", ExitCode.Input, "A key does not have 64 bytes.");
    public static readonly FaultCode KeyMismatch = new("key-mismatch", ExitCode.Input, "The public half of a key does not belong to its secret half.");
    public static readonly FaultCode ClusterMismatch = new("cluster-mismatch", ExitCode.Input, "An RPC URL answers for another cluster than the one named.");
    public static readonly FaultCode LoopbackInContainer = new("loopback-in-container", ExitCode.Input, "An RPC URL points at the container itself.");
    public static readonly FaultCode ElfInvalid = new("elf-invalid", ExitCode.Input, "The file is not a loadable ELF.");
    public static readonly FaultCode ElfMachine = new("elf-machine", ExitCode.Input, "The ELF is for another machine than Solana's.");
    public static readonly FaultCode ElfTooLarge = new("elf-too-large", ExitCode.Input, "The program is larger than an account can hold.");
    public static readonly FaultCode ManifestMismatch = new("manifest-mismatch", ExitCode.Input, "The manifest does not describe the file given.");
    public static readonly FaultCode NothingToVerify = new("nothing-to-verify", ExitCode.Input, "No expectation was given to verify against.");

    // An action that would change something refuses (3).
    public static readonly FaultCode SbpfNotEnabled = new("sbpf-not-enabled", ExitCode.Refused, "The cluster does not run this SBPF version.");
    public static readonly FaultCode ProgramMissing = new("program-missing", ExitCode.Refused, "There is no program at this id.");
    public static readonly FaultCode ProgramForeign = new("program-foreign", ExitCode.Refused, "The account at this id is not an upgradeable program.");
    public static readonly FaultCode ProgramClosed = new("program-closed", ExitCode.Refused, "The program was closed; its id can never be used again.");
    public static readonly FaultCode ProgramImmutable = new("program-immutable", ExitCode.Refused, "The program has no upgrade authority.");
    public static readonly FaultCode AuthorityUnproven = new("authority-unproven", ExitCode.Refused, "Nothing shows that somebody can sign for the new upgrade authority.");
    public static readonly FaultCode AuthorityMismatch = new("authority-mismatch", ExitCode.Refused, "The authority given is not the one on chain.");
    public static readonly FaultCode Balance = new("balance", ExitCode.Refused, "The payer cannot cover the peak of the deploy.");
    public static readonly FaultCode SpendCap = new("spend-cap", ExitCode.Refused, "The peak debit exceeds max-spend.");
    public static readonly FaultCode ProgramDataFunded = new("programdata-funded", ExitCode.Refused, "The ProgramData address holds lamports while the program does not exist.");
    public static readonly FaultCode BufferForeign = new("buffer-foreign", ExitCode.Refused, "The account at the buffer's address belongs to somebody else.");
    public static readonly FaultCode BufferInvalid = new("buffer-invalid", ExitCode.Refused, "The buffer named to be reclaimed is not a buffer that may be closed.");
    public static readonly FaultCode ProgramChanged = new("program-changed", ExitCode.Refused, "The program changed while this run was under way.");
    public static readonly FaultCode DeclaredIdMismatch = new("declared-id-mismatch", ExitCode.Refused, "The binary declares another program id.");
    public static readonly FaultCode RollbackTarget = new("rollback-target", ExitCode.Refused, "There is nothing to roll back to.");
    public static readonly FaultCode RollbackUnsafe = new("rollback-unsafe", ExitCode.Refused, "A release says that going back from it is not safe, and the reason given does not name it.");
    public static readonly FaultCode VersionExists = new("version-exists", ExitCode.Refused, "This version is stored already, with other bytes.");
    public static readonly FaultCode VerifierRejected = new("verifier-rejected", ExitCode.Refused, "The cluster's verifier rejects the ELF.");
    public static readonly FaultCode MultisigMissing = new("multisig-missing", ExitCode.Refused, "There is no multisig of Squads v4 at this address.");
    public static readonly FaultCode MultisigPermission = new("multisig-permission", ExitCode.Refused, "A key lacks a permission of the multisig that this run needs.");
    public static readonly FaultCode NonceInvalid = new("nonce-invalid", ExitCode.Refused, "The nonce account does not exist, or its authority is not the signer.");
    public static readonly FaultCode ProposalNotExecutable = new("proposal-not-executable", ExitCode.Refused, "The proposal is not approved yet, or its time lock has not run out.");
    public static readonly FaultCode MetadataRefused = new("metadata-refused", ExitCode.Refused, "What is to be published about a program cannot be written where it belongs.");
    public static readonly FaultCode IdlIncompatible = new("idl-incompatible", ExitCode.Refused, "The new IDL breaks accounts or calls that the one on chain describes.");
    public static readonly FaultCode TransactionRejected = new("transaction-rejected", ExitCode.Refused, "The cluster refuses a transaction for a reason of its own.");

    // The verdict is negative (4).
    public static readonly FaultCode HashMismatch = new("hash-mismatch", ExitCode.Verdict, "The bytes on chain are not the bytes expected.");
    public static readonly FaultCode FindingsOpen = new("findings-open", ExitCode.Verdict, "There are findings at or above fail-on.");
    public static readonly FaultCode GateUnmet = new("gate-unmet", ExitCode.Verdict, "A gate is not met.");
    public static readonly FaultCode GateUnknowable = new("gate-unknowable", ExitCode.Verdict, "A gate cannot be evaluated.");
    public static readonly FaultCode VariantMissing = new("variant-missing", ExitCode.Verdict, "The release has no build for this environment.");
    public static readonly FaultCode Tampered = new("tampered", ExitCode.Verdict, "Evidence was changed after it was made.");
    public static readonly FaultCode SmokeFailed = new("smoke-failed", ExitCode.Verdict, "A smoke check failed.");
    public static readonly FaultCode WaitUnmet = new("wait-unmet", ExitCode.Verdict, "What the run waited for did not happen in time, or cannot happen any more.");
    public static readonly FaultCode BuildUnverified = new("build-unverified", ExitCode.Verdict, "A remote build of the source that is claimed did not give the bytes that run.");
    public static readonly FaultCode RtoMissed = new("rto-missed", ExitCode.Verdict, "A rollback takes longer than it may.");

    // The world failed after all retries (5).
    public static readonly FaultCode RpcUnreachable = new("rpc-unreachable", ExitCode.Unavailable, "No RPC endpoint answers.");
    public static readonly FaultCode RpcInvalidAnswer = new("rpc-invalid-answer", ExitCode.Unavailable, "An RPC endpoint answers something that is not the protocol.");
    public static readonly FaultCode RpcTooLarge = new("rpc-too-large", ExitCode.Unavailable, "An RPC answer is larger than it can be.");
    public static readonly FaultCode TransactionsExpired = new("transactions-expired", ExitCode.Unavailable, "The cluster let transactions expire instead of executing them.");
    public static readonly FaultCode Timeout = new("timeout", ExitCode.Unavailable, "The run's time is over.");
    public static readonly FaultCode LedgerFailed = new("ledger-failed", ExitCode.Unavailable, "The ledger cannot be read or written.");
    public static readonly FaultCode StoreFailed = new("store-failed", ExitCode.Unavailable, "The store cannot be read or written.");
    public static readonly FaultCode GitHubFailed = new("github-failed", ExitCode.Unavailable, "GitHub's API does not answer what a gate needs.");
    public static readonly FaultCode ReleaseNeedsWorkflowsPermission = new("release-needs-workflows-permission", ExitCode.Unavailable, "GitHub refuses a release whose tag would reach changed workflow files.");
    public static readonly FaultCode RegistryFailed = new("registry-failed", ExitCode.Unavailable, "The registry or a configuration file cannot be written.");
    public static readonly FaultCode NotificationFailed = new("notification-failed", ExitCode.Unavailable, "A channel does not take a notification. A warning everywhere but in doctor, which is there to find it.");
    public static readonly FaultCode VerifyApiFailed = new("verify-api-failed", ExitCode.Unavailable, "The service that builds programs again does not answer what it should.");
    public static readonly FaultCode ReportFailed = new("report-failed", ExitCode.Unavailable, "The report, the summary or the outputs cannot be written.");

    // A secrets provider failed (6).
    public static readonly FaultCode SecretDenied = new("secret-denied", ExitCode.Secret, "A secrets provider refuses access.");
    public static readonly FaultCode SecretMissing = new("secret-missing", ExitCode.Secret, "A secret does not exist where the reference points.");
    public static readonly FaultCode SecretUnreachable = new("secret-unreachable", ExitCode.Secret, "A secrets provider does not answer.");
    public static readonly FaultCode SecretInvalid = new("secret-invalid", ExitCode.Secret, "A secrets provider answers something that cannot be used.");

    // Warnings.
    public static readonly FaultCode AuthorityDiffers = new("authority-differs", ExitCode.Refused, "The bytes already run; the authority on chain is another than the one given.");

    // Ours (70), theirs (130).
    public static readonly FaultCode Bug = new("bug", ExitCode.Bug, "Something happened that this program did not foresee.");
    public static readonly FaultCode Cancelled = new("cancelled", ExitCode.Cancelled, "The run was cancelled.");
}
