namespace Actions.Core.Ledger;

/// <summary>Who works on a record, said so that another run can tell whether it still does.</summary>
public sealed record RunIdentity
{
    /// <summary>What an action's `timeout` is when nothing else was said.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    public string? RunUrl { get; init; }

    public ProcessIdentity? Process { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    public static RunIdentity Of(LedgerRecord record) => new()
    {
        RunUrl = record.Facts.RunUrl,
        Process = ProcessIdentity.Of(record.Facts),
        StartedAt = record.StartedAt,
        Timeout = record.Facts.TimeoutSeconds is { } seconds
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, (long)TimeSpan.FromDays(3650).TotalSeconds))
            : DefaultTimeout,
    };

    /// <summary>True when GitHub says the run is completed, its process is gone from this host, or its timeout has passed.</summary>
    public static Task<bool> IsOverAsync(LedgerRecord record, DateTimeOffset now, RunProbe probe, CancellationToken cancellation) =>
        Of(record).IsOverAsync(now, probe, cancellation);

    /// <summary>The same for a run that left something else than a record.</summary>
    public async Task<bool> IsOverAsync(DateTimeOffset now, RunProbe probe, CancellationToken cancellation) =>
        now - StartedAt >= Timeout
        || (Process is { } process && probe.Host(process, RunUrl) == Liveness.Over)
        || (RunUrl is { } url && await probe.GitHub(url, cancellation) == Liveness.Over);

    /// <summary>The ids of the started records whose runs are over: what <see cref="LedgerRules.Settlements"/> and <see cref="UnchangedRun"/> ask for.</summary>
    public static async Task<IReadOnlySet<string>> OverAsync(
        IEnumerable<LedgerRecord> records, DateTimeOffset now, RunProbe probe, CancellationToken cancellation)
    {
        var over = new HashSet<string>(StringComparer.Ordinal);
        foreach (var open in LedgerRules.Open(records).Where(open => open.State == RecordState.Started))
        {
            if (await IsOverAsync(open, now, probe, cancellation))
            {
                over.Add(open.Id);
            }
        }

        return over;
    }

    /// <summary>The event with this run written into it.</summary>
    public LedgerEvent Sign(LedgerEvent entry) => entry with
    {
        RunUrl = RunUrl,
        Host = Process?.Host,
        Pid = Process?.Pid,
        ProcessStart = Process?.Start,
        StartedAt = StartedAt,
        TimeoutSeconds = (long)Timeout.TotalSeconds,
    };
}
