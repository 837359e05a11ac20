namespace Actions.Core.Releases;

/// <summary>What a release file gives for inputs that are absent: the values of <see cref="Inputs.InputReader.Supplied"/>.</summary>
/// <remarks>
/// An explicit input wins over all of them but the gates, of which the stricter holds: those are merged by
/// <see cref="Gates.GateRules"/> and not supplied here.
/// </remarks>
public static class ReleaseInputs
{
    /// <summary>What is the same for all programs of an environment.</summary>
    public static IReadOnlyDictionary<string, string> Of(ReleaseFile file, ReleaseEnvironment environment)
    {
        Dictionary<string, string> supplied = new(StringComparer.Ordinal)
        {
            ["cluster"] = environment.Cluster.Name,
            ["environment"] = environment.Name,
            ["from"] = environment.After ?? ReleaseFile.Build,
        };
        Add(supplied, "upgrade-authority", environment.UpgradeAuthority);
        Add(supplied, "spec", file.SmokeSpec(environment.Name));
        return supplied;
    }

    /// <summary>The same, and what belongs to one program.</summary>
    public static IReadOnlyDictionary<string, string> Of(ReleaseFile file, ReleaseEnvironment environment, ReleaseProgram program)
    {
        var supplied = new Dictionary<string, string>(Of(file, environment), StringComparer.Ordinal) { ["program"] = program.Artifact };
        Add(supplied, "idl", program.Idl);
        Add(supplied, "program-id", IdOf(environment, program));
        Add(supplied, "from-program-id", environment.After is { } after && file.Environment(after) is { } source ? IdOf(source, program) : null);
        return supplied;
    }

    private static string? IdOf(ReleaseEnvironment environment, ReleaseProgram program) =>
        environment.ProgramIds.TryGetValue(program.Name, out var id) ? id.ToString() : null;

    private static void Add(Dictionary<string, string> supplied, string name, string? value)
    {
        if (value is not null)
        {
            supplied[name] = value;
        }
    }
}
