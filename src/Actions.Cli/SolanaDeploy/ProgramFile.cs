using Actions.Cli.Clusters;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Store;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The bytes to deploy, and the manifest that describes them, when there is one.</summary>
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
        if (file is null || Parse(inputs, file, "program") is not { } binary || (inputs.Has("manifest") && artifacts is null))
        {
            return null;
        }

        var described = artifacts?.FirstOrDefault(artifact => Describes(artifact, binary));
        if (artifacts is not null && described is null)
        {
            inputs.Add(Undescribed(file, binary));
            return null;
        }

        return (binary, described is null ? null : Facts(manifest!.Value.Manifest, described));
    }

    /// <summary>The same for programs of a release file, which says where they lie when no manifest does; null for each that is at fault.</summary>
    public static IReadOnlyList<(ProgramBinary Binary, ManifestFacts? Manifest)?> Read(InputReader inputs, ReleaseScope scope, IReadOnlyList<ReleaseProgram> programs)
    {
        if (ManifestInput.Read(inputs) is not { } given)
        {
            return [.. programs.Select(program => !inputs.Has("manifest") && Built(inputs, program) is { } binary ? (binary, (ManifestFacts?)null) : ((ProgramBinary, ManifestFacts?)?)null)];
        }

        if (given.Manifest.Name != scope.File.Name)
        {
            inputs.Add(FaultCodes.ManifestMismatch, "manifest", $"Expected a manifest of {PlainText.Quote(scope.File.Name)}, the release file's name", $"found one of {PlainText.Quote(given.Manifest.Name)}", "give the manifest of this release");
        }

        return [.. programs.Select(program => Kept(inputs, given, scope, program))];
    }

    private static ProgramBinary? Built(InputReader inputs, ReleaseProgram program) =>
        (inputs.Has("program") ? inputs.File("program", LongestFile) : inputs.FileAt("release-file", program.Artifact, LongestFile)) is { } file
            ? Parse(inputs, file, inputs.Has("program") ? "program" : "release-file")
            : null;

    /// <summary>The program's build for this environment, as the manifest describes it.</summary>
    private static (ProgramBinary, ManifestFacts?)? Kept(InputReader inputs, (InputFile File, Manifest Manifest) given, ReleaseScope scope, ReleaseProgram program)
    {
        if (given.Manifest.Artifact(program.Name, scope.Environment.Variant) is not { } artifact)
        {
            inputs.Add(new Fault(
                FaultCodes.VariantMissing, $"Expected a build of {program.Name} for {scope.Environment.Name} (variant {scope.Environment.Variant}) in the manifest of {given.Manifest.Version}",
                $"found {string.Join(", ", given.Manifest.Artifacts.Select(other => $"{other.Program}@{other.Variant}"))}", "build this variant in the same build job under a new version", "manifest"));
            return null;
        }

        var file = inputs.Has("program") ? inputs.File("program", LongestFile) : Beside(inputs, given.File, artifact.File);
        if (file is null || Parse(inputs, file, "program") is not { } binary)
        {
            return null;
        }

        if (!Describes(artifact, binary))
        {
            inputs.Add(Undescribed(file, binary));
            return null;
        }

        return (binary, Facts(given.Manifest, artifact));
    }

    private static ProgramBinary? Parse(InputReader inputs, InputFile file, string input)
    {
        var binary = ProgramBinary.Read(file.Bytes, input);
        foreach (var fault in binary.Faults)
        {
            inputs.Add(fault);
        }

        return binary.IsOk ? binary.Value : null;
    }

    private static bool Describes(ManifestArtifact artifact, ProgramBinary binary) =>
        artifact.Size == binary.Bytes.Length && artifact.Sha256 == Convert.ToHexStringLower(binary.Sha256.Span);

    private static Fault Undescribed(InputFile file, ProgramBinary binary) => new(
        FaultCodes.ManifestMismatch, $"Expected the manifest to describe {file.Path.Relative} (sha256 {Convert.ToHexStringLower(binary.Sha256.Span)}, {binary.Bytes.Length:N0} bytes)",
        "found no artifact of that hash and size for it", "give the file that was built with this manifest", "manifest");

    private static ManifestFacts Facts(Manifest manifest, ManifestArtifact artifact) => new(manifest.Name, manifest.Version, artifact.Program, artifact.Variant, artifact.Idl, manifest.Repository, manifest.Commit);

    private static InputFile? Beside(InputReader inputs, InputFile? manifest, IReadOnlyList<ManifestArtifact>? artifacts)
    {
        if (manifest is null || artifacts is null)
        {
            return null;
        }

        if (artifacts is [{ File: var name }])
        {
            return Beside(inputs, manifest, name);
        }

        inputs.Add(FaultCodes.InputMissing, "program", "Expected 'program' to say which artifact of the manifest to deploy", $"found {artifacts.Count} artifacts", "give the path of one of them, or a release file");
        return null;
    }

    private static InputFile? Beside(InputReader inputs, InputFile manifest, string name) =>
        inputs.FileAt("manifest", Path.Combine(Path.GetDirectoryName(manifest.Path.Relative) ?? "", name), LongestFile);
}

/// <summary>Which release a file belongs to.</summary>
/// <param name="Idl">Of the same build; null when the release has none.</param>
internal sealed record ManifestFacts(string Name, string Version, string Program, string Variant, ManifestIdl? Idl, string? Repository, string? Commit);
