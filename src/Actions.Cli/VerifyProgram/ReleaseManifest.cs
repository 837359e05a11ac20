using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Loader;

namespace Actions.Cli.VerifyProgram;

/// <summary>What a verification needs of a manifest (docs/schema/manifest.schema.json).</summary>
/// <param name="Path">As it is shown.</param>
public sealed record ReleaseManifest(string Path, string Name, string Version, IReadOnlyList<ReleaseArtifact> Artifacts)
{
    public const int LongestFile = 1024 * 1024;

    private const int CurrentSchema = 1;
    private const int MostArtifacts = 1_000;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>The artifact that is expected to run.</summary>
    public ReleaseArtifact? ArtifactOf(ExpectedBytes? bytes) => Artifacts.FirstOrDefault(artifact => artifact.File == bytes?.File);

    /// <summary>Null, and a fault among the inputs', when it is no manifest.</summary>
    public static ReleaseManifest? Read(InputFile file, InputReader inputs)
    {
        try
        {
            using var document = JsonDocument.Parse(file.Bytes, Options);
            var root = document.RootElement;
            if (root.GetProperty("schema").GetInt32() != CurrentSchema)
            {
                throw new FormatException();
            }

            ReleaseArtifact[] artifacts = [.. root.GetProperty("artifacts").EnumerateArray().Take(MostArtifacts).Select(Artifact)];
            return artifacts.Length > 0
                ? new ReleaseManifest(file.Path.Relative, root.GetProperty("name").GetString()!, root.GetProperty("version").GetString()!, artifacts)
                : throw new FormatException();
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            inputs.Add(
                FaultCodes.FileUnreadable, "manifest", $"Expected a manifest of schema {CurrentSchema}: JSON with name, version and artifacts, each with size, sha256 and executable-hash",
                $"found something else in {file.Path.Relative}", "give the manifest.json of the release that should be on chain");
            return null;
        }
    }

    private static ReleaseArtifact Artifact(JsonElement json)
    {
        var artifact = new ReleaseArtifact(
            new FileDigest(json.GetProperty("sha256").GetString() ?? "", json.GetProperty("size").GetInt32()),
            json.GetProperty("executable-hash").GetString() ?? "",
            json.TryGetProperty("program", out var program) ? program.GetString() : null,
            json.TryGetProperty("variant", out var variant) ? variant.GetString() : null);
        return ExpectedBytesInputs.IsHash(artifact.File.Sha256) && ExpectedBytesInputs.IsHash(artifact.ExecutableHash)
            && artifact.File.Size is > 0 and <= LoaderProgram.MaxProgramLength
                ? artifact
                : throw new FormatException();
    }
}

/// <summary>One program of a release.</summary>
public sealed record ReleaseArtifact(FileDigest File, string ExecutableHash, string? Program, string? Variant);
