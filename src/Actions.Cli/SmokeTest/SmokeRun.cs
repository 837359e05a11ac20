using Actions.Cli.Hosting;
using Actions.Core.Runner;
using Actions.Core.Smoke;

namespace Actions.Cli.SmokeTest;

/// <summary>Runs the checks of a spec, round after round, each when those it needs have passed.</summary>
internal sealed class SmokeRun(ActionContext context, SmokeTestInputs inputs, SmokeProbes probes, ReleaseTime release)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly Dictionary<string, SmokeValue> NothingCaptured = [];

    private readonly Lock gate = new();
    private readonly Dictionary<string, List<CheckRound>> rounds = inputs.Spec.Checks.ToDictionary(check => check.Name, _ => new List<CheckRound>(), StringComparer.Ordinal);

    /// <summary>What is known so far.</summary>
    public SmokeVerdict Verdict()
    {
        lock (gate)
        {
            return SmokeVerdict.Of(inputs.Spec, rounds.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<CheckRound>)[.. pair.Value], StringComparer.Ordinal));
        }
    }

    /// <summary>All rounds: one, or as many as fit into the duration.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var started = context.Time.GetTimestamp();
        var due = TimeSpan.Zero; // a schedule, so that timers which fire early add no round
        for (var round = 1; ; round++)
        {
            await RoundAsync(round, cancellation);
            var now = context.Time.GetElapsedTime(started);
            due = due + inputs.Interval > now ? due + inputs.Interval : now;
            if (inputs.Duration is not { } duration || due >= duration)
            {
                return;
            }

            if (due > now)
            {
                await Task.Delay(due - now, context.Time, cancellation);
            }
        }
    }

    private async Task RoundAsync(int round, CancellationToken cancellation)
    {
        var running = new Dictionary<string, Task<CheckTurn>>(StringComparer.Ordinal);
        foreach (var check in SmokeOrder.Of(inputs.Spec.Checks))
        {
            var needed = check.Needs.Select(name => running[name]).ToList();
            running[check.Name] = CheckAsync(check, needed, cancellation);
        }

        await Task.WhenAll(running.Values);
        if (inputs.Duration is not null)
        {
            var turns = running.Values.Select(turn => turn.Result.Round).ToList();
            context.Log.Line($"Round {round}: {turns.Count(turn => turn is CheckRound.Passed)} passed, {turns.Count(turn => turn is CheckRound.Failed)} failed, {turns.Count(turn => turn is CheckRound.Skipped)} skipped.");
        }
    }

    private async Task<CheckTurn> CheckAsync(SmokeCheck check, IReadOnlyList<Task<CheckTurn>> needed, CancellationToken cancellation)
    {
        var before = await Task.WhenAll(needed);
        if (check.Kind is SmokeKind.Result && Earlier(check) is { } known)
        {
            return new CheckTurn(check, known, NothingCaptured); // a file is evidence once, however long the run is
        }

        var turn = before.FirstOrDefault(other => other.Round is not CheckRound.Passed) is { } unmet ? Skip(check, $"{PlainText.Quote(unmet.Check.Name)}, which it needs, {(unmet.Round is CheckRound.Failed ? "failed" : "was skipped")}")
            : release.WhyNotYet(check.Stage, context.Time.GetUtcNow()) is { } why ? Skip(check, why)
            : await AttemptAsync(check, before.SelectMany(other => other.Captured).ToDictionary(StringComparer.Ordinal), cancellation);
        Keep(turn);
        return turn;
    }

    private async Task<CheckTurn> AttemptAsync(SmokeCheck check, Dictionary<string, SmokeValue> captured, CancellationToken cancellation)
    {
        var most = check.Attempts ?? inputs.Attempts;
        for (var attempt = 1; ; attempt++)
        {
            var (latency, found) = await probes.TryAsync(check, captured, cancellation);
            if (found.Complaints.Count == 0)
            {
                return new CheckTurn(check, new CheckRound.Passed(latency, attempt), found.Captured);
            }

            if (attempt == most)
            {
                return new CheckTurn(check, new CheckRound.Failed(latency, attempt, found.Complaints), NothingCaptured);
            }

            var pause = FirstPause * Math.Pow(2, Math.Min(attempt - 1, 10));
            await Task.Delay(pause < LongestPause ? pause : LongestPause, context.Time, cancellation);
        }
    }

    private static CheckTurn Skip(SmokeCheck check, string why) => new(check, new CheckRound.Skipped(why), NothingCaptured);

    private CheckRound? Earlier(SmokeCheck check)
    {
        lock (gate)
        {
            return rounds[check.Name].LastOrDefault(round => round is not CheckRound.Skipped);
        }
    }

    private void Keep(CheckTurn turn)
    {
        lock (gate)
        {
            rounds[turn.Check.Name].Add(turn.Round);
        }

        if (inputs.Duration is null || turn.Round is CheckRound.Failed)
        {
            context.Log.Line(turn.Round switch
            {
                CheckRound.Passed passed => $"passed   {turn.Check.Name} ({passed.Latency.TotalMilliseconds:0} ms{(passed.Attempts > 1 ? $", attempt {passed.Attempts}" : "")})",
                CheckRound.Failed failed => $"FAILED   {turn.Check.Name}: {string.Join("; ", failed.Complaints.Take(3))}",
                CheckRound.Skipped skipped => $"skipped  {turn.Check.Name}: {skipped.Why}",
                _ => throw new System.Diagnostics.UnreachableException(),
            });
        }
    }

    /// <summary>What a check leaves to those that need it.</summary>
    private sealed record CheckTurn(SmokeCheck Check, CheckRound Round, IReadOnlyDictionary<string, SmokeValue> Captured);
}
