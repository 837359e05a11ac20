using System.Buffers;

namespace Actions.Core.Loader;

/// <summary>A SHA-256 as manifests, records and inputs write it.</summary>
public static class HexHash
{
    /// <summary>Of the text, in characters.</summary>
    public const int Length = 64;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>64 lower-case hex digits, so that two of them can be compared as they are.</summary>
    public static bool Is(string text) => text.Length == Length && !text.AsSpan().ContainsAnyExcept(Digits);
}
