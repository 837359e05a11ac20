using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Solana;

namespace Actions.Core.Releases;

/// <summary>`solana-release.yml`: what a release consists of and which environments it goes through (docs/schema/release-file.schema.json).</summary>
/// <param name="Programs">In deploy order.</param>
/// <param name="Environments">In the order of the chain: the first one is released to from the build.</param>
/// <param name="Smoke">Environment, or `*` for all, to the path of a smoke spec.</param>
public sealed record ReleaseFile(
    string Name, IReadOnlyList<ReleaseProgram> Programs, IReadOnlyList<ReleaseEnvironment> Environments, IReadOnlyDictionary<string, string> Smoke)
{
    /// <summary>What `from` calls the place the first environment gets its bytes from.</summary>
    public const string Build = "build";

    /// <summary>The input that names the file; null when it is absent or at fault.</summary>
    public static ReleaseFile? Read(InputReader inputs)
    {
        if (inputs.File("release-file", YamlText.LongestFile) is not { } file)
        {
            return null;
        }

        var read = Parse(file.Bytes, file.Path.Relative);
        foreach (var fault in read.Faults)
        {
            inputs.Add(fault);
        }

        return read.IsOk ? read.Value : null;
    }

    /// <param name="yaml">The file's bytes.</param>
    /// <param name="file">As it is shown.</param>
    /// <param name="input">The input that named it.</param>
    public static Result<ReleaseFile> Parse(ReadOnlySpan<byte> yaml, string file, string input = "release-file")
    {
        var root = YamlText.Read(yaml, file, input);
        return root.IsOk ? new ReleaseFileReader(file, input).Read(root.Value) : Result<ReleaseFile>.Fail(root.Faults);
    }

    public ReleaseEnvironment? Environment(string name) => Environments.FirstOrDefault(environment => environment.Name == name);

    /// <summary>The smoke spec of an environment: its own, else the one for all.</summary>
    public string? SmokeSpec(string environment) => Smoke.GetValueOrDefault(environment) ?? Smoke.GetValueOrDefault("*");
}

/// <summary>A program of a release.</summary>
/// <param name="Artifact">The path of its .so, relative to the workspace.</param>
public sealed record ReleaseProgram(string Name, string Artifact, string? Idl);

/// <summary>An environment of a release file.</summary>
public sealed record ReleaseEnvironment(string Name, Cluster Cluster)
{
    public const string DefaultVariant = "default";

    /// <summary>The environment whose bytes come here; null for the first one.</summary>
    public string? After { get; init; }

    /// <summary>By the program's name; a program without one is not released here.</summary>
    public IReadOnlyDictionary<string, Address> ProgramIds { get; init; } = new Dictionary<string, Address>();

    public string Variant { get; init; } = DefaultVariant;

    /// <summary>A key reference or an address; never a key.</summary>
    public string? UpgradeAuthority { get; init; }

    /// <summary>Whether the members of a multisig sign its upgrades.</summary>
    public bool IsOfVault => UpgradeAuthority?.StartsWith("squads:", StringComparison.Ordinal) == true;

    public ReleaseGates Gates { get; init; } = new();

    public Retention? Retention { get; init; }
}

/// <summary>The gates as the file has them; null means that the file does not say.</summary>
public sealed record ReleaseGates
{
    public TimeSpan? MinSoak { get; init; }

    public bool? Smoke { get; init; }

    public bool? Verified { get; init; }

    public string? Phrase { get; init; }

    public IReadOnlyList<string> Checks { get; init; } = [];

    public SecurityGate? Security { get; init; }

    public ApprovalGate? Approvals { get; init; }

    public IReadOnlyList<FreezeWindow> Freeze { get; init; } = [];

    public ChangeWindow? Window { get; init; }
}

/// <summary>A check run that must be fresh; null = of any age.</summary>
public sealed record SecurityGate(string Check, TimeSpan? MaxAge);

/// <summary>Approval-only environments, one per role.</summary>
/// <param name="IsDistinct">Each by another person; the file may say otherwise.</param>
/// <param name="IsNotByActor">None by whoever started the run; the file may say otherwise.</param>
public sealed record ApprovalGate(IReadOnlyList<string> Environments, bool IsDistinct, bool IsNotByActor);

/// <summary>Which stored versions of an environment are kept.</summary>
public sealed record Retention(int? Keep, TimeSpan? MinAge);
