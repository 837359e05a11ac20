using System.Security.Cryptography;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Store;

namespace Actions.Cli.PromoteArtifact;

/// <summary>Whether manifest, ledger, store and chain say the same about a release. Pure.</summary>
internal static class SourceCheck
{
    /// <summary>What runs in the source environment, compared byte for byte with the manifest's build for it.</summary>
    public static IEnumerable<Fault> Chain(string name, string environment, ManifestArtifact expected, ProgramOnChain found)
    {
        var what = $"Expected {expected.File} (sha256 {expected.Sha256}) to run as {name} in {environment}";
        if (found is not ProgramOnChain.Running running)
        {
            yield return new Fault(FaultCodes.HashMismatch, what, $"found {Describe(found)}", "deploy the release there first; then promote again", "from");
        }
        else if (!Runs(expected, running.Data.Span))
        {
            yield return new Fault(
                FaultCodes.HashMismatch, what, $"found other bytes, executable hash {running.ExecutableHash}, deployed in slot {running.Slot}",
                "find out who deployed them: the environment has drifted from its release, or another version is meant", "from");
        }
        else if (expected.ExecutableHash != running.ExecutableHash)
        {
            yield return Tampered($"Expected {expected.File} to have the executable hash {expected.ExecutableHash} of its manifest", $"found {running.ExecutableHash} for the very file");
        }
    }

    /// <summary>What the ledger says of the release that runs there.</summary>
    public static IEnumerable<Fault> Record(string name, Manifest manifest, ManifestArtifact expected, LedgerRecord? current)
    {
        if (current is null)
        {
            yield break;
        }

        var facts = current.Facts;
        if (facts.Sha256 is { } sha256 && sha256 != expected.Sha256)
        {
            yield return Tampered($"Expected record {current.Id} of {name} and the manifest of {manifest.Version} to be about the same file, sha256 {expected.Sha256}", $"found sha256 {sha256} in the record");
        }

        if (facts.Name is { } release && release != manifest.Name)
        {
            yield return Tampered($"Expected record {current.Id} of {name} to be about the release {manifest.Name}", $"found {release} in it");
        }
    }

    /// <summary>The transaction that a record names must have happened.</summary>
    public static Fault? Signature(string name, LedgerRecord record, SignatureStatus? status) => status switch
    {
        null => new Fault(
            FaultCodes.GateUnknowable, $"Expected to see the transaction {record.Facts.Signature} of record {record.Id} of {name}", "found that the endpoint no longer has it",
            "nothing, when it is old: the bytes on chain were compared all the same", "from-rpc-url").AsWarning(),
        { Error: { } error } => Tampered($"Expected the transaction of record {record.Id} of {name} to have succeeded", $"found that it failed: {error}"),
        { Slot: var slot } when record.Facts.Slot is { } recorded && recorded != slot => Tampered($"Expected the transaction of record {record.Id} of {name} in slot {recorded}", $"found it in slot {slot}"),
        _ => null,
    };

    /// <summary>Fetched bytes have the manifest's sha256; the rest of what it says of them must be true too.</summary>
    public static IEnumerable<Fault> Bytes(ManifestArtifact artifact, ReadOnlySpan<byte> bytes)
    {
        var hash = Convert.ToHexStringLower(ProgramBinary.HashOf(bytes));
        return hash == artifact.ExecutableHash ? [] : [Tampered($"Expected {artifact.File} to have the executable hash {artifact.ExecutableHash} of its manifest", $"found {hash} for the very file")];
    }

    /// <summary>Files that the caller has, which must be the ones promoted.</summary>
    public static IEnumerable<Fault> Given(IReadOnlyList<GivenFile> given, Manifest manifest, IReadOnlyList<SeenProgram> programs, string variant)
    {
        foreach (var file in given)
        {
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(file.File.Bytes));
            var name = file.Program ?? (programs is [{ Name: var only }] ? only : null);
            var meant = manifest.Artifacts.Where(artifact => artifact.Program == (name ?? artifact.Program) && artifact.Variant == (file.Variant ?? variant)).ToList();
            if (!meant.Exists(artifact => artifact.Sha256 == sha256))
            {
                yield return new Fault(
                    FaultCodes.ManifestMismatch, $"Expected the manifest of {manifest.Version} to describe {file.File.Path.Relative} (sha256 {sha256}, {file.File.Bytes.Length:N0} bytes)",
                    meant is [{ Sha256: var other }] ? $"found sha256 {other} in it" : "found no artifact of that hash in it", "leave 'program' out: the bytes come from the store", "program");
            }
        }
    }

    private static bool Runs(ManifestArtifact expected, ReadOnlySpan<byte> data) =>
        data.Length >= expected.Size
        && Convert.ToHexStringLower(SHA256.HashData(data[..expected.Size])) == expected.Sha256
        && !data[expected.Size..].ContainsAnyExcept((byte)0);

    private static string Describe(ProgramOnChain program) => program switch
    {
        ProgramOnChain.Missing { Found: var found } => found,
        ProgramOnChain.Foreign { Found: var found } => found,
        _ => "a closed program",
    };

    private static Fault Tampered(string expected, string found) => new(
        FaultCodes.Tampered, expected, found, "find out who changed the ledger or the store, then restore both from copies you trust; release nothing of it meanwhile");
}
