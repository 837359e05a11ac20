using System.Text;
using Actions.Core.Runner;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using ScalarEvent = YamlDotNet.Core.Events.Scalar;

namespace Actions.Core.Security.Workflows;

/// <summary>A YAML file that somebody else wrote for somebody else, as a tree with lines: bounded, and tolerant of what GitHub takes (anchors, any keys).</summary>
internal abstract class YamlTree(int line)
{
    private const int LongestFile = 1024 * 1024;
    private const int Deepest = 40;

    /// <summary>With every alias written out: a file of a few lines can stand for billions.</summary>
    private const int MostNodes = 100_000;

    private const int LongestProblem = 200;

    public int Line { get; } = line;

    /// <summary>Nodes below, itself included.</summary>
    public int Size { get; protected init; } = 1;

    public string? Text => this is Scalar { Value: { } text } ? text : null;

    public static YamlTree? Read(ReadOnlySpan<byte> bytes, out (int Line, string Found) problem)
    {
        problem = (1, $"more than {LongestFile:N0} bytes");
        if (bytes.Length > LongestFile)
        {
            return null;
        }

        try
        {
            var parser = new Parser(new StringReader(Encoding.UTF8.GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes)));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            return new Builder(parser).Node(0);
        }
        catch (YamlException exception)
        {
            problem = (Math.Max(1, (int)exception.End.Line), PlainText.Bound(PlainText.CleanLine(exception.Message), LongestProblem));
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException or OverflowException)
        {
            // The parser's own way to stumble over text that is no YAML.
            problem = (1, "text that is no YAML");
        }

        return null;
    }

    public Map? Get(string key) => this[key] as Map;

    public YamlTree? this[string key] => this is Map map ? map.Entries.FirstOrDefault(entry => entry.Key.Value == key).Value : null;

    /// <summary>The items of a list; a single value stands for a list of one, as GitHub has it.</summary>
    public IEnumerable<YamlTree> Items => this is List list ? list.All : this is Scalar { Value.Length: 0 } ? [] : [this];

    /// <summary>The values of a mapping, with where their keys stand.</summary>
    public IEnumerable<(string Key, int Line, YamlTree Value)> Pairs => this is Map map ? map.Entries.Select(entry => (entry.Key.Value, entry.Key.Line, entry.Value)) : [];

    /// <summary>Every value below, itself included.</summary>
    public IEnumerable<Scalar> Scalars() => this switch
    {
        Scalar scalar => [scalar],
        List list => list.All.SelectMany(item => item.Scalars()),
        Map map => map.Entries.SelectMany(entry => entry.Value.Scalars()),
        _ => [],
    };

    internal sealed class Scalar(string value, bool isBlock, int line) : YamlTree(line)
    {
        public string Value { get; } = value;

        /// <summary>Where a character of the value stands: a literal block begins in the line after its `|`.</summary>
        public int LineOf(int index) => isBlock ? Line + 1 + Value.AsSpan(0, index).Count('\n') : Line;
    }

    internal sealed class List : YamlTree
    {
        public List(IReadOnlyList<YamlTree> all, int line)
            : base(line) => (All, Size) = (all, 1 + all.Sum(item => item.Size));

        public IReadOnlyList<YamlTree> All { get; }
    }

    internal sealed class Map : YamlTree
    {
        public Map(IReadOnlyList<KeyValuePair<Scalar, YamlTree>> entries, int line)
            : base(line) => (Entries, Size) = (entries, 1 + entries.Sum(entry => 1 + entry.Value.Size));

        public IReadOnlyList<KeyValuePair<Scalar, YamlTree>> Entries { get; }
    }

    private sealed class Builder(Parser parser)
    {
        private readonly Dictionary<AnchorName, YamlTree> anchors = [];
        private int nodes;

        public YamlTree Node(int depth)
        {
            var (start, anchor) = (parser.Current!, parser.Current is NodeEvent { Anchor: { IsEmpty: false } name } ? name : default);
            if (depth > Deepest)
            {
                throw new YamlException(start.Start, start.End, $"More than {Deepest} levels.");
            }

            var node = parser.Accept<AnchorAlias>(out _) ? Alias() : parser.Accept<ScalarEvent>(out _) ? Value() : parser.Accept<SequenceStart>(out _) ? Sequence(depth) : Mapping(depth);
            Count(start, start is AnchorAlias ? node.Size : 1);
            if (!anchor.IsEmpty && start is not AnchorAlias)
            {
                anchors[anchor] = node;
            }

            return node;
        }

        private void Count(ParsingEvent at, int more)
        {
            nodes += more;
            if (nodes > MostNodes)
            {
                throw new YamlException(at.Start, at.End, $"More than {MostNodes:N0} values.");
            }
        }

        private YamlTree Alias()
        {
            var alias = parser.Consume<AnchorAlias>();
            return anchors.TryGetValue(alias.Value, out var known) ? known : throw new YamlException(alias.Start, alias.End, "An alias of nothing.");
        }

        private Scalar Value()
        {
            var scalar = parser.Consume<ScalarEvent>();
            return new Scalar(scalar.Value, scalar.Style == ScalarStyle.Literal, (int)scalar.Start.Line);
        }

        private List Sequence(int depth)
        {
            var start = parser.Consume<SequenceStart>();
            List<YamlTree> items = [];
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Node(depth + 1));
            }

            return new List(items, (int)start.Start.Line);
        }

        private Map Mapping(int depth)
        {
            var start = parser.Consume<MappingStart>();
            List<KeyValuePair<Scalar, YamlTree>> entries = [];
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var at = parser.Current!;
                var key = Node(depth + 1) as Scalar ?? throw new YamlException(at.Start, at.End, "A key that is no name.");
                entries.Add(new(key, Node(depth + 1)));
            }

            return new Map(entries, (int)start.Start.Line);
        }
    }
}
