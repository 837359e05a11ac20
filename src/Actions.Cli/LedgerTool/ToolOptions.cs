using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Cli.LedgerTool;

/// <summary>Options of the command line as the inputs of the same names: `--program-id X` is the input program-id.</summary>
internal static class ToolOptions
{
    /// <summary>The environment with the options in it; an option wins over a variable, and one that is repeated has several lines.</summary>
    /// <param name="known">The options that a command has.</param>
    /// <param name="flags">Those of them that take no value.</param>
    public static Result<RunnerEnvironment> Read(RunnerEnvironment environment, IReadOnlyList<string> arguments, IReadOnlyCollection<string> known, IReadOnlyCollection<string> flags)
    {
        Dictionary<string, List<string>> given = new(StringComparer.Ordinal);
        List<Fault> faults = [];
        for (var at = 0; at < arguments.Count; at++)
        {
            var (name, value) = Split(arguments[at]);
            if (name is null || !known.Contains(name))
            {
                faults.Add(new Fault(FaultCodes.InputUnknownValue, $"Expected options: {string.Join(", ", known.Select(option => $"--{option}"))}", $"found {PlainText.Quote(arguments[at])}", "see --help"));
            }
            else if (flags.Contains(name))
            {
                given[name] = ["true"];
            }
            else if (value is null && ++at == arguments.Count)
            {
                faults.Add(new Fault(FaultCodes.InputMissing, $"Expected a value after --{name}", "found the end of the line", "add it", name));
            }
            else
            {
                given.TryAdd(name, []);
                given[name].Add(value ?? arguments[at]);
            }
        }

        if (faults.Count > 0)
        {
            return Result<RunnerEnvironment>.Fail(faults);
        }

        var variables = new Dictionary<string, string>(environment.Variables, StringComparer.Ordinal);
        foreach (var (name, values) in given)
        {
            variables[$"INPUT_{name.ToUpperInvariant()}"] = string.Join('\n', values);
        }

        return new RunnerEnvironment(variables, environment.Workspace);
    }

    private static (string? Name, string? Value) Split(string argument) =>
        !argument.StartsWith("--", StringComparison.Ordinal) ? (null, null)
        : argument[2..].Split('=', 2) is [var name, var value] ? (name, value)
        : (argument[2..], null);
}
