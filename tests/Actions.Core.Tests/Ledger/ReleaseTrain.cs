using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

/// <summary>Several programs through releases and rollbacks, with the events that the actions write and a clock that never stands still.</summary>
internal sealed class ReleaseTrain(params string[] programs)
{
    private readonly Dictionary<string, List<LedgerEvent>> events = programs.ToDictionary(program => program, _ => new List<LedgerEvent>());
    private readonly Dictionary<string, string> known = [];
    private readonly System.Text.StringBuilder told = new();
    private int clock;

    public Dictionary<string, string> Chain { get; } = [];

    public string Running => string.Join(' ', programs.Select(program => Chain.GetValueOrDefault(program, "-")));

    /// <summary>Everything that happened, for a test that failed.</summary>
    public string Told => told.ToString();

    /// <summary>Whether some run left a record open.</summary>
    public bool IsOpen => programs.Any(program => LedgerRules.Open(Records(program)).Count > 0);

    /// <summary>What each program's current release calls itself.</summary>
    public string Versions => string.Join(' ', programs.Select(program => LedgerRules.Current(Records(program), HashOf(program))?.Facts.Version ?? "-"));

    public IReadOnlyList<LedgerRecord> Records(string program) => Make.Records(events[program]);

    /// <summary>Deploys one program after the other, until one of them ends the run.</summary>
    /// <param name="bytes">One word for each program; what runs already is recorded as unchanged.</param>
    public ReleaseTrain Deploy(string version, string bytes, int endAt = int.MaxValue, Killed end = Killed.HalfWay)
    {
        var release = $"release-{clock}";
        foreach (var (program, wanted) in programs.Zip(bytes.Split(' ')).Take(endAt))
        {
            Deploy(program, version, release, wanted, null);
        }

        if (endAt < programs.Length)
        {
            Deploy(programs[endAt], version, release, bytes.Split(' ')[endAt], end);
        }

        told.AppendLine($"deploy {version}: {bytes}{(endAt < programs.Length ? $", {end} at {programs[endAt]}" : "")} -> {Running}");
        return this;
    }

    public ReleaseTrain ByHand(string program, string bytes)
    {
        Chain[program] = bytes;
        told.AppendLine($"by hand -> {Running}");
        return this;
    }

    /// <summary>What the action would do, to its end or until one of its programs ends the run.</summary>
    public ReleaseTrain Rollback(string? runId = null, int endAt = int.MaxValue, Killed end = Killed.HalfWay, RollbackTo? to = null)
    {
        var (subjects, steps) = Decide(runId, to);
        foreach (var entry in subjects.SelectMany(subject => subject.Settlements))
        {
            Append(entry);
        }

        var work = programs.Zip(steps, subjects).Reverse().OrderBy(item => item.Second is not RollbackStep.Relabel).ToList();
        for (var i = 0; i < work.Count && i <= endAt; i++)
        {
            Carry(work[i].First, work[i].Second, work[i].Third, runId, i == endAt ? end : null);
        }

        told.AppendLine($"rollback {runId} {string.Join(' ', work.Select(item => $"{item.First}:{item.Second.GetType().Name}"))}{(endAt < work.Count ? $", {end} at {work[endAt].First}" : "")} -> {Running}");
        return this;
    }

    public (IReadOnlyList<RollbackSubject> Subjects, IReadOnlyList<RollbackStep> Steps) Decide(string? runId = null, RollbackTo? to = null)
    {
        var subjects = programs.Select(program => RollbackSubject.Of(program, Records(program), new ChainState(HashOf(program)), _ => true, Now)).ToList();
        return (subjects, RollbackRules.Decide(subjects, to ?? new RollbackTo.Previous(), runId));
    }

    private DateTimeOffset Now => Make.Noon.AddMinutes(clock++);

    private string? HashOf(string program) => Chain.TryGetValue(program, out var bytes) ? Hash(bytes) : null;

    public static string Hash(string bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(bytes)));

    private void Deploy(string program, string version, string release, string bytes, Killed? end)
    {
        var chain = new ChainState(HashOf(program));
        var attempt = Event(program, RecordKind.Release) with { Version = version, ReleaseId = release, ExecutableHash = Hash(bytes), Sha256 = Hash($"file {bytes}") };
        if (Chain.GetValueOrDefault(program) == bytes)
        {
            foreach (var entry in new UnchangedRun(attempt, chain, _ => true, NamesVersions: true).Decide(Records(program)).Append)
            {
                Append(entry);
            }

            return;
        }

        foreach (var entry in LedgerRules.Settlements(Records(program), _ => true, chain, Now))
        {
            Append(entry);
        }

        Append(attempt with { From = LedgerRules.Current(Records(program), chain.ExecutableHash)?.Id });
        Finish(program, attempt, bytes, end);
    }

    private void Carry(string program, RollbackStep step, RollbackSubject subject, string? runId, Killed? end)
    {
        var rollback = Event(program, RecordKind.Rollback) with { RunUrl = runId is null ? null : $"https://github.com/acme/perps/actions/runs/{runId}" };
        switch (step)
        {
            case RollbackStep.Relabel relabel:
                Append(rollback with { State = RecordState.Succeeded, Unchanged = true, From = relabel.Replaced.Id, Restores = relabel.Target.Id, ReleaseId = relabel.Undoes, ExecutableHash = subject.Chain.ExecutableHash });
                Mark(program, rollback.Id);
                break;
            case RollbackStep.Restore restore:
                var attempt = rollback with { From = restore.Replaced?.Id, Restores = restore.Target.Id, ReleaseId = restore.Undoes, ExecutableHash = restore.Target.ExecutableHash };
                Append(attempt);
                if (Finish(program, attempt, Bytes(restore.Target), end))
                {
                    Mark(program, rollback.Id);
                }

                break;
        }
    }

    private bool Finish(string program, LedgerEvent attempt, string bytes, Killed? end)
    {
        if (end != Killed.HalfWay)
        {
            Chain[program] = bytes;
        }

        if (end is null)
        {
            Append(attempt with { State = RecordState.Succeeded });
        }

        return end is null;
    }

    private void Mark(string program, string rollback)
    {
        foreach (var entry in LedgerRules.Undo(Records(program), Records(program).Single(record => record.Id == rollback), Now))
        {
            Append(entry);
        }
    }

    private string Bytes(LedgerRecord record) => known[record.ExecutableHash!];

    private void Append(LedgerEvent entry)
    {
        foreach (var bytes in Chain.Values.Append(""))
        {
            known[Hash(bytes)] = bytes;
        }

        events.Single(pair => AddressOf(pair.Key) == entry.ProgramId).Value.Add(entry);
    }

    private LedgerEvent Event(string program, RecordKind kind)
    {
        var now = Now;
        return Make.Event($"{kind}-{clock:00000}", RecordState.Started, kind) with { ProgramId = AddressOf(program), At = now, StartedAt = now };
    }

    private Core.Solana.Address AddressOf(string program) => Make.AddressOf((byte)(1 + Array.IndexOf(programs, program)));
}

/// <summary>When a run ends before its time.</summary>
public enum Killed
{
    /// <summary>Before its final transaction.</summary>
    HalfWay,

    /// <summary>Right after it, before it could write it down.</summary>
    Unsaid,
}
