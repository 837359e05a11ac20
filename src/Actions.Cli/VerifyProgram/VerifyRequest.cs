using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.VerifyProgram;

/// <summary>One program of a verification.</summary>
/// <param name="Name">What the output `results` calls it.</param>
/// <param name="Release">The release whose bytes are expected, when a manifest names it.</param>
public sealed record VerifyTarget(string Name, VerifyRequest Request, ExpectedRelease? Release);

/// <summary>What should be found at a program id, and how bad it is when it is not.</summary>
public sealed record VerifyRequest
{
    public required Address ProgramId { get; init; }

    /// <summary>Null when the bytes are not compared.</summary>
    public ExpectedBytes? Bytes { get; init; }

    public ExpectedAuthority Authority { get; init; } = new ExpectedAuthority.Any();

    public SecurityTxtRule SecurityTxt { get; init; }

    public VerifiedBuildRule VerifiedBuild { get; init; }

    public IdlRule IdlRule { get; init; }

    /// <summary>Null where only its presence is asked for.</summary>
    public ExpectedIdl? Idl { get; init; }

    /// <summary>The repository that the program's security.txt and build claim should name.</summary>
    public Uri? Repository { get; init; }

    /// <summary>The commit that the program's security.txt and build claim should name.</summary>
    public string? Commit { get; init; }

    public FailOn FailOn { get; init; }
}

/// <summary>The bytes that should run.</summary>
/// <param name="Input">The input they come from.</param>
/// <param name="Source">What a person calls them: a path, or the hash.</param>
/// <param name="ExecutableHash">As 64 lower-case hex digits.</param>
public sealed record ExpectedBytes(string Input, string Source, string ExecutableHash)
{
    /// <summary>Of the whole file, trailing zeros included; null when only the executable hash is known.</summary>
    public FileDigest? File { get; init; }

    /// <summary>The file itself; null when only its digest is known.</summary>
    public byte[]? Content { get; init; }
}

/// <summary>A file without its bytes.</summary>
public sealed record FileDigest(string Sha256, int Size);

/// <summary>The least severe finding that makes the verdict negative.</summary>
public enum FailOn
{
    Error,
    Warning,

    /// <summary>The exit code stays 0; `verified` and the record still say what was found.</summary>
    Never,
}

/// <summary>What a finding does, given the threshold.</summary>
internal static class FailOnRules
{
    /// <summary>Whether the program counts as not verified. An error always does: `never` is about the exit code only.</summary>
    public static bool Refutes(this FailOn failOn, Severity severity) => severity == Severity.Error || failOn == FailOn.Warning;

    /// <summary>Whether the run fails.</summary>
    public static bool Fails(this FailOn failOn, Severity severity) => failOn != FailOn.Never && failOn.Refutes(severity);
}
