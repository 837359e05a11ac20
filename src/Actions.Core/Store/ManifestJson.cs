using System.Text.Json.Serialization;
using Actions.Core.Ledger;

namespace Actions.Core.Store;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    MaxDepth = 8,
    WriteIndented = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(InstantConverter), typeof(KebabConverter<ManifestSource>)])]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;

/// <summary>Read before anything else, so that a manifest of a newer version is not taken for a broken one.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, MaxDepth = 8)]
[JsonSerializable(typeof(ManifestProbe))]
internal sealed partial class ManifestProbeJson : JsonSerializerContext;

internal sealed record ManifestProbe(int? Schema);
