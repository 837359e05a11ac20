using System.Text;
using Actions.Core.Faults;
using Actions.Core.Runner;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Releases;

/// <summary>Reads one of our YAML files, which strangers may have written: plain mappings, lists and scalars of bounded size and depth.</summary>
internal static class YamlText
{
    public const int LongestFile = 256 * 1024;

    private const int Deepest = 12;
    private const int MostNodes = 20_000;
    private const int LongestProblem = 200;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file's one mapping, or what is wrong with it.</summary>
    public static Result<YamlMappingNode> Read(ReadOnlySpan<byte> bytes, string file, string input)
    {
        if (bytes.Length > LongestFile)
        {
            return Wrong(file, $"found {bytes.Length:N0} bytes, more than the {LongestFile:N0} that are read", input);
        }

        var text = "";
        try
        {
            text = Strict.GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
            if (Complain(text) is { } complaint)
            {
                return Wrong($"{file}:{complaint.Line}", complaint.Found, input);
            }

            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }] ? root : Wrong(file, "found something else than one mapping", input);
        }
        catch (YamlException problem)
        {
            return Wrong($"{file}:{LineOf(problem, text)}", $"found {Describe(problem)}", input);
        }
        catch (Exception problem) when (problem is DecoderFallbackException or ArgumentException or FormatException or InvalidOperationException or OverflowException)
        {
            return Wrong(file, "found text that is no YAML in UTF-8", input);
        }
    }

    /// <summary>Where the parser could not go on. Of a tab it only says where the mapping around it begins.</summary>
    public static long LineOf(YamlException problem, string text)
    {
        var tab = problem.Message.Contains("tab as indentation", StringComparison.Ordinal)
            ? Array.FindIndex(text.Split('\n'), line => line.TakeWhile(char.IsWhiteSpace).Contains('\t')) : -1;
        return tab >= 0 ? tab + 1 : problem.End.Line;
    }

    /// <summary>The parser's words, and where what it could not end begins.</summary>
    public static string Describe(YamlException problem) =>
        PlainText.Bound(PlainText.CleanLine(problem.Message), LongestProblem) + (problem.Start.Line == problem.End.Line ? "" : $" (it begins in line {problem.Start.Line})");

    /// <summary>Looks at the events first: a tree of unbounded depth, or one that shares its branches, must not be built at all.</summary>
    private static (long Line, string Found)? Complain(string text)
    {
        var parser = new Parser(new StringReader(text));
        var (depth, nodes, documents) = (0, 0, 0);
        while (parser.MoveNext())
        {
            var found = parser.Current switch
            {
                AnchorAlias => "found an alias (*…)",
                NodeEvent { Anchor.IsEmpty: false } => "found an anchor (&…)",
                NodeEvent { Tag.IsEmpty: false } => "found a tag (!…)",
                NodeEvent when ++nodes > MostNodes => $"found more than {MostNodes:N0} values",
                DocumentStart when ++documents > 1 => "found a second document",
                _ => null,
            };
            depth += parser.Current?.NestingIncrease ?? 0;
            if (found is not null || depth > Deepest + 2)
            {
                return (parser.Current!.Start.Line, found ?? $"found more than {Deepest} levels");
            }
        }

        return null;
    }

    private static Fault Wrong(string where, string found, string input) => new(
        FaultCodes.FileUnreadable, $"{where}: expected a YAML file of plain mappings, lists and values", found,
        "correct the file; anchors, aliases, tags and several documents are not read", input);
}
