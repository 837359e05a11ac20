using System.Text.Json;
using System.Text.RegularExpressions;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Store;

namespace Actions.Cli.PromoteArtifact;

/// <summary>What a build made, for `from: build`.</summary>
/// <param name="Name">The release's name.</param>
public sealed partial record BuildInputs(
    string Name, IReadOnlyList<BuiltProgram> Programs, IReadOnlyDictionary<string, string> Toolchain, IReadOnlyList<ManifestAttachment> Attachments)
{
    // Room for a file a little too large, so that the fault can say by how much.
    private const long LongestProgram = 4L * LoaderProgram.MaxAccountLength;

    private const long LongestIdl = 4 * 1024 * 1024;

    /// <summary>Reads `program`, `idl`, `toolchain` and `attachments`; null when any is at fault.</summary>
    public static BuildInputs? Read(InputReader inputs, PromoteScope scope)
    {
        var before = inputs.Faults.Count;
        var programs = Built(inputs, scope);
        var idls = Idls(inputs, scope, programs);
        var toolchain = inputs.Map("toolchain").ToDictionary();
        var attachments = inputs.Lines("attachments").Select(line => Attachment(inputs, line)).OfType<ManifestAttachment>().ToList();
        var names = programs.Select(program => program.Program).Distinct().ToList();
        if (scope.File is null && names.Count > 1)
        {
            inputs.Add(FaultCodes.InputMissing, "release-file", "Expected a release file, whose name a release of several programs has", "found none", "add one, or release one program at a time");
        }

        CheckNames(inputs, scope, names);
        return inputs.Faults.Count > before
            ? null
            : new BuildInputs(scope.File?.Name ?? names[0], programs.ConvertAll(program => program with { Idl = idls.GetValueOrDefault((program.Program, program.Variant)) }), toolchain, attachments);
    }

    private static List<BuiltProgram> Built(InputReader inputs, PromoteScope scope)
    {
        var lines = ProgramLine.ReadAll(inputs, "program");
        if (lines.Count == 0 && scope.File is { } file)
        {
            return [.. from program in file.Programs
                       where scope.Programs.Any(chosen => chosen.Name == program.Name)
                       let built = Program(inputs, program.Name, ReleaseEnvironment.DefaultVariant, program.Artifact)
                       where built is not null
                       select built];
        }

        inputs.Require("program", "the path of the program's .so file, or lines <program>[@<variant>]=<path>");
        return [.. from line in lines
                   let name = line.Program ?? OnlyName(inputs, scope, line.Path)
                   where name is not null
                   let built = Program(inputs, name, line.Variant ?? ReleaseEnvironment.DefaultVariant, line.Path)
                   where built is not null
                   select built];
    }

    /// <summary>The program that a path alone can only mean: the release file's, else what the file is called.</summary>
    private static string? OnlyName(InputReader inputs, PromoteScope scope, string path)
    {
        var name = scope.File is null ? Path.GetFileNameWithoutExtension(path) : scope.Programs is [{ Name: { } only }] ? only : null;
        if (name is null || !ReleaseName.IsUsable(name))
        {
            inputs.Add(FaultCodes.InputInvalid, "program", "Expected <program>=<path> in 'program'", name is null ? "found a path alone for a release of several programs" : $"found {PlainText.Quote(path)}, whose name cannot be a program's", "say which program the path belongs to");
            return null;
        }

        return name;
    }

    private static BuiltProgram? Program(InputReader inputs, string name, string variant, string path)
    {
        if (inputs.FileAt("program", path, LongestProgram) is not { } file)
        {
            return null;
        }

        var binary = ProgramBinary.Read(file.Bytes, "program");
        foreach (var fault in binary.Faults)
        {
            inputs.Add(fault with { Found = $"{fault.Found} in {file.Path.Relative}" });
        }

        return binary.IsOk ? new BuiltProgram(name, variant, binary.Value) : null;
    }

    /// <summary>By program and variant; one without a variant is for all variants that have none of their own.</summary>
    private static Dictionary<(string, string), byte[]> Idls(InputReader inputs, PromoteScope scope, List<BuiltProgram> programs)
    {
        var lines = ProgramLine.ReadAll(inputs, "idl");
        if (lines.Count == 0 && scope.File is { } file)
        {
            lines = [.. from program in file.Programs
                        let idl = program.Idl
                        where idl is not null && scope.Programs.Any(chosen => chosen.Name == program.Name)
                        select new ProgramLine(program.Name, null, idl)];
        }

        Dictionary<(string, string), byte[]> idls = [];
        foreach (var line in lines.OrderBy(line => line.Variant is null))
        {
            var meant = programs.Where(program => program.Program == (line.Program ?? program.Program) && program.Variant == (line.Variant ?? program.Variant)).ToList();
            if (meant.Count == 0 || (line.Program is null && meant.Select(program => program.Program).Distinct().Count() > 1))
            {
                inputs.Add(FaultCodes.InputUnknownValue, "idl", "Expected the IDL of one of the programs given", $"found {PlainText.Quote(line.Program ?? line.Path)}", "write <program>[@<variant>]=<path> with a program of 'program'");
            }
            else if (Idl(inputs, line.Path) is { } idl)
            {
                foreach (var program in meant)
                {
                    idls.TryAdd((program.Program, program.Variant), idl);
                }
            }
        }

        return idls;
    }

    private static byte[]? Idl(InputReader inputs, string path)
    {
        if (inputs.FileAt("idl", path, LongestIdl) is not { } file)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(file.Bytes);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                return file.Bytes;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        inputs.Add(FaultCodes.FileUnreadable, "idl", "Expected an IDL: one JSON object", $"found something else in {file.Path.Relative}", "give the file that the build wrote to target/idl");
        return null;
    }

    private static ManifestAttachment? Attachment(InputReader inputs, string line)
    {
        var match = AttachmentForm().Match(line);
        if (!match.Success)
        {
            inputs.Add(FaultCodes.InputInvalid, "attachments", "Expected <kind>:<name>@sha256:<64 hex digits> on each line of 'attachments'", $"found {PlainText.Quote(line)}", "give for example image:ghcr.io/acme/api@sha256:…");
            return null;
        }

        return new ManifestAttachment(match.Groups["kind"].Value, match.Groups["name"].Value, match.Groups["sha256"].Value);
    }

    /// <summary>What the release file lists must be there, and nothing else.</summary>
    private static void CheckNames(InputReader inputs, PromoteScope scope, List<string> names)
    {
        if (scope.File is not { } file || names.Count == 0)
        {
            return;
        }

        foreach (var name in names.Where(name => file.Programs.All(program => program.Name != name)))
        {
            inputs.Add(FaultCodes.InputUnknownValue, "program", $"Expected the release file's programs: {string.Join(", ", file.Programs.Select(program => program.Name))}", $"found {PlainText.Quote(name)}", "correct it, or add it to the file");
        }

        foreach (var missing in scope.Programs.Where(program => program.Name is { } name && !names.Contains(name)))
        {
            inputs.Add(FaultCodes.InputMissing, "program", $"Expected a line for {missing.Name}", "found none", "add <program>=<path>, or choose programs with 'only'");
        }
    }

    [GeneratedRegex(@"\A(?<kind>[a-z][a-z0-9-]{0,30}):(?<name>[^\s@]{1,300})@sha256:(?<sha256>[0-9a-f]{64})\z")]
    private static partial Regex AttachmentForm();
}

/// <summary>One build of one program.</summary>
public sealed record BuiltProgram(string Program, string Variant, ProgramBinary Binary)
{
    public byte[]? Idl { get; init; }
}
