using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Releases;
using Actions.Core.Smoke;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Core.Fleet;

/// <summary>`fleet.yml`: everything that is watched over (docs/schema/fleet-file.schema.json).</summary>
/// <param name="Programs">Those that the file names itself; release files add theirs (<see cref="FleetPrograms"/>).</param>
/// <param name="MaxKeyAge">How old a key may become.</param>
public sealed record FleetFile(
    IReadOnlyList<FleetReleaseFile> ReleaseFiles, IReadOnlyList<FleetProgram> Programs, IReadOnlyList<FleetPayer> Payers,
    IReadOnlyList<FleetKey> Keys, TimeSpan MaxKeyAge, IReadOnlyList<FleetEnvironment> Environments)
{
    /// <summary>A thousand programs with all they can say.</summary>
    public const int LongestFile = 2 * 1024 * 1024;

    private const int Deepest = 12;
    private const int MostNodes = 150_000;

    /// <param name="yaml">The file's bytes.</param>
    /// <param name="file">As it is shown.</param>
    /// <param name="input">The input that named it.</param>
    public static Result<FleetFile> Parse(ReadOnlySpan<byte> yaml, string file, string input = "programs")
    {
        var root = YamlText.Load(yaml, Deepest, MostNodes, out var problem);
        return root is not null
            ? new FleetFileReader(file, input).Read(root)
            : new Fault(FaultCodes.FileUnreadable, $"{file}{(problem.Line is { } line ? $":{line}" : "")}: expected {YamlText.Form}", $"found {problem.Found}", YamlText.Remedy, input);
    }
}

/// <summary>Where something is declared: what a finding points at.</summary>
/// <param name="File">Relative to the workspace.</param>
/// <param name="Line">From 1.</param>
public sealed record FleetPlace(string File, int Line);

/// <param name="Path">Relative to the workspace.</param>
public sealed record FleetReleaseFile(string Path, FleetPlace Place);

/// <summary>A program in an environment, and what should be true of it.</summary>
/// <param name="Name">What the snapshot, the output `results` and the findings call it; unique.</param>
public sealed record FleetProgram(string Name, Cluster Cluster, Address Id, FleetPlace Place)
{
    /// <summary>The ledger's key; the cluster's name by default.</summary>
    public required string Environment { get; init; }

    /// <summary>Null: nobody said.</summary>
    public ExpectedAuthority? Authority { get; init; }

    /// <summary>64 lower-case hex digits; null when the bytes are compared with something else.</summary>
    public string? ExpectedHash { get; init; }

    public FleetRelease? Release { get; init; }

    public SecurityTxtRule SecurityTxt { get; init; }

    /// <summary>Null: as the input says for all.</summary>
    public VerifiedBuildRule? VerifiedBuild { get; init; }

    /// <summary>Null: as the input says for all.</summary>
    public IdlRule? PublishedIdl { get; init; }

    /// <summary>The path of the IDL that a release file names, relative to the workspace; null where none does.</summary>
    public string? Idl { get; init; }

    public IReadOnlyList<FleetConfig> Config { get; init; } = [];
}

/// <summary>A build in the store: `&lt;name&gt;/&lt;version&gt;[/&lt;program&gt;[@&lt;variant&gt;]]`.</summary>
public sealed record FleetRelease(string Name, SemVer Version, string Program, string Variant)
{
    public const string Form = "<name>/<version>[/<program>[@<variant>]], such as perps/1.4.0 or perps/1.4.0/registry@beta,";

    /// <param name="text">As the file has it.</param>
    /// <param name="program">Whose build it is when the text does not say.</param>
    public static FleetRelease? Parse(string text, string program)
    {
        var parts = text.Split('/');
        var build = parts is [_, _, var named] ? named.Split('@') : [program];
        var variant = build is [_, var given] ? given : ReleaseEnvironment.DefaultVariant;
        return parts.Length is 2 or 3 && build.Length <= 2 && ReleaseName.IsUsable(parts[0]) && ReleaseName.IsUsable(build[0]) && ReleaseName.IsUsable(variant)
            && SemVer.TryParse(parts[1]) is { } version
                ? new FleetRelease(parts[0], version, build[0], variant)
                : null;
    }

    public override string ToString() => $"{Name} {Version.Text} ({Program}, {Variant})";
}

/// <summary>Values that an account should hold.</summary>
/// <param name="Idl">The path of the Anchor IDL that says where they lie.</param>
public sealed record FleetConfig(Address Account, string Idl, IReadOnlyList<FleetField> Fields, FleetPlace Place);

public sealed record FleetField(string Name, SmokeValue Expected, FleetPlace Place);

/// <param name="MinDeploys">How many deploys of the cluster's largest program it should be able to pay.</param>
public sealed record FleetPayer(Address Address, Cluster Cluster, int MinDeploys, FleetPlace Place);

/// <param name="Reference">One whose provider knows how old its key is.</param>
public sealed record FleetKey(KeyReference Reference, string Text, FleetPlace Place);

/// <summary>How a GitHub environment should be protected.</summary>
/// <param name="Reviewers">How many reviewers it should ask at least; null: nobody said.</param>
/// <param name="PreventSelfReview">Null: nobody said.</param>
/// <param name="Approvals">Approval-only environments that a release should need as well.</param>
public sealed record FleetEnvironment(string Name, int? Reviewers, bool? PreventSelfReview, ApprovalGate? Approvals, FleetPlace Place);
