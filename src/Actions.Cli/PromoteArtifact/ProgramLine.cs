using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Releases;
using Actions.Core.Runner;

namespace Actions.Cli.PromoteArtifact;

/// <summary>A line `[&lt;program&gt;[@&lt;variant&gt;]=]&lt;path&gt;`.</summary>
/// <param name="Program">Null for a path alone.</param>
/// <param name="Variant">Null when the line does not say.</param>
internal sealed record ProgramLine(string? Program, string? Variant, string Path)
{
    /// <summary>The lines of an input; what is not of the form is a fault.</summary>
    public static IReadOnlyList<ProgramLine> ReadAll(InputReader inputs, string name)
    {
        var lines = inputs.Lines(name).Select(line => Read(inputs, name, line)).OfType<ProgramLine>().ToList();
        foreach (var twice in lines.GroupBy(line => (line.Program, line.Variant)).Where(same => same.Count() > 1))
        {
            inputs.Add(FaultCodes.InputConflict, name, $"Expected each program and variant once in '{name}'", $"found {PlainText.Quote(twice.Key.Program ?? twice.First().Path)} {twice.Count()} times", "write <program>@<variant>=<path>, each pair once");
        }

        if (lines.Count > 1 && lines.Exists(line => line.Program is null))
        {
            inputs.Add(FaultCodes.InputInvalid, name, $"Expected <program>[@<variant>]=<path> on each line of '{name}'", "found a path alone among several lines", "say which program each path belongs to");
        }

        return lines;
    }

    private static ProgramLine? Read(InputReader inputs, string name, string line)
    {
        if (line.Split('=', 2) is not [var key, var path])
        {
            return new ProgramLine(null, null, line);
        }

        string[] parts = key.Trim().Split('@', 2);
        if (parts.All(ReleaseName.IsUsable) && path.Trim().Length > 0)
        {
            return new ProgramLine(parts[0], parts.Length == 2 ? parts[1] : null, path.Trim());
        }

        inputs.Add(FaultCodes.InputInvalid, name, $"Expected <program>[@<variant>]=<path> on each line of '{name}', the names of {ReleaseName.Form}", $"found {PlainText.Quote(line)}", "correct the line");
        return null;
    }
}
