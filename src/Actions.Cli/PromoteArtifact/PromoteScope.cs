using Actions.Cli.Clusters;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.PromoteArtifact;

/// <summary>What is promoted from where to where.</summary>
/// <param name="To">The environment released to.</param>
/// <param name="From">The environment promoted from; null for the build.</param>
/// <param name="File">Null without a release file.</param>
public sealed record PromoteScope(string To, string? From, ReleaseFile? File)
{
    /// <summary>Null without a release file.</summary>
    public ReleaseEnvironment? Target => File?.Environment(To);

    /// <summary>Null for the build, and without a release file.</summary>
    public ReleaseEnvironment? Source => From is null ? null : File?.Environment(From);

    /// <summary>In deploy order. Without a release file one, whose name the manifest knows.</summary>
    public IReadOnlyList<PromoteProgram> Programs { get; init; } = [];

    public string ToVariant => Target?.Variant ?? ReleaseEnvironment.DefaultVariant;

    public string FromVariant => Source?.Variant ?? ReleaseEnvironment.DefaultVariant;

    /// <summary>Reads `to`, `from`, `environment`, `release-file`, `only`, `program-id` and `from-program-id`, and lets the file supply the rest; null when the inputs are at fault.</summary>
    public static PromoteScope? Read(InputReader inputs)
    {
        inputs.Require("to", "the environment to promote to");
        var to = inputs.Text("to");
        var file = ReleaseFile.Read(inputs);
        if (file is not null && to is not null)
        {
            Supply(inputs, file, to);
        }

        if (inputs.Text("environment") is { } environment && to is not null && environment != to)
        {
            inputs.Add(FaultCodes.InputConflict, "environment", $"Expected no other environment than 'to', {PlainText.Quote(to)}", $"found {PlainText.Quote(environment)}", "remove 'environment'");
        }

        var from = inputs.Text("from");
        if (!inputs.Has("release-file"))
        {
            inputs.Require("from", "build, or the environment to promote from");
        }
        else if (file is not null && from is not null and not ReleaseFile.Build && file.Environment(from) is null)
        {
            inputs.Add(Unknown("from", from, file));
        }

        if (from is not null && from == to)
        {
            inputs.Add(FaultCodes.InputConflict, "from", "Expected two environments in 'from' and 'to'", $"found {PlainText.Quote(from)} in both", "correct one of them");
        }

        var (id, fromId, only) = (inputs.Address("program-id"), inputs.Address("from-program-id"), inputs.Lines("only"));
        if (to is null || from is null || (inputs.Has("release-file") && file?.Environment(to) is null))
        {
            return null;
        }

        var scope = new PromoteScope(to, from == ReleaseFile.Build ? null : from, file);
        return scope with { Programs = file is null ? scope.Alone(inputs, id, fromId, only) : scope.OfFile(inputs, file, id, fromId, only) };
    }

    private static void Supply(InputReader inputs, ReleaseFile file, string to)
    {
        if (file.Environment(to) is not { } target)
        {
            inputs.Add(Unknown("to", to, file));
            return;
        }

        inputs.Supplied = ReleaseInputs.Of(file, target);
        if (target.After is { } after && inputs.Text("from") is { } from && from != after && from != ReleaseFile.Build)
        {
            inputs.Add(new Fault(FaultCodes.InputConflict, $"Expected to promote to {PlainText.Quote(to)} from {PlainText.Quote(after)}, as the release file has it", $"found {PlainText.Quote(from)} in 'from'", "make sure that skipping an environment is meant", "from").AsWarning());
        }
    }

    private IReadOnlyList<PromoteProgram> Alone(InputReader inputs, Address? id, Address? fromId, IReadOnlyList<string> only)
    {
        if (only.Count > 0)
        {
            inputs.Add(FaultCodes.InputConflict, "only", "Expected a release file whose programs 'only' chooses from", "found none", "give release-file, or remove only");
        }

        if (From is not null)
        {
            inputs.Require("program-id", "the program in the target environment");
        }

        return [new PromoteProgram(null, id, fromId ?? id) { OtherIds = From is not null && fromId is { } other ? [(From, other)] : [] }];
    }

    private List<PromoteProgram> OfFile(InputReader inputs, ReleaseFile file, Address? id, Address? fromId, IReadOnlyList<string> only)
    {
        var chosen = ReleaseScope.Choose(inputs, file, only);
        if (chosen.Count != 1 && (id ?? fromId) is not null)
        {
            inputs.Add(FaultCodes.InputConflict, id is not null ? "program-id" : "from-program-id", $"Expected no id for {chosen.Count} programs", "found one", "choose one program with 'only', or leave the ids to the release file");
        }

        return chosen.ConvertAll(program => new PromoteProgram(program.Name, id ?? IdOf(inputs, program, Target), fromId ?? IdOf(inputs, program, Source))
        {
            OtherIds = ReleaseScope.OtherIdsOf(file, To, program),
        });
    }

    /// <summary>A build is stored without looking at a chain, so there an id may be missing.</summary>
    private Address? IdOf(InputReader inputs, ReleaseProgram program, ReleaseEnvironment? environment)
    {
        if (environment?.ProgramIds.TryGetValue(program.Name, out var id) == true)
        {
            return id;
        }

        if (environment is not null && From is not null)
        {
            inputs.Add(FaultCodes.InputMissing, "release-file", $"Expected the id of {program.Name} among the program-ids of {PlainText.Quote(environment.Name)}", "found none", "add it, or choose other programs with 'only'");
        }

        return null;
    }

    private static Fault Unknown(string input, string found, ReleaseFile file) => new(
        FaultCodes.InputUnknownValue, $"Expected one of the release file's environments in '{input}': {string.Join(", ", file.Environments.Select(environment => environment.Name))}",
        $"found {PlainText.Quote(found)}", "correct it, or add the environment to the file", input);
}

/// <summary>One program of a promotion.</summary>
/// <param name="Name">Null without a release file.</param>
/// <param name="Id">In the target environment.</param>
/// <param name="FromId">In the source environment.</param>
public sealed record PromoteProgram(string? Name, Address? Id, Address? FromId)
{
    /// <summary>Its ids in the other environments, by their names.</summary>
    public IReadOnlyList<(string Environment, Address Id)> OtherIds { get; init; } = [];
}
