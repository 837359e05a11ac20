using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Actions.Core.Runner;

namespace Actions.Core.Store;

/// <summary>What one version of a release consists of (docs/schema/manifest.schema.json). Its JSON names are the properties in kebab case.</summary>
public sealed record Manifest
{
    public const int CurrentSchema = 1;
    public const int LongestFile = 1024 * 1024;

    /// <summary>What it is called wherever it lies beside its files.</summary>
    public const string FileName = "manifest.json";

    private const int LongestProblem = 200;

    /// <summary>Letters and quotes stay readable: this is a file, not a part of a page.</summary>
    private static readonly ManifestJson Readable =
        new(new JsonSerializerOptions(ManifestJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    [JsonRequired]
    public int Schema { get; init; } = CurrentSchema;

    public required string Name { get; init; }

    /// <summary>SemVer 2, without a leading v.</summary>
    public required string Version { get; init; }

    public required ManifestSource Source { get; init; }

    public string? Repository { get; init; }

    public string? Commit { get; init; }

    public string? Ref { get; init; }

    public DateTimeOffset? BuiltAt { get; init; }

    public ManifestBuilder? Builder { get; init; }

    public IReadOnlyDictionary<string, string>? Toolchain { get; init; }

    public required IReadOnlyList<ManifestArtifact> Artifacts { get; init; }

    public IReadOnlyList<ManifestAttachment>? Attachments { get; init; }

    /// <summary>What going back from this version means; null when nobody said.</summary>
    public ManifestRollback? Rollback { get; init; }

    public ManifestArtifact? Artifact(string program, string variant) =>
        Artifacts.FirstOrDefault(artifact => artifact.Program == program && artifact.Variant == variant);

    public byte[] ToJson() => ManifestCheck.Complain(this) is { } complaint
        ? throw new InvalidOperationException($"Not a manifest: {complaint}")
        : JsonSerializer.SerializeToUtf8Bytes(this, Readable.Manifest);

    /// <summary>Null, and what is wrong, for bytes that are no manifest.</summary>
    public static Manifest? TryRead(ReadOnlySpan<byte> json, out string problem)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, ManifestProbeJson.Default.ManifestProbe)?.Schema is > CurrentSchema and var schema)
            {
                problem = $"schema {schema}, which a newer version of these actions wrote";
                return null;
            }

            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.Manifest);
            problem = manifest is null ? "null" : ManifestCheck.Complain(manifest) ?? "";
            return problem.Length == 0 ? manifest : null;
        }
        catch (JsonException exception)
        {
            problem = PlainText.Bound(PlainText.CleanLine(exception.InnerException?.Message ?? exception.Message), LongestProblem);
            return null;
        }
    }
}

public enum ManifestSource
{
    Build,

    /// <summary>Saved from a cluster, where nobody had recorded the bytes.</summary>
    Chain,
}

public sealed record ManifestBuilder
{
    public string? WorkflowRef { get; init; }

    public string? RunUrl { get; init; }
}

/// <summary>One build of one program.</summary>
public sealed record ManifestArtifact
{
    public required string Program { get; init; }

    /// <remarks>The deserializer sets what is absent to null.</remarks>
    public string Variant { get; init => field = value ?? Releases.ReleaseEnvironment.DefaultVariant; } = Releases.ReleaseEnvironment.DefaultVariant;

    /// <summary>The name of the file beside the manifest.</summary>
    public required string File { get; init; }

    [JsonRequired]
    public int Size { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>solana-verify's hash, without trailing zeros.</summary>
    public required string ExecutableHash { get; init; }

    public int? SbpfVersion { get; init; }

    public ManifestIdl? Idl { get; init; }

    /// <summary>The name every file of this program and variant has, wherever it lies.</summary>
    public static string FileOf(string program, string variant) => $"{program}.{variant}.so";
}

public sealed record ManifestIdl(string File, string Sha256)
{
    public static string FileOf(string program, string variant) => $"{program}.{variant}.idl.json";
}

/// <summary>Something that belongs to the release and is kept elsewhere: an image, a bundle, an SBOM.</summary>
public sealed record ManifestAttachment(string Kind, string Name, string Sha256);

public sealed record ManifestRollback
{
    [JsonRequired]
    public bool Safe { get; init; }

    public string? Why { get; init; }
}
