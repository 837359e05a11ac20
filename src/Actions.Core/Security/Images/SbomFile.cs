using System.Text.Json;
using System.Text.RegularExpressions;
using Actions.Core.Runner;

namespace Actions.Core.Security.Images;

/// <summary>A list of an image's contents, as CycloneDX or SPDX 2 JSON. Pure.</summary>
/// <param name="Format">As a person calls it.</param>
/// <param name="Packages">How many it lists.</param>
/// <param name="Digests">Of the image it says it is of: `sha256:…`.</param>
public sealed partial record SbomFile(string Format, int Packages, IReadOnlyList<string> Digests)
{
    public const int LongestFile = 64 * 1024 * 1024;

    private const int Deepest = 64;

    /// <summary>Null, and why, for anything else.</summary>
    public static SbomFile? Read(ReadOnlyMemory<byte> bytes, out string problem)
    {
        problem = "no SBOM in CycloneDX or SPDX 2 JSON";
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = Deepest });
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object ? null
                : root.Word("bomFormat") == "CycloneDX" ? CycloneDx(root)
                : root.Word("spdxVersion") is { } version && version.StartsWith("SPDX-2.", StringComparison.Ordinal) ? Spdx(root, version)
                : null;
        }
        catch (JsonException)
        {
            problem = "no JSON";
            return null;
        }
    }

    /// <summary>What is wrong with it as the list of one of these images.</summary>
    /// <param name="expected">Digests of images that are used.</param>
    public IReadOnlyList<ScanFinding> Compare(string path, IReadOnlyList<string> expected) => expected.Count == 0 || Digests.Any(expected.Contains) ? [] :
    [
        SecurityRules.ImageMismatch.At(
            path, 1, $"found one of {(Digests.Count == 0 ? "an image whose digest it does not say" : string.Join(", ", Digests.Take(3)))}, and {string.Join(", ", expected.Take(3).Select(digest => PlainText.Bound(digest, 100)))} is used", "the image"),
    ];

    private static SbomFile CycloneDx(JsonElement root)
    {
        var subject = root.Member("metadata", JsonValueKind.Object)?.Member("component", JsonValueKind.Object) ?? default;
        return new SbomFile($"CycloneDX {root.Word("specVersion")}", root.List("components").Count(),
            Found([subject.Word("version"), subject.Word("purl"), subject.Word("bom-ref"), subject.Word("name"), .. subject.List("properties").Select(property => property.Word("value"))]));
    }

    private static SbomFile Spdx(JsonElement root, string version)
    {
        var described = root.List("documentDescribes").Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : null)
            .Concat(root.List("relationships").Where(relation => relation.Word("relationshipType") == "DESCRIBES").Select(relation => relation.Word("relatedSpdxElement"))).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var subjects = root.List("packages").Where(package => package.Word("primaryPackagePurpose") == "CONTAINER" || (package.Word("SPDXID") is { } id && described.Contains(id)));
        return new SbomFile(version, root.List("packages").Count(), [.. subjects.SelectMany(package => Found(
            [package.Word("versionInfo"), package.Word("name"), .. package.List("externalRefs").Select(reference => reference.Word("referenceLocator")), .. package.List("checksums").Where(sum => sum.Word("algorithm") == "SHA256").Select(sum => $"sha256:{sum.Word("checksumValue")}")])).Distinct()]);
    }

    private static IReadOnlyList<string> Found(IEnumerable<string?> texts) =>
        [.. texts.OfType<string>().SelectMany(text => Digest().Matches(text).Select(match => $"sha256:{match.Groups[1].Value}")).Distinct()];

    /// <summary>In a package URL the colon is written %3A.</summary>
    [GeneratedRegex("sha256(?::|%3[Aa])([0-9a-f]{64})(?![0-9a-f])")]
    private static partial Regex Digest();
}
