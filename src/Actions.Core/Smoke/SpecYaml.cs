using System.Text;
using Actions.Core.Faults;
using Actions.Core.Releases;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Smoke;

/// <summary>The YAML of a spec, and everything that is wrong with it.</summary>
internal sealed class SpecYaml(string shown)
{
    private const int MostDepth = 24;
    private const int MostNodes = 50_000;

    private readonly List<Fault> faults = [];

    public IReadOnlyList<Fault> Faults => faults;

    /// <summary>The file's one mapping; null, and a fault, when it is something else.</summary>
    public YamlMappingNode? Load(byte[] file)
    {
        var text = "";
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file);
            if (FirstProblem(text) is { } problem)
            {
                Complain(problem.Line, FaultCodes.InputInvalid, "plain YAML", problem.Found, "write it out without that");
                return null;
            }

            var stream = new YamlStream();
            using var reader = new StringReader(text);
            stream.Load(reader);
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                return root;
            }

            Complain(1, FaultCodes.InputInvalid, "one YAML mapping", stream.Documents.Count == 1 ? "something else" : $"{stream.Documents.Count} documents", "start with 'version: 1'");
        }
        catch (YamlException problem)
        {
            Complain(YamlText.LineOf(problem, text), FaultCodes.InputInvalid, "YAML", YamlText.Describe(problem), "correct the file");
        }
        catch (DecoderFallbackException)
        {
            Complain(1, FaultCodes.InputInvalid, "text in UTF-8", "other bytes", "save the file as UTF-8");
        }

        return null;
    }

    public void Complain(YamlNode at, FaultCode code, string expected, string found, string remedy) => Complain(at.Start.Line, code, expected, found, remedy);

    /// <summary>A fault found elsewhere, with the place in the file.</summary>
    public void Adopt(YamlNode at, IEnumerable<Fault> found) =>
        faults.AddRange(found.Select(fault => fault with { Expected = $"{shown}:{at.Start.Line}: {fault.Expected}", Input = "spec" }));

    private void Complain(long line, FaultCode code, string expected, string found, string remedy) =>
        faults.Add(new Fault(code, $"{shown}:{line}: Expected {expected}", $"found {found}", remedy, "spec"));

    /// <summary>Looked for event by event, before anything is built: aliases can make gigabytes of a few lines, and depth a stack overflow.</summary>
    private static (long Line, string Found)? FirstProblem(string text)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        var (depth, nodes) = (0, 0);
        while (parser.MoveNext())
        {
            switch (parser.Current)
            {
                case AnchorAlias:
                    return (parser.Current.Start.Line, "an alias (*name)");
                case NodeEvent { Anchor.IsEmpty: false }:
                    return (parser.Current.Start.Line, "an anchor (&name)");
                case NodeEvent { Tag.IsEmpty: false }:
                    return (parser.Current.Start.Line, "a tag (!name)");
            }

            depth += parser.Current!.NestingIncrease;
            nodes++;
            if (depth > MostDepth + 2 || nodes > MostNodes)
            {
                return (parser.Current.Start.Line, depth > MostDepth + 2 ? $"more than {MostDepth} levels" : $"more than {MostNodes} values");
            }
        }

        return null;
    }
}
