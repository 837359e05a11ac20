using System.Security.Cryptography;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Store;

namespace Actions.Cli.VerifyProgram;

/// <summary>Reads `program`, `manifest` and `expected-hash`: where the bytes that should run are described.</summary>
internal static class ExpectedBytesInputs
{
    // Room for a file a little too large, so that the fault can say by how much.
    private const long LongestProgram = 4L * LoaderProgram.MaxAccountLength;

    private const int MachineOffset = 18;

    /// <summary>The bytes expected, and the release they belong to; nulls when there is no expectation or it is at fault.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="artifact">Which artifact of a manifest is meant; null where the file or the manifest leave no choice.</param>
    public static (ExpectedBytes? Bytes, ExpectedRelease? Release) Read(InputReader inputs, (string Program, string Variant)? artifact = null)
    {
        var hash = Hash(inputs);
        var given = ManifestInput.Read(inputs);
        var manifest = given?.Manifest;
        var program = inputs.File("program", LongestProgram) is { } file && IsProgram(file, inputs, "program") ? file : null;
        if (inputs.Has("expected-hash") && (inputs.Has("program") || inputs.Has("manifest")))
        {
            inputs.Add(FaultCodes.InputConflict, "expected-hash", "Expected the bytes in one way: program, manifest, or expected-hash", "found expected-hash and a file", "remove one of them");
        }

        var bytes = program is not null ? OfFile(program, manifest, artifact, inputs)
            : inputs.Has("program") ? null
            : manifest is not null ? OfManifest(given!.Value.File.Path.Relative, manifest, artifact, inputs)
            : hash is null ? null : new ExpectedBytes("expected-hash", hash, hash);
        return (bytes, manifest is null ? null : Release(manifest, bytes));
    }

    /// <summary>A program's build as a release keeps it.</summary>
    public static ExpectedBytes? Kept(InputReader inputs, string path, Manifest manifest, (string Program, string Variant) artifact)
    {
        if (manifest.Artifact(artifact.Program, artifact.Variant) is { } kept)
        {
            return OfArtifact(path, kept);
        }

        inputs.Add(new Fault(
            FaultCodes.VariantMissing, $"Expected a build of {artifact.Program} (variant {artifact.Variant}) in the manifest of {manifest.Version}",
            $"found {string.Join(", ", manifest.Artifacts.Select(other => $"{other.Program}@{other.Variant}"))}", "give the manifest of the release that runs there", "manifest"));
        return null;
    }

    /// <summary>A program where the release file says its build lies.</summary>
    public static ExpectedBytes? Built(InputReader inputs, ReleaseProgram program) =>
        inputs.FileAt("release-file", program.Artifact, LongestProgram) is { } file && IsProgram(file, inputs, "release-file") ? OfFile(file) : null;

    private static ExpectedRelease Release(Manifest manifest, ExpectedBytes? bytes)
    {
        var artifact = manifest.Artifacts.FirstOrDefault(artifact => artifact.Sha256 == bytes?.File?.Sha256 && artifact.Size == bytes.File.Size);
        return new ExpectedRelease(manifest.Name, manifest.Version, artifact?.Program, artifact?.Variant);
    }

    private static string? Hash(InputReader inputs)
    {
        if (inputs.Text("expected-hash")?.ToLowerInvariant() is not { } hash)
        {
            return null;
        }

        if (HexHash.Is(hash))
        {
            return hash;
        }

        inputs.Add(
            FaultCodes.InputInvalid, "expected-hash", $"Expected an executable hash, {HexHash.Length} hex digits, in 'expected-hash'", $"found {hash.Length} characters that are none",
            "give the output executable-hash of solana-deploy, or what solana-verify get-executable-hash prints");
        return null;
    }

    /// <summary>Only what tells a program from another file: what already runs on chain need not pass today's rules for a deploy.</summary>
    private static bool IsProgram(InputFile file, InputReader inputs, string input)
    {
        var bytes = file.Bytes;
        if (bytes.Length > LoaderProgram.MaxProgramLength)
        {
            inputs.Add(FaultCodes.ElfTooLarge, input, $"Expected at most {LoaderProgram.MaxProgramLength:N0} bytes, which is what a program account can hold", $"found {bytes.Length:N0} in {file.Path.Relative}", "give the file that was deployed");
        }
        else if (bytes.Length < MachineOffset + 2 || !bytes.AsSpan().StartsWith("\u007fELF"u8))
        {
            inputs.Add(FaultCodes.ElfInvalid, input, "Expected a program, which begins with 7f454c46 (ELF)", $"found {bytes.Length:N0} bytes in {file.Path.Relative} that begin with {Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(4, bytes.Length)))}", "check that the file was built and downloaded whole");
        }
        else if (BitConverter.ToUInt16(bytes, MachineOffset) is not (247 or 263) and var machine)
        {
            inputs.Add(FaultCodes.ElfMachine, "program", "Expected an ELF for Solana (e_machine 247 or 263)", $"found e_machine {machine} in {file.Path.Relative}", "give the file that `cargo build-sbf` writes to target/deploy, not the host's library");
        }
        else
        {
            return true;
        }

        return false;
    }

    private static ExpectedBytes OfFile(InputFile file) => new("program", file.Path.Relative, Convert.ToHexStringLower(ProgramBinary.HashOf(file.Bytes)))
    {
        File = new FileDigest(Convert.ToHexStringLower(SHA256.HashData(file.Bytes)), file.Bytes.Length),
        Content = file.Bytes,
    };

    private static ExpectedBytes? OfFile(InputFile file, Manifest? manifest, (string Program, string Variant)? meant, InputReader inputs)
    {
        var expected = OfFile(file);
        var candidates = meant is { } named ? manifest?.Artifacts.Where(artifact => artifact.Program == named.Program && artifact.Variant == named.Variant) : manifest?.Artifacts;
        if (candidates is null
            || candidates.Any(artifact => artifact.Sha256 == expected.File!.Sha256 && artifact.Size == expected.File.Size && artifact.ExecutableHash == expected.ExecutableHash))
        {
            return expected;
        }

        inputs.Add(
            FaultCodes.ManifestMismatch, "manifest", $"Expected the manifest to describe {file.Path.Relative} (sha256 {expected.File!.Sha256}, {file.Bytes.Length:N0} bytes)",
            "found no artifact of that hash and size in it", "give the file that was built with this manifest, or leave one of the two out");
        return null;
    }

    private static ExpectedBytes? OfManifest(string path, Manifest manifest, (string Program, string Variant)? meant, InputReader inputs)
    {
        if (meant is { } named)
        {
            return Kept(inputs, path, manifest, named);
        }

        if (manifest.Artifacts is [var artifact])
        {
            return OfArtifact(path, artifact);
        }

        inputs.Add(
            FaultCodes.InputMissing, "program", "Expected 'program' to say which artifact of the manifest should run", $"found {manifest.Artifacts.Count} artifacts in it",
            "give the path of one of them, or a release file, or its executable hash as expected-hash instead of the manifest");
        return null;
    }

    private static ExpectedBytes OfArtifact(string path, ManifestArtifact artifact) =>
        new("manifest", path, artifact.ExecutableHash) { File = new FileDigest(artifact.Sha256, artifact.Size) };
}
