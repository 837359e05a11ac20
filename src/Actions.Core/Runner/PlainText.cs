using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Actions.Core.Solana;

namespace Actions.Core.Runner;

/// <summary>Text from elsewhere, made harmless before a person or a runner reads it.</summary>
public static partial class PlainText
{
    /// <summary>Without escape sequences, control, format and separator characters; tabs and line feeds stay.</summary>
    /// <remarks>
    /// Format characters go too: they can reorder a line on screen, and the runner finds its commands with a culture-sensitive
    /// comparison that overlooks them (actions/runner, src/Runner.Common/ActionCommand.cs, TryParseV2).
    /// </remarks>
    public static string Clean(string text)
    {
        var source = EscapeSequence().Replace(text.ReplaceLineEndings("\n"), "");
        var clean = new StringBuilder(source.Length);
        foreach (var rune in source.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || !IsInvisible(rune))
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString();
    }

    /// <summary>The same on one line.</summary>
    public static string CleanLine(string text) => Clean(text).Replace('\n', ' ').Replace('\t', ' ').Trim();

    /// <summary>Foreign text of any length on one short line; what is far too long is cut before it is cleaned.</summary>
    public static string ShortLine(string text, int most) => Bound(CleanLine(Bound(text, 16 * most)), most);

    /// <summary>The first characters, and how many there were.</summary>
    public static string Bound(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var cut = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, cut)}… ({text.Length} characters)");
    }

    /// <summary>A short quotation of something found, fit for a fault; what looks like a key pasted into the wrong place is not shown.</summary>
    public static string Quote(string text, int most = 80) =>
        LooksLikeKey(text) ? "a text that is not shown because it could be a key" : $"'{Bound(CleanLine(Bound(text, 16 * most)), most)}'";

    private static bool LooksLikeKey(string text) => KeyShape().IsMatch(text) && !Address.TryParse(text.Trim(), out _);

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate || IsIgnorable(rune.Value);

    /// <summary>The rest of Unicode's default ignorable code points: fillers, joiners and variation selectors.</summary>
    private static bool IsIgnorable(int value) => value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x3164
        or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF);

    [GeneratedRegex("""(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|\x1B\][^\x07\x1B\n]*(?:\x07|\x1B\\)?|\x1B[PX^_][^\x1B\n]*(?:\x1B\\)?|\x1B[ -/]*[0-~]?""")]
    private static partial Regex EscapeSequence();

    /// <summary>The start of a byte array, or a long run of the letters that base58, base64 and hex are made of.</summary>
    [GeneratedRegex(@"\A\s*(?:\[\s*[0-9]|[A-Za-z0-9+/_-]{43,}=*\s*\z)")]
    private static partial Regex KeyShape();
}
