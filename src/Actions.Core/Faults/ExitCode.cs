namespace Actions.Core.Faults;

/// <summary>Why the process ended; the numbers are part of the public contract.</summary>
public enum ExitCode
{
    /// <summary>Done, or there was nothing to do.</summary>
    Done = 0,

    /// <summary>The inputs are at fault; nothing was sent.</summary>
    Input = 2,

    /// <summary>An action that would change something refuses to.</summary>
    Refused = 3,

    /// <summary>The verdict the action exists to give is negative.</summary>
    Verdict = 4,

    /// <summary>Network, cluster, ledger or store failed after all retries.</summary>
    Unavailable = 5,

    /// <summary>A secrets provider failed.</summary>
    Secret = 6,

    /// <summary>A bug of ours.</summary>
    Bug = 70,

    /// <summary>Cancelled by SIGINT or SIGTERM.</summary>
    Cancelled = 130,
}
