using Actions.Cli.Clusters;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Solana;
using Actions.Core.Store;

namespace Actions.Cli.VerifyProgram;

/// <summary>A program that the inputs name, and the bytes it should run.</summary>
/// <param name="Name">What the output `results` calls it.</param>
/// <param name="Bytes">Null when they are not compared.</param>
/// <param name="Release">The release whose bytes are expected, when a manifest names it.</param>
internal sealed record VerifySubject(string Name, Address Id, ExpectedBytes? Bytes, ExpectedRelease? Release)
{
    private static readonly string[] OfOne = ["program", "expected-hash"];

    /// <summary>The programs that `program-id` or the release file name; what is at fault is left out, and has been complained about.</summary>
    public static IReadOnlyList<VerifySubject> Read(InputReader inputs, ReleaseScope? scope)
    {
        var id = inputs.Address("program-id");
        if (scope is null)
        {
            if (!inputs.Has("programs") && !inputs.Has("release-file"))
            {
                inputs.Require("program-id", "the program to verify");
            }

            var (bytes, release) = ExpectedBytesInputs.Read(inputs);
            return id is { } only ? [new VerifySubject(release?.Program ?? only.ToString(), only, bytes, release)] : [];
        }

        var chosen = Chosen(inputs, scope, id);
        return chosen is [var (program, programId)] ? [Alone(inputs, scope, program, programId)] : All(inputs, scope, chosen);
    }

    /// <summary>A program without an id in the environment is not released there.</summary>
    private static List<(ReleaseProgram Program, Address Id)> Chosen(InputReader inputs, ReleaseScope scope, Address? id)
    {
        List<(ReleaseProgram Program, Address Id)> here = [.. from program in scope.Programs where scope.IdOf(program) is not null select (program, scope.IdOf(program)!.Value)];
        if (id is null)
        {
            if (here.Count == 0)
            {
                inputs.Add(FaultCodes.InputMissing, "release-file", $"Expected program-ids of {PlainText.Quote(scope.Environment.Name)} in the release file", "found none", "add the programs' ids, or choose other programs with 'only'");
            }

            return here;
        }

        if (here.FindAll(program => program.Id == id) is [var named])
        {
            return [named];
        }

        if (scope.Programs.Count == 1)
        {
            return [(scope.Programs[0], id.Value)];
        }

        inputs.Add(FaultCodes.InputConflict, "program-id", $"Expected the id of one of {string.Join(", ", here.Select(program => program.Program.Name))} in {PlainText.Quote(scope.Environment.Name)}", "found another one", "correct it, or choose one program with 'only'");
        return [];
    }

    private static VerifySubject Alone(InputReader inputs, ReleaseScope scope, ReleaseProgram program, Address id)
    {
        // The file says where a build lies; a manifest or a hash says better what should run.
        if (!inputs.Has("manifest") && !inputs.Has("expected-hash"))
        {
            inputs.Supplied = ReleaseInputs.Of(scope.File, scope.Environment, program);
        }

        var (bytes, release) = ExpectedBytesInputs.Read(inputs, (program.Name, scope.Environment.Variant));
        return new VerifySubject(program.Name, id, bytes, release);
    }

    private static List<VerifySubject> All(InputReader inputs, ReleaseScope scope, List<(ReleaseProgram Program, Address Id)> programs)
    {
        foreach (var name in OfOne.Where(inputs.Has))
        {
            inputs.Add(FaultCodes.InputConflict, name, $"Expected no '{name}' for {programs.Count} programs", "found one", "choose one program with 'only', or give the release's manifest");
        }

        var manifest = ManifestInput.Read(inputs);
        return programs.ConvertAll(each => new VerifySubject(
            each.Program.Name,
            each.Id,
            manifest is { } given ? ExpectedBytesInputs.Kept(inputs, given.File.Path.Relative, given.Manifest, (each.Program.Name, scope.Environment.Variant))
            : inputs.Has("manifest") ? null
            : ExpectedBytesInputs.Built(inputs, each.Program),
            manifest is { Manifest: var known } ? new ExpectedRelease(known.Name, known.Version, each.Program.Name, scope.Environment.Variant) : null));
    }
}

/// <summary>The release whose bytes are expected.</summary>
/// <param name="Program">Null when the file expected is not one of the release's.</param>
public sealed record ExpectedRelease(string Name, string Version, string? Program, string? Variant);
