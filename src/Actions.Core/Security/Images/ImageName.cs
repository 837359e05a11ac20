using System.Text.RegularExpressions;

namespace Actions.Core.Security.Images;

/// <summary>How an image is named: `name[:tag][@sha256:…]`.</summary>
internal static partial class ImageName
{
    /// <summary>The digest it is pinned to; null for a name that can be moved.</summary>
    public static string? Digest(string image) => Pinned().Match(image) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"@(sha256:[0-9a-f]{64})\z")]
    private static partial Regex Pinned();
}
