using System.Buffers;
using System.Security.Cryptography;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Loader;

namespace Actions.Cli.VerifyProgram;

/// <summary>Reads `program`, `manifest` and `expected-hash`: where the bytes that should run are described.</summary>
internal static class ExpectedBytesInputs
{
    // Room for a file a little too large, so that the fault can say by how much.
    private const long LongestProgram = 4L * LoaderProgram.MaxAccountLength;

    private const int HashLength = 64;
    private const int MachineOffset = 18;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static bool IsHash(string text) => text.Length == HashLength && !text.AsSpan().ContainsAnyExcept(HexDigits);

    /// <summary>The bytes expected, and the release they belong to; nulls when there is no expectation or it is at fault.</summary>
    public static (ExpectedBytes? Bytes, ReleaseManifest? Manifest) Read(InputReader inputs)
    {
        var hash = Hash(inputs);
        var manifest = ReleaseManifest.Read(inputs);
        var program = inputs.File("program", LongestProgram) is { } given && IsProgram(given, inputs) ? given : null;
        if (inputs.Has("expected-hash") && (inputs.Has("program") || inputs.Has("manifest")))
        {
            inputs.Add(FaultCodes.InputConflict, "expected-hash", "Expected the bytes in one way: program, manifest, or expected-hash", "found expected-hash and a file", "remove one of them");
        }

        return program is not null ? (OfFile(program, manifest, inputs), manifest)
            : inputs.Has("program") ? (null, manifest)
            : manifest is not null ? (OfManifest(manifest, inputs), manifest)
            : (hash is null ? null : new ExpectedBytes("expected-hash", hash, hash), null);
    }

    private static string? Hash(InputReader inputs)
    {
        if (inputs.Text("expected-hash")?.ToLowerInvariant() is not { } hash)
        {
            return null;
        }

        if (IsHash(hash))
        {
            return hash;
        }

        inputs.Add(
            FaultCodes.InputInvalid, "expected-hash", $"Expected an executable hash, {HashLength} hex digits, in 'expected-hash'", $"found {hash.Length} characters that are none",
            "give the output executable-hash of solana-deploy, or what solana-verify get-executable-hash prints");
        return null;
    }

    /// <summary>Only what tells a program from another file: what already runs on chain need not pass today's rules for a deploy.</summary>
    private static bool IsProgram(InputFile file, InputReader inputs)
    {
        var bytes = file.Bytes;
        if (bytes.Length > LoaderProgram.MaxProgramLength)
        {
            inputs.Add(FaultCodes.ElfTooLarge, "program", $"Expected at most {LoaderProgram.MaxProgramLength:N0} bytes, which is what a program account can hold", $"found {bytes.Length:N0} in {file.Path.Relative}", "give the file that was deployed");
        }
        else if (bytes.Length < MachineOffset + 2 || !bytes.AsSpan().StartsWith("\u007fELF"u8))
        {
            inputs.Add(FaultCodes.ElfInvalid, "program", "Expected a program, which begins with 7f454c46 (ELF)", $"found {bytes.Length:N0} bytes in {file.Path.Relative} that begin with {Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(4, bytes.Length)))}", "check that the file was built and downloaded whole");
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

    private static ExpectedBytes? OfFile(InputFile file, ReleaseManifest? manifest, InputReader inputs)
    {
        var expected = new ExpectedBytes("program", file.Path.Relative, Convert.ToHexStringLower(ProgramBinary.HashOf(file.Bytes)))
        {
            File = new FileDigest(Convert.ToHexStringLower(SHA256.HashData(file.Bytes)), file.Bytes.Length),
            Content = file.Bytes,
        };
        if (manifest is null || manifest.Artifacts.Any(artifact => artifact.File == expected.File && artifact.ExecutableHash == expected.ExecutableHash))
        {
            return expected;
        }

        inputs.Add(
            FaultCodes.ManifestMismatch, "manifest", $"Expected the manifest to describe {file.Path.Relative} (sha256 {expected.File.Sha256}, {file.Bytes.Length:N0} bytes)",
            "found no artifact of that hash and size in it", "give the file that was built with this manifest, or leave one of the two out");
        return null;
    }

    private static ExpectedBytes? OfManifest(ReleaseManifest manifest, InputReader inputs)
    {
        if (manifest.Artifacts is [var artifact])
        {
            return new ExpectedBytes("manifest", manifest.Path, artifact.ExecutableHash) { File = artifact.File };
        }

        inputs.Add(
            FaultCodes.InputMissing, "program", "Expected 'program' to say which artifact of the manifest should run", $"found {manifest.Artifacts.Count} artifacts in it",
            "give the path of one of them, or its executable hash as expected-hash instead of the manifest");
        return null;
    }
}
