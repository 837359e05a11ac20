using System.Text;

namespace Actions.Core.Runner;

/// <summary>A piece of a line in a summary. A plain string becomes escaped text.</summary>
public abstract record Inline
{
    private const string Special = "\\`*_[]#|~$@";

    private Inline()
    {
    }

    private sealed record TextCase(string Value) : Inline;

    private sealed record CodeCase(string Value) : Inline;

    private sealed record StrongCase(string Value) : Inline;

    private sealed record LinkCase(string Value, string Url) : Inline;

    public static implicit operator Inline(string text) => new TextCase(text);

    public static Inline FromString(string text) => text;

    /// <summary>Shown letter by letter: an address, a hash, a command.</summary>
    public static Inline Code(string text) => new CodeCase(text);

    public static Inline Strong(string text) => new StrongCase(text);

    /// <summary>Only https links are links; anything else stays text.</summary>
    public static Inline Link(string text, string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps ? new LinkCase(text, uri.AbsoluteUri) : new TextCase(text);

    internal static string Escape(string text)
    {
        var line = OneLine(text);
        var escaped = new StringBuilder();
        for (var i = 0; i < line.Length; i++)
        {
            var rest = line.AsSpan(i);
            escaped.Append(line[i] switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                // Otherwise GitHub makes a link of every address that somebody else wrote.
                ':' when rest.StartsWith("://", StringComparison.Ordinal) => "&#58;",
                '.' when i >= 3 && line.AsSpan(i - 3).StartsWith("www.", StringComparison.OrdinalIgnoreCase) => "&#46;",
                // Otherwise a paragraph that starts like a list or a rule becomes one.
                '-' or '+' or '=' or '.' or ')' when line.AsSpan(0, i).Trim().IndexOfAnyExceptInRange('0', '9') < 0 => $"\\{line[i]}",
                var character when Special.Contains(character, StringComparison.Ordinal) => $"\\{character}",
                var character => character.ToString(),
            });
        }

        return escaped.ToString();
    }

    internal string Marked() => this switch
    {
        TextCase text => Escape(text.Value),
        StrongCase strong => $"**{Escape(strong.Value)}**",
        CodeCase code => Ticked(OneLine(code.Value)),
        LinkCase link => $"[{Escape(link.Value)}]({link.Url.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal)})",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>In a table a bar ends the cell even inside code.</summary>
    internal string MarkedInCell() => this is CodeCase ? Marked().Replace("|", "\\|", StringComparison.Ordinal) : Marked();

    internal string Plain() => this switch
    {
        TextCase text => OneLine(text.Value),
        StrongCase strong => OneLine(strong.Value),
        CodeCase code => OneLine(code.Value),
        LinkCase link => OneLine(link.Value) == link.Url ? link.Url : $"{OneLine(link.Value)} ({link.Url})",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Ticked(string code)
    {
        var ticks = "`";
        while (code.Contains(ticks, StringComparison.Ordinal))
        {
            ticks += "`";
        }

        var room = code.Length == 0 || code.StartsWith('`') || code.EndsWith('`') ? " " : "";
        return $"{ticks}{room}{code}{room}{ticks}";
    }

    /// <summary>Not trimmed: pieces of one line are joined as they are.</summary>
    private static string OneLine(string text) => PlainText.Clean(text).Replace('\n', ' ').Replace('\t', ' ');
}
