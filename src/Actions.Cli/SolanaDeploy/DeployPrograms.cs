using Actions.Cli.Clusters;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>A program that the inputs ask for.</summary>
/// <param name="Name">Null when neither a release file nor a manifest names it.</param>
/// <param name="Id">Null only in buffer mode.</param>
/// <param name="Key">Of the program, where it may have to be created.</param>
internal sealed record DeployProgram(string? Name, Address? Id, KeyInput? Key, ProgramBinary Binary, ManifestFacts? Manifest)
{
    public IReadOnlyList<(string Environment, Address Id)> OtherIds { get; init; } = [];
}

/// <summary>Reads `program`, `program-id`, `program-keypair` and `manifest`: one program, or those of a release file in its order.</summary>
internal static class DeployPrograms
{
    private static readonly string[] OfOne = ["program", "program-id", "confirm-final"];

    /// <summary>What is at fault is left out, and has been complained about.</summary>
    public static IReadOnlyList<DeployProgram> Read(InputReader inputs, ReleaseScope? scope, DeployMode mode) =>
        scope is null ? Alone(inputs, mode)
        : Released(inputs, scope) is [var only] ? OfFile(inputs, scope, only)
        : OfFile(inputs, scope);

    private static List<DeployProgram> Alone(InputReader inputs, DeployMode mode)
    {
        var file = ProgramFile.Read(inputs);
        var (id, key) = (inputs.Address("program-id"), inputs.Key("program-keypair"));
        if (mode != DeployMode.Buffer && !inputs.Has("program-id") && !inputs.Has("program-keypair"))
        {
            inputs.Add(FaultCodes.InputMissing, "program-id", "Expected 'program-id' (of a program to upgrade) or 'program-keypair' (of a program to create)", "found neither", "add one of them under 'with:'");
        }

        CheckSame(inputs, id, key);
        return file is null ? [] : [new DeployProgram(file.Value.Manifest?.Program, id ?? key?.Address, key, file.Value.Binary, file.Value.Manifest)];
    }

    /// <summary>The programs of the file that this run releases: `program-id` may choose one of them by its id.</summary>
    private static IReadOnlyList<ReleaseProgram> Released(InputReader inputs, ReleaseScope scope) =>
        scope.Programs.Count > 1 && inputs.Address("program-id") is { } id && scope.Programs.FirstOrDefault(program => scope.IdOf(program) == id) is { } chosen
            ? [chosen]
            : scope.Programs;

    private static List<DeployProgram> OfFile(InputReader inputs, ReleaseScope scope, ReleaseProgram program)
    {
        var (id, key) = (inputs.Address("program-id") ?? scope.IdOf(program), KeyOfOne(inputs, program));
        CheckSame(inputs, id, key);
        if (id is null && key is null && !inputs.Has("program-keypair"))
        {
            inputs.Add(NoId(scope, program));
        }

        return ProgramFile.Read(inputs, scope, [program]) is [{ } file]
            ? [new DeployProgram(program.Name, id ?? key?.Address, key, file.Binary, file.Manifest) { OtherIds = scope.OtherIdsOf(program) }]
            : [];
    }

    private static List<DeployProgram> OfFile(InputReader inputs, ReleaseScope scope)
    {
        foreach (var name in OfOne.Where(inputs.Has))
        {
            inputs.Add(FaultCodes.InputConflict, name, $"Expected no '{name}' for {scope.Programs.Count} programs", "found one", "choose one program with 'only', or leave it to the release file");
        }

        var keys = inputs.Keys("program-keypair");
        foreach (var name in keys.Keys.Where(name => scope.Programs.All(program => program.Name != name)))
        {
            inputs.Add(FaultCodes.InputUnknownValue, "program-keypair", $"Expected names of programs in 'program-keypair': {string.Join(", ", scope.Programs.Select(program => program.Name))}", $"found {PlainText.Quote(name)}", "correct it");
        }

        // A program without an id in this environment, and without a key that would give it one, is not released here.
        List<ReleaseProgram> released = [.. scope.Programs.Where(program => scope.IdOf(program) is not null || keys.ContainsKey(program.Name))];
        if (released.Count == 0 && inputs.Lines("program-keypair").Count == 0)
        {
            inputs.Add(NoId(scope, scope.Programs[0]));
        }

        var files = ProgramFile.Read(inputs, scope, released);
        List<DeployProgram> programs = [];
        foreach (var (program, file) in released.Zip(files))
        {
            var key = keys.GetValueOrDefault(program.Name);
            CheckSame(inputs, scope.IdOf(program), key);
            if (file is { } read)
            {
                programs.Add(new DeployProgram(program.Name, scope.IdOf(program) ?? key!.Address, key, read.Binary, read.Manifest) { OtherIds = scope.OtherIdsOf(program) });
            }
        }

        return programs;
    }

    /// <summary>One program's key may come with its name, as it must for several, or without.</summary>
    private static KeyInput? KeyOfOne(InputReader inputs, ReleaseProgram program) =>
        inputs.Lines("program-keypair") is [var line] && line.StartsWith($"{program.Name}=", StringComparison.Ordinal)
            ? inputs.Keys("program-keypair").GetValueOrDefault(program.Name)
            : inputs.Key("program-keypair");

    private static Fault NoId(ReleaseScope scope, ReleaseProgram program) => new(
        FaultCodes.InputMissing, $"Expected the id of {program.Name} among the program-ids of {PlainText.Quote(scope.Environment.Name)}, or its key in 'program-keypair'", "found neither",
        "add one of them, or choose other programs with 'only'", "program-id");

    private static void CheckSame(InputReader inputs, Address? id, KeyInput? key)
    {
        if (id is { } given && key is not null && key.Address != given)
        {
            inputs.Add(FaultCodes.InputConflict, "program-id", $"Expected program-id and program-keypair to name the same program, {key.Address}", $"found program-id {given}", "remove one of them");
        }
    }
}
