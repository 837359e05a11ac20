using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;
using Actions.Core.Smoke;
using Actions.Core.Solana;

namespace Actions.Cli.SmokeTest;

/// <summary>The inputs of `smoke-test`, read and checked all at once, the spec with them.</summary>
/// <param name="Programs">Whose release is checked; none when the spec checks only services.</param>
/// <param name="Attempts">How often a check without `attempts` of its own is tried.</param>
/// <param name="Duration">Null for one round.</param>
public sealed record SmokeTestInputs(
    ClusterInputs Cluster, SmokeSpec Spec, IReadOnlyList<Address> Programs, string Environment, RecordInputs Records, bool IsDryRun, WorkspacePath? Junit, int Attempts, TimeSpan? Duration,
    TimeSpan Interval)
{
    private const ulong MostAttempts = 100;

    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    public static Result<SmokeTestInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        inputs.NotYet("store");
        var scope = ReleaseScope.Read(inputs);
        var cluster = ClusterInputs.Read(inputs, context.Masker, hasMaxRps: false, isSuppliedElsewhere: scope is null && inputs.Has("release-file"));
        if (scope is not null || !inputs.Has("release-file"))
        {
            inputs.Require("spec", "what must work, see docs/smoke.md");
        }

        var programs = ReadPrograms(inputs, scope);
        var spec = ReadSpec(context, programs is [var only] ? only : null);
        var attempts = inputs.Number("attempts", 1, MostAttempts);
        var (duration, interval) = Rounds(inputs, cluster);
        var isDryRun = inputs.Flag("dry-run") ?? false;
        var junit = ReadJunit(inputs, spec?.File);
        var records = RecordInputs.Read(context, hasStore: false);
        var environment = CommonInputs.Environment(inputs, cluster?.Cluster, records.LedgerDirectory);
        if (records.HasLedger && programs.Count == 0 && !inputs.Has("program-id") && !isDryRun)
        {
            inputs.Add(new Fault(
                FaultCodes.InputMissing, "Expected 'program-id', which says whose release is checked", "found none, so no record is written and stages cannot be measured", "give program-id, or say ledger: none", "program-id").AsWarning());
        }

        return inputs.Finish(() => new SmokeTestInputs(cluster!, spec!.Value.Spec, programs, environment, records, isDryRun, junit, (int)(attempts ?? 1), duration, interval));
    }

    /// <summary>All programs of the release are what is tested, whatever the spec asks them.</summary>
    private static IReadOnlyList<Address> ReadPrograms(InputReader inputs, ReleaseScope? scope) =>
        inputs.Address("program-id") is { } given ? [given]
        : scope is null || inputs.Has("program-id") ? []
        : [.. scope.Programs.Select(scope.IdOf).OfType<Address>()];

    /// <summary>The spec; null when it is absent or at fault.</summary>
    /// <param name="program">What its checks of programs without an id look at; null where that is not one.</param>
    internal static (SmokeSpec Spec, InputFile File)? ReadSpec(ActionContext context, Address? program)
    {
        if (context.Inputs.File("spec", SmokeSpec.LongestFile) is not { } file)
        {
            return null;
        }

        // An id at fault was complained about; the spec's checks need not complain that there is none.
        var spec = SmokeSpecReader.Read(file, program ?? (context.Inputs.Has("program-id") ? default(Address) : null), context.Environment, context.Masker, context.Inputs.Provided);
        foreach (var fault in spec.Faults)
        {
            context.Inputs.Add(fault);
        }

        return spec.IsOk ? (spec.Value, file) : null;
    }

    private static (TimeSpan? Duration, TimeSpan Interval) Rounds(InputReader inputs, ClusterInputs? cluster)
    {
        var (duration, interval) = (inputs.Duration("duration"), inputs.Duration("interval"));
        if (interval is not null && !inputs.Has("duration"))
        {
            inputs.Add(FaultCodes.InputConflict, "interval", "Expected 'duration' beside 'interval'", "found none, so there is one round", "say how long to keep checking, or remove interval");
        }

        if (interval < ShortestInterval)
        {
            inputs.Add(FaultCodes.InputInvalid, "interval", "Expected at least 100ms in 'interval'", "found less", "services are measured by it, not tested for load");
        }

        if (duration == TimeSpan.Zero)
        {
            inputs.Add(FaultCodes.InputInvalid, "duration", "Expected more than nothing in 'duration'", "found nothing", "remove it for a single round");
        }

        if (duration >= cluster?.Timeout)
        {
            inputs.Add(FaultCodes.InputConflict, "timeout", "Expected 'timeout' to be longer than 'duration'", $"found {cluster.Timeout} and {duration}", "raise timeout, and the job's timeout-minutes with it");
        }

        return (duration, interval ?? (duration < DefaultInterval ? duration.Value : DefaultInterval));
    }

    private static WorkspacePath? ReadJunit(InputReader inputs, InputFile? spec)
    {
        if (inputs.Path("junit-file") is not { } path)
        {
            return null;
        }

        if (Directory.Exists(path.Full))
        {
            inputs.Add(FaultCodes.InputInvalid, "junit-file", "Expected the path of a file in 'junit-file'", $"found the directory {PlainText.Quote(path.Relative, 200)}", "give a name such as smoke.xml");
        }

        if (path.Full == spec?.Path.Full)
        {
            inputs.Add(FaultCodes.InputConflict, "junit-file", "Expected another file than the spec in 'junit-file'", "found the same, which would be overwritten", "give a name such as smoke.xml");
        }

        return path;
    }
}
