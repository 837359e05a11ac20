using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.Clusters;

/// <summary>The part of a release file that an action works on: one environment, and its programs or some of them.</summary>
/// <param name="Programs">In deploy order.</param>
internal sealed record ReleaseScope(ReleaseFile File, ReleaseEnvironment Environment, IReadOnlyList<ReleaseProgram> Programs)
{
    /// <summary>Every id the file has for this environment: what belongs to one release, whichever programs this run works on.</summary>
    public IReadOnlyCollection<Address> AllIds => [.. Environment.ProgramIds.Values];

    /// <summary>Reads `release-file`, `environment` and `only`, and lets the file supply what is the same for all programs; null without a file, or when an input is at fault.</summary>
    public static ReleaseScope? Read(InputReader inputs)
    {
        var only = inputs.Lines("only");
        if (!inputs.Has("release-file"))
        {
            if (only.Count > 0)
            {
                inputs.Add(FaultCodes.InputConflict, "only", "Expected a release file whose programs 'only' chooses from", "found none", "give release-file, or remove only");
            }

            return null;
        }

        return ReleaseFile.Read(inputs) is { } file && EnvironmentOf(inputs, file) is { } environment ? Choose(inputs, file, environment, only) : null;
    }

    public Address? IdOf(ReleaseProgram program) => Environment.ProgramIds.TryGetValue(program.Name, out var id) ? id : null;

    /// <summary>The program's ids in the file's other environments, by their names: a binary that declares one of them does not belong here.</summary>
    public IReadOnlyList<(string Environment, Address Id)> OtherIdsOf(ReleaseProgram program) => OtherIdsOf(File, Environment.Name, program);

    private static ReleaseEnvironment? EnvironmentOf(InputReader inputs, ReleaseFile file)
    {
        if (inputs.Text("environment") is not { } name)
        {
            inputs.Require("environment", $"the environment of the release file to work on: {Names(file)}");
            return null;
        }

        if (file.Environment(name) is { } environment)
        {
            return environment;
        }

        inputs.Add(FaultCodes.InputUnknownValue, "environment", $"Expected one of the release file's environments in 'environment': {Names(file)}", $"found {PlainText.Quote(name)}", "correct it, or add the environment to the file");
        return null;
    }

    private static ReleaseScope? Choose(InputReader inputs, ReleaseFile file, ReleaseEnvironment environment, IReadOnlyList<string> only)
    {
        inputs.Supplied = ReleaseInputs.Of(file, environment);
        var programs = Choose(inputs, file, only);
        return only.Any(name => file.Programs.All(program => program.Name != name)) ? null : new ReleaseScope(file, environment, programs);
    }

    /// <summary>Those of the file's programs that `only` names, all of them where it names none; a name that is not there is complained about.</summary>
    public static List<ReleaseProgram> Choose(InputReader inputs, ReleaseFile file, IReadOnlyList<string> only)
    {
        foreach (var name in only.Where(name => file.Programs.All(program => program.Name != name)))
        {
            inputs.Add(FaultCodes.InputUnknownValue, "only", $"Expected one of {string.Join(", ", file.Programs.Select(program => program.Name))} in 'only'", $"found {PlainText.Quote(name)}", "correct it");
        }

        return [.. file.Programs.Where(program => only.Count == 0 || only.Contains(program.Name))];
    }

    /// <summary>A program's ids in the environments other than this one, by their names.</summary>
    public static IReadOnlyList<(string Environment, Address Id)> OtherIdsOf(ReleaseFile file, string environment, ReleaseProgram program) =>
    [
        .. from other in file.Environments
           where other.Name != environment && other.ProgramIds.ContainsKey(program.Name)
           select (other.Name, other.ProgramIds[program.Name]),
    ];

    private static string Names(ReleaseFile file) => string.Join(", ", file.Environments.Select(environment => environment.Name));
}
