namespace Actions.Core.Ledger;

/// <summary>A process, told apart from every other one that had or will have its number.</summary>
/// <param name="Host">The host's name, and its process namespace when that is not the host's own.</param>
/// <param name="Pid">Its number in that namespace.</param>
/// <param name="Start">`&lt;clock ticks since boot&gt;@&lt;boot id&gt;`.</param>
public sealed record ProcessIdentity(string Host, int Pid, string Start)
{
    /// <summary>The part of <see cref="Start"/> that changes when the host restarts.</summary>
    public string Boot => Start[(Start.IndexOf('@', StringComparison.Ordinal) + 1)..];

    public static ProcessIdentity? Of(LedgerEvent entry) =>
        entry is { Host: { } host, Pid: { } pid, ProcessStart: { } start } ? new(host, pid, start) : null;
}
