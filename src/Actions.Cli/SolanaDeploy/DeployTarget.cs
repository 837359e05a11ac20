using Actions.Core.Ledger;

namespace Actions.Cli.SolanaDeploy;

/// <summary>One program of a run: what is asked of the engine, and what its record says about it.</summary>
/// <param name="Name">What the output `results` calls it.</param>
public sealed record DeployTarget(string Name, DeployRequest Request, RecordSubject Subject);

/// <summary>What a record says besides what happened on chain.</summary>
public sealed record RecordSubject
{
    public RecordKind Kind { get; init; } = RecordKind.Release;

    /// <summary>The release's; null when no manifest or release file names it.</summary>
    public string? Name { get; init; }

    public string? Version { get; init; }

    public string? Variant { get; init; }

    /// <summary>The id of the release whose bytes a rollback brings back.</summary>
    public string? Restores { get; init; }

    /// <summary>The release-id of what a rollback undoes.</summary>
    public string? Undoes { get; init; }

    public string? Reason { get; init; }

    /// <summary>The target whose release this one, a standby, would take back.</summary>
    public DeployTarget? TakesBack { get; init; }

    /// <summary>When the run began, of the clock that measures spans: a rollback takes from then on until the bytes run.</summary>
    public long? Since { get; init; }

    /// <summary>A version that finds its bytes running is recorded too: there is a release file, or the ledger is GitHub's.</summary>
    public bool NamesVersions { get; init; }

    public bool IsRollback => Kind == RecordKind.Rollback;

    /// <summary>Seconds until the bytes ran, or in a drill could have run; null while they do not.</summary>
    public double? SecondsUntil(long? doneAt, TimeProvider time) =>
        Since is { } since && doneAt is { } done ? Math.Round(time.GetElapsedTime(since, done).TotalSeconds, 3) : null;
}
