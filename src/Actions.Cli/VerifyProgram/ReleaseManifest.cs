using Actions.Core.Inputs;
using Actions.Core.Store;

namespace Actions.Cli.VerifyProgram;

/// <summary>What a verification needs of a manifest.</summary>
/// <param name="Path">As it is shown.</param>
public sealed record ReleaseManifest(string Path, string Name, string Version, IReadOnlyList<ReleaseArtifact> Artifacts)
{
    /// <summary>The artifact that is expected to run.</summary>
    public ReleaseArtifact? ArtifactOf(ExpectedBytes? bytes) => Artifacts.FirstOrDefault(artifact => artifact.File == bytes?.File);

    /// <summary>The input that names it; null when it is absent or at fault.</summary>
    public static ReleaseManifest? Read(InputReader inputs) => ManifestInput.Read(inputs) is { } read
        ? new ReleaseManifest(read.File.Path.Relative, read.Manifest.Name, read.Manifest.Version, [.. read.Manifest.Artifacts.Select(Artifact)])
        : null;

    private static ReleaseArtifact Artifact(ManifestArtifact artifact) =>
        new(new FileDigest(artifact.Sha256, artifact.Size), artifact.ExecutableHash, artifact.Program, artifact.Variant);
}

/// <summary>One program of a release.</summary>
public sealed record ReleaseArtifact(FileDigest File, string ExecutableHash, string? Program, string? Variant);
