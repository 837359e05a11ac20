using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Solana;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Fleet;

/// <summary>The programs of release files as a fleet's. Pure.</summary>
public static class FleetPrograms
{
    /// <summary>Every program of every environment of a release file.</summary>
    /// <param name="yaml">The file's bytes.</param>
    /// <param name="file">As it is shown.</param>
    /// <param name="input">The input that led to it.</param>
    public static Result<IReadOnlyList<FleetProgram>> Of(ReadOnlySpan<byte> yaml, string file, string input)
    {
        var root = YamlText.Read(yaml, file, input);
        var release = root.IsOk ? new ReleaseFileReader(file, input).Read(root.Value) : Result<ReleaseFile>.Fail(root.Faults);
        return release.IsOk
            ? Result<IReadOnlyList<FleetProgram>>.Ok([.. release.Value.Environments.SelectMany(environment => Of(release.Value, environment, root.Value, file))])
            : Result<IReadOnlyList<FleetProgram>>.Fail(release.Faults);
    }

    /// <summary>A fleet file's own programs before those of release files. What both have is one program: the fleet file says more about it, the release file who its authority is, and where its IDL lies.</summary>
    public static IReadOnlyList<FleetProgram> Merge(IReadOnlyList<FleetProgram> own, IReadOnlyList<FleetProgram> derived)
    {
        var byPlace = derived.ToLookup(Key);
        var declared = own.Select(Key).ToHashSet();
        return
        [
            .. own.Select(program => byPlace[Key(program)].FirstOrDefault() is { } released ? program with { Authority = program.Authority ?? released.Authority, Idl = released.Idl } : program),
            .. derived.Where(program => !declared.Contains(Key(program))).DistinctBy(program => program.Name),
        ];
    }

    private static (Cluster Cluster, Address Id, string Environment) Key(FleetProgram program) => (program.Cluster, program.Id, program.Environment);

    private static IEnumerable<FleetProgram> Of(ReleaseFile release, ReleaseEnvironment environment, YamlMappingNode root, string file) =>
        from program in release.Programs
        where environment.ProgramIds.ContainsKey(program.Name)
        select new FleetProgram(
            $"{release.Name}/{program.Name}/{environment.Name}", environment.Cluster, environment.ProgramIds[program.Name],
            new FleetPlace(file, LineOf(root, "environments", environment.Name, "program-ids", program.Name)))
        {
            Environment = environment.Name,
            Authority = environment.UpgradeAuthority is { } authority && FleetAuthority.Of(authority) is { } address ? new ExpectedAuthority.Exactly(address) : null,
            Idl = program.Idl,
        };

    /// <summary>Of the last key of a path that the file was found to have.</summary>
    private static int LineOf(YamlMappingNode root, params ReadOnlySpan<string> path)
    {
        YamlNode node = root;
        var line = node.Start.Line;
        foreach (var key in path)
        {
            var (name, value) = ((YamlMappingNode)node).Children.First(pair => pair.Key is YamlScalarNode { Value: { } text } && text == key);
            (line, node) = (name.Start.Line, value);
        }

        return (int)line;
    }
}
