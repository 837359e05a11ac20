using System.Text;

namespace Actions.Core.Runner;

/// <summary>A summary as data: GitHub Markdown for the runner, plain text for a shell. All text is escaped.</summary>
public sealed class Markdown
{
    private readonly List<Block> blocks = [];

    private abstract record Block
    {
        private Block()
        {
        }

        public sealed record Heading(int Level, Inline Text) : Block;

        public sealed record Paragraph(Inline[] Text) : Block;

        public sealed record Bullets(Inline[][] Items) : Block;

        public sealed record Table(string[] Head, Inline[][] Rows) : Block;

        public sealed record Code(string Text) : Block;

        public sealed record Details(string Title, Markdown Body) : Block;
    }

    public bool IsEmpty => blocks.Count == 0;

    public Markdown Heading(int level, Inline text) => Add(new Block.Heading(level, text));

    public Markdown Paragraph(params Inline[] text) => Add(new Block.Paragraph(text));

    public Markdown Bullets(IEnumerable<Inline[]> items) => Add(new Block.Bullets([.. items]));

    public Markdown Table(IEnumerable<string> head, IEnumerable<Inline[]> rows) => Add(new Block.Table([.. head], [.. rows]));

    public Markdown CodeBlock(string text) => Add(new Block.Code(PlainText.Clean(text).TrimEnd('\n')));

    public Markdown Details(string title, Markdown body) => Add(new Block.Details(title, body));

    public Markdown Append(Markdown other)
    {
        blocks.AddRange(other.blocks);
        return this;
    }

    public override string ToString() => Render(Marked);

    public string ToPlainText() => Render(Plain);

    private static string Marked(Block block) => block switch
    {
        Block.Heading heading => $"{new string('#', heading.Level)} {heading.Text.Marked()}",
        Block.Paragraph paragraph => string.Concat(paragraph.Text.Select(span => span.Marked())),
        Block.Bullets bullets => string.Join('\n', bullets.Items.Select(item => $"- {string.Concat(item.Select(span => span.Marked()))}")),
        Block.Table table => MarkedTable(table),
        Block.Code code => $"{Fence(code.Text)}\n{code.Text}\n{Fence(code.Text)}",
        Block.Details details => $"<details>\n<summary>{Inline.Escape(details.Title)}</summary>\n\n{details.Body}\n</details>",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Plain(Block block) => block switch
    {
        Block.Heading heading => heading.Level <= 2 ? $"{heading.Text.Plain()}\n{new string('=', heading.Text.Plain().Length)}" : heading.Text.Plain(),
        Block.Paragraph paragraph => string.Concat(paragraph.Text.Select(span => span.Plain())),
        Block.Bullets bullets => string.Join('\n', bullets.Items.Select(item => $"- {string.Concat(item.Select(span => span.Plain()))}")),
        Block.Table table => PlainTable(table),
        Block.Code code => string.Join('\n', code.Text.Split('\n').Select(line => $"    {line}")),
        Block.Details details => $"{PlainText.CleanLine(details.Title)}\n\n{details.Body.ToPlainText().TrimEnd('\n')}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string MarkedTable(Block.Table table)
    {
        var lines = new List<string> { Row(table.Head.Select(Inline.Escape)), Row(table.Head.Select(_ => "---")) };
        lines.AddRange(table.Rows.Select(row => Row(row.Select(span => span.MarkedInCell()))));
        return string.Join('\n', lines);

        static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
    }

    private static string PlainTable(Block.Table table)
    {
        string[][] rows = [table.Head, .. table.Rows.Select(row => row.Select(span => span.Plain()).ToArray())];
        var widths = table.Head.Select((_, column) => rows.Max(row => column < row.Length ? row[column].Length : 0)).ToArray();
        return string.Join('\n', rows.Select(row => string.Join("  ", row.Select((cell, i) => i < widths.Length ? cell.PadRight(widths[i]) : cell)).TrimEnd()));
    }

    /// <summary>A fence longer than any run of backticks inside.</summary>
    private static string Fence(string text)
    {
        var fence = new StringBuilder("```");
        while (text.Contains(fence.ToString(), StringComparison.Ordinal))
        {
            fence.Append('`');
        }

        return fence.ToString();
    }

    private Markdown Add(Block block)
    {
        blocks.Add(block);
        return this;
    }

    private string Render(Func<Block, string> render) => string.Concat(blocks.Select(block => render(block) + "\n\n")) is { Length: > 0 } text
        ? text[..^1]
        : "";
}
