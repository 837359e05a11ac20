using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Metadata;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Smoke;
using Actions.Core.Solana;

namespace Actions.Cli.Fleet;

/// <summary>The inputs of `verify-program` with `programs`, read and checked all at once.</summary>
/// <param name="Name">Of the snapshot.</param>
/// <param name="Programs">The file's own and those of its release files.</param>
/// <param name="Releases">The release files.</param>
/// <param name="Clusters">One for every cluster of the fleet.</param>
/// <param name="Idls">By the path the file names.</param>
/// <param name="ReleasedIdls">Those that release files name, by their path; only files that are there.</param>
/// <param name="Keys">The keys that the file names, as their providers know them.</param>
internal sealed record FleetInputs(
    string Name, FleetFile Fleet, IReadOnlyList<FleetProgram> Programs, IReadOnlyList<ReleaseFile> Releases, IReadOnlyList<ClusterInputs> Clusters,
    IReadOnlyDictionary<string, AnchorIdl> Idls, IReadOnlyDictionary<string, ExpectedIdl> ReleasedIdls, IReadOnlyList<(FleetKey Declared, KeySource Source)> Keys,
    RecordInputs Records, bool IsDryRun, FailOn FailOn, WorkspacePath? Sarif)
{
    public const string FileInput = "programs";

    /// <summary>Inputs that say of one program what the fleet file says of each.</summary>
    private static readonly string[] OfOne =
        ["program-id", "program", "manifest", "expected-hash", "repository", "commit", "release-file", "only", "environment", "cluster", "idl"];

    public static Result<FleetInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        RefuseOfOne(inputs);
        var file = inputs.File(FileInput, FleetFile.LongestFile);
        var name = file is null ? null : FleetSnapshot.NameOf(file.Path.Relative);
        if (file is not null && name is null)
        {
            inputs.Add(FaultCodes.InputInvalid, FileInput, $"Expected a file's name of {ReleaseName.Form}", $"found {PlainText.Quote(file.Path.Relative, 200)}", "the snapshot in the store is named after it: rename the file");
        }

        var fleet = file is null ? null : Take(inputs, FleetFile.Parse(file.Bytes, file.Path.Relative));
        var (releases, programs) = Released(inputs, fleet);
        List<Cluster> clusters = [.. programs.Select(program => program.Cluster).Concat(fleet?.Payers.Select(payer => payer.Cluster) ?? []).Distinct()];
        var places = ClusterInputs.ReadAll(inputs, context.Masker, clusters);
        var idls = ReadIdls(inputs, programs);
        var released = ReadReleasedIdls(context, programs);
        var keys = ReadKeys(inputs, fleet);
        var failOn = inputs.Choice("fail-on", ("error", FailOn.Error), ("warning", FailOn.Warning), ("never", FailOn.Never));
        var isDryRun = inputs.Flag("dry-run") ?? false;
        var sarif = VerifyProgramInputs.SarifFile(inputs, context.Environment);
        var records = RecordInputs.Read(context, hasStore: true);
        if (fleet?.Environments is [var environment, ..] && records.GitHub is null)
        {
            inputs.Add(
                FaultCodes.InputMissing, "github-token", $"{environment.Place.File}:{environment.Place.Line}: Expected a token to ask GitHub about its environments", "found none, or no repository",
                "run this as a step of a workflow with `github-token: ${{ github.token }}`, or remove 'environments'");
        }

        return inputs.Finish(() => new FleetInputs(name!, fleet!, programs, releases, places, idls, released, keys, records, isDryRun, failOn ?? FailOn.Error, sarif));
    }

    private static void RefuseOfOne(InputReader inputs)
    {
        foreach (var name in OfOne.Where(inputs.Has))
        {
            inputs.Add(FaultCodes.InputConflict, name, $"Expected no '{name}' beside 'programs'", "found one", "say it in the fleet file, for each program");
        }

        foreach (var (name, silent) in ((string, string)[])[("expected-authority", "any"), ("security-txt", "off")])
        {
            // The runner delivers the default like a user's value.
            if (inputs.Text(name) is { } text && text != silent)
            {
                inputs.Add(FaultCodes.InputConflict, name, $"Expected no '{name}' beside 'programs'", "found one", "say it in the fleet file, for each program");
            }
        }
    }

    private static (IReadOnlyList<ReleaseFile> Releases, IReadOnlyList<FleetProgram> Programs) Released(InputReader inputs, FleetFile? fleet)
    {
        List<ReleaseFile> releases = [];
        List<FleetProgram> programs = [];
        foreach (var path in fleet?.ReleaseFiles.Select(named => named.Path).Distinct(StringComparer.Ordinal) ?? [])
        {
            if (inputs.FileAt(FileInput, path, FleetFile.LongestFile) is { } file
                && Take(inputs, FleetPrograms.Of(file.Bytes, file.Path.Relative, FileInput)) is { } derived)
            {
                programs.AddRange(derived);
                releases.Add(ReleaseFile.Parse(file.Bytes, file.Path.Relative).Value);
            }
        }

        var (build, idl) = (VerifyProgramInputs.BuildRule(inputs), VerifyProgramInputs.PublishedRule(inputs));
        IEnumerable<FleetProgram> merged = fleet is null ? [] : FleetPrograms.Merge(fleet.Programs, programs);
        return (releases, [.. merged.Select(program => program with { VerifiedBuild = program.VerifiedBuild ?? build, PublishedIdl = program.PublishedIdl ?? idl })]);
    }

    /// <summary>A guard's checkout has no builds: what is not there is not compared.</summary>
    private static Dictionary<string, ExpectedIdl> ReadReleasedIdls(ActionContext context, IReadOnlyList<FleetProgram> programs)
    {
        Dictionary<string, ExpectedIdl> idls = new(StringComparer.Ordinal);
        foreach (var path in programs.Where(program => program.PublishedIdl is not (null or IdlRule.Off)).Select(program => program.Idl).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (WorkspacePath.Resolve(context.Environment, path) is { IsOk: true, Value: var resolved } && File.Exists(resolved.Full)
                && ExpectedIdl.Of(context.Inputs.FileAt(FileInput, path, MetadataContent.MaxLength)) is { } idl)
            {
                idls[path] = idl;
            }
        }

        return idls;
    }

    private static Dictionary<string, AnchorIdl> ReadIdls(InputReader inputs, IReadOnlyList<FleetProgram> programs)
    {
        Dictionary<string, AnchorIdl> idls = new(StringComparer.Ordinal);
        foreach (var uses in programs.SelectMany(program => program.Config).GroupBy(config => config.Idl, StringComparer.Ordinal))
        {
            if (inputs.FileAt(FileInput, uses.Key, AnchorIdl.LongestFile) is not { } file)
            {
                continue;
            }

            if (AnchorIdl.Read(file.Bytes) is not { } idl)
            {
                inputs.Add(FaultCodes.FileUnreadable, FileInput, $"{At(uses.First().Place)}: Expected an Anchor IDL with accounts in {PlainText.Quote(uses.Key, 200)}", "found something else", "give target/idl/<program>.json");
                continue;
            }

            idls[uses.Key] = idl;
            foreach (var (field, complaint) in uses.SelectMany(config => config.Fields).Select(field => (field, idl.Complain(field.Name))).Where(pair => pair.Item2 is not null))
            {
                inputs.Add(
                    FaultCodes.FileUnreadable, FileInput, $"{At(field.Place)}: Expected a field of the IDL {PlainText.Quote(uses.Key, 200)}", $"found {PlainText.Quote(field.Name)}; {PlainText.Bound(PlainText.CleanLine(complaint!), 300)}",
                    "correct the name, or give the IDL of the deployed version");
            }
        }

        return idls;
    }

    private static List<(FleetKey Declared, KeySource Source)> ReadKeys(InputReader inputs, FleetFile? fleet)
    {
        List<(FleetKey, KeySource)> keys = [];
        foreach (var key in fleet?.Keys ?? [])
        {
            if (inputs.KeyAt(FileInput, key.Text) is KeyInput.Signer { Source: var source })
            {
                keys.Add((key, source));
            }
        }

        return keys;
    }

    private static T? Take<T>(InputReader inputs, Result<T> result)
        where T : class
    {
        foreach (var fault in result.Faults)
        {
            inputs.Add(fault);
        }

        return result.IsOk ? result.Value : null;
    }

    private static string At(FleetPlace place) => $"{place.File}:{place.Line}";
}
