using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Loader;
using Actions.Core.Store;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The program to deploy, and the manifest that describes it, when there is one.</summary>
internal static class ProgramFile
{
    // Room for a file a little too large, so that the fault can say by how much.
    private const long LongestFile = 4L * LoaderProgram.MaxAccountLength;

    /// <summary>Reads `program` and `manifest`; null when either is at fault.</summary>
    public static (ProgramBinary Binary, ManifestFacts? Manifest)? Read(InputReader inputs)
    {
        if (!inputs.Has("manifest"))
        {
            inputs.Require("program", "the path of the program's .so file");
        }

        var manifest = ManifestInput.Read(inputs);
        var artifacts = manifest?.Manifest.Artifacts;
        var file = inputs.Has("program") ? inputs.File("program", LongestFile) : Beside(inputs, manifest?.File, artifacts);
        if (file is null)
        {
            return null;
        }

        var binary = ProgramBinary.Read(file.Bytes, "program");
        foreach (var fault in binary.Faults)
        {
            inputs.Add(fault);
        }

        if (!binary.IsOk || (inputs.Has("manifest") && artifacts is null))
        {
            return null;
        }

        var sha256 = Convert.ToHexStringLower(binary.Value.Sha256.Span);
        var described = artifacts?.FirstOrDefault(artifact => artifact.Sha256 == sha256 && artifact.Size == file.Bytes.Length);
        if (artifacts is not null && described is null)
        {
            inputs.Add(FaultCodes.ManifestMismatch, "manifest", $"Expected the manifest to describe {file.Path.Relative} (sha256 {sha256}, {file.Bytes.Length:N0} bytes)", "found no artifact of that hash and size in it", "give the file that was built with this manifest");
            return null;
        }

        return (binary.Value, described is null ? null : new ManifestFacts(manifest!.Value.Manifest.Name, manifest.Value.Manifest.Version, described.Program, described.Variant));
    }

    private static InputFile? Beside(InputReader inputs, InputFile? manifest, IReadOnlyList<ManifestArtifact>? artifacts)
    {
        if (manifest is null || artifacts is null)
        {
            return null;
        }

        if (artifacts is [{ File: var name }])
        {
            return inputs.FileAt("manifest", Path.Combine(Path.GetDirectoryName(manifest.Path.Relative) ?? "", name), LongestFile);
        }

        inputs.Add(FaultCodes.InputMissing, "program", "Expected 'program' to say which artifact of the manifest to deploy", $"found {artifacts.Count} artifacts", "give the path of one of them");
        return null;
    }
}

/// <summary>Which release a file belongs to.</summary>
public sealed record ManifestFacts(string? Name, string? Version, string? Program, string? Variant);
