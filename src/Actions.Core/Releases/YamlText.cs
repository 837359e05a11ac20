using System.Text;
using Actions.Core.Faults;
using Actions.Core.Runner;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Releases;

/// <summary>Reads our YAML files, which strangers may have written: plain mappings, lists and scalars of bounded size and depth.</summary>
internal static class YamlText
{
    public const int LongestFile = 256 * 1024;
    public const string Form = "a YAML file of plain mappings, lists and values";
    public const string Remedy = "correct the file; anchors, aliases, tags and several documents are not read";

    private const int Deepest = 12;
    private const int MostNodes = 20_000;
    private const int LongestProblem = 200;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A release file's one mapping, or what is wrong with it.</summary>
    public static Result<YamlMappingNode> Read(ReadOnlySpan<byte> bytes, string file, string input)
    {
        if (bytes.Length > LongestFile)
        {
            return Wrong(file, $"{bytes.Length:N0} bytes, more than the {LongestFile:N0} that are read", input);
        }

        return Load(bytes, Deepest, MostNodes, out var problem) is { } root ? root : Wrong(problem.Line is { } line ? $"{file}:{line}" : file, problem.Found, input);
    }

    /// <summary>One mapping; null, and why, for anything else. No line is given for what is wrong with the whole file.</summary>
    public static YamlMappingNode? Load(ReadOnlySpan<byte> bytes, int deepest, int mostNodes, out (long? Line, string Found) problem)
    {
        var text = "";
        try
        {
            text = Strict.GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
            if (Complain(text, deepest, mostNodes) is { } complaint)
            {
                problem = complaint;
                return null;
            }

            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            problem = (null, "something else than one mapping");
            return yaml.Documents is [{ RootNode: YamlMappingNode root }] ? root : null;
        }
        catch (YamlException exception)
        {
            problem = (LineOf(exception, text), Describe(exception));
        }
        catch (Exception exception) when (exception is DecoderFallbackException or ArgumentException or FormatException or InvalidOperationException or OverflowException)
        {
            // The last ones are the parser's own way to stumble over text that is no YAML.
            problem = (null, "text that is no YAML in UTF-8");
        }

        return null;
    }

    /// <summary>Where the parser could not go on. Of a tab it only says where the mapping around it begins.</summary>
    private static long LineOf(YamlException problem, string text)
    {
        var tab = problem.Message.Contains("tab as indentation", StringComparison.Ordinal)
            ? Array.FindIndex(text.Split('\n'), line => line.TakeWhile(char.IsWhiteSpace).Contains('\t')) : -1;
        return tab >= 0 ? tab + 1 : problem.End.Line;
    }

    /// <summary>The parser's words, and where what it could not end begins.</summary>
    private static string Describe(YamlException problem) =>
        PlainText.Bound(PlainText.CleanLine(problem.Message), LongestProblem) + (problem.Start.Line == problem.End.Line ? "" : $" (it begins in line {problem.Start.Line})");

    /// <summary>Looks at the events first: a tree of unbounded depth, or one that shares its branches, must not be built at all.</summary>
    private static (long? Line, string Found)? Complain(string text, int deepest, int mostNodes)
    {
        var parser = new Parser(new StringReader(text));
        var (depth, nodes, documents) = (0, 0, 0);
        while (parser.MoveNext())
        {
            var found = parser.Current switch
            {
                AnchorAlias => "an alias (*…)",
                NodeEvent { Anchor.IsEmpty: false } => "an anchor (&…)",
                NodeEvent { Tag.IsEmpty: false } => "a tag (!…)",
                NodeEvent when ++nodes > mostNodes => $"more than {mostNodes:N0} values",
                DocumentStart when ++documents > 1 => "a second document",
                _ => null,
            };
            depth += parser.Current?.NestingIncrease ?? 0;
            if (found is not null || depth > deepest + 2)
            {
                return (parser.Current!.Start.Line, found ?? $"more than {deepest} levels");
            }
        }

        return null;
    }

    private static Fault Wrong(string where, string found, string input) => new(
        FaultCodes.FileUnreadable, $"{where}: expected {Form}", $"found {found}", Remedy, input);
}
