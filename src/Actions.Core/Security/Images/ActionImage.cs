using Actions.Core.Runner;
using Actions.Core.Security.Workflows;

namespace Actions.Core.Security.Images;

/// <summary>The image that a container action runs. Pure.</summary>
/// <param name="Digest">What it is pinned to; null where it is built, or not pinned.</param>
public sealed record ActionImage(string? Digest, IReadOnlyList<ScanFinding> Findings)
{
    public static bool IsOne(string path) => Path.GetFileName(path) is "action.yml" or "action.yaml";

    public static ActionImage Read(string path, ReadOnlySpan<byte> bytes)
    {
        var image = YamlTree.Read(bytes, out _)?["runs"]?["image"];
        if (image?.Text is not { } text || !text.StartsWith("docker://", StringComparison.Ordinal))
        {
            return new ActionImage(null, []);
        }

        var digest = ImageName.Digest(text);
        return new ActionImage(digest, digest is not null ? [] : [SecurityRules.ImageUnpinned.At(path, image.Line, $"found {PlainText.Quote(text, 200)}")]);
    }

    /// <summary>The digest of an image that somebody named; null, and what is wrong with it, for one without.</summary>
    public static ActionImage Named(string path, string image) => ImageName.Digest(image) is { } digest
        ? new ActionImage(digest, []) : new ActionImage(null, [SecurityRules.ImageUnpinned.At(path, 1, $"found {PlainText.Quote(image, 200)}")]);
}
