namespace Actions.Core.Ledger;

public enum Liveness
{
    Unknown,
    Running,
    Over,
}

/// <summary>Asks GitHub whether the run at this address is completed.</summary>
public delegate Task<Liveness> GitHubProbe(string runUrl, CancellationToken cancellation);

/// <summary>Asks this host whether a process still runs.</summary>
/// <param name="process">The process a record names.</param>
/// <param name="runUrl">The GitHub run it was part of, if it was part of one.</param>
public delegate Liveness HostProbe(ProcessIdentity process, string? runUrl);

/// <summary>The two ways to learn whether a run is over before its timeout has passed.</summary>
public sealed record RunProbe(GitHubProbe GitHub, HostProbe Host)
{
    /// <summary>Knows this host only.</summary>
    public static RunProbe Local { get; } = new((_, _) => Task.FromResult(Liveness.Unknown), ProcessTable.Probe);
}
