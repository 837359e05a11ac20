using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Rpc;

namespace Actions.Cli.Doctor;

/// <summary>Runs checks, each for a bounded time and each on its own: whatever happens to one never keeps another from being made.</summary>
internal sealed class CheckRunner(ActionContext context, int attempts, TimeSpan limit)
{
    private const string Interrupted = "the run ended before this check did";

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly List<CheckResult> results = [];

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<CheckResult> Results
    {
        get
        {
            lock (gate)
            {
                return [.. results];
            }
        }
    }

    /// <returns>What the check gives to others, also when it found something wrong; the default when it did not get that far.</returns>
    public async Task<T?> RunAsync<T>(string name, Func<CheckNotes, CancellationToken, Task<T>> check, CancellationToken cancellation)
    {
        var at = Reserve(name);
        for (var attempt = 1; ; attempt++)
        {
            var notes = new CheckNotes(context.Masker.Safe);
            T? value = default;
            try
            {
                value = await BoundedAsync(notes, check, cancellation);
            }
            catch (NotCheckableException missing)
            {
                End(at, CheckResult.NotChecked(name, missing.Message));
                return default;
            }
            catch (OperationCanceledException)
            {
                var soFar = notes.ToResult(name);
                End(at, soFar.State == CheckState.Ok ? CheckResult.NotChecked(name, string.Join("; ", new[] { Interrupted, soFar.Found }.Where(text => text.Length > 0))) : soFar);
                throw;
            }

            if (!notes.HasErrors || attempt >= attempts)
            {
                End(at, notes.ToResult(name));
                return value;
            }

            await Task.Delay(BetweenAttempts, context.Time, cancellation);
        }
    }

    public Task RunAsync(string name, Func<CheckNotes, CancellationToken, Task> check, CancellationToken cancellation) => RunAsync<bool>(
        name,
        async (notes, token) =>
        {
            await check(notes, token);
            return true;
        },
        cancellation);

    private async Task<T?> BoundedAsync<T>(CheckNotes notes, Func<CheckNotes, CancellationToken, Task<T>> check, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(limit, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return await check(notes, either.Token);
        }
        catch (FaultException problem)
        {
            notes.Add(problem.Faults);
        }
        catch (RpcRefusedException refused)
        {
            notes.Add(new Fault(FaultCodes.RpcInvalidAnswer, "Expected an endpoint that serves what a release asks", $"found {refused.Message}", "use another endpoint, or another plan of its provider", "rpc-url"));
        }
        catch (GitHubException problem)
        {
            notes.Add(problem.Problem.ToFault(FaultCodes.GitHubFailed, "Expected GitHub to answer"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            notes.Add(new Fault(FaultCodes.Timeout, $"Expected an end of this check within {limit}", "found that the time is over", "look at the service it waits for, or raise check-timeout", "check-timeout"));
        }
#pragma warning disable CA1031 // a bug in one check is that check's failure
        catch (Exception bug) when (bug is not (OperationCanceledException or NotCheckableException))
#pragma warning restore CA1031
        {
            context.Log.Debug(bug.ToString());
            notes.Add(new Fault(FaultCodes.Bug, "Expected no surprise", $"found {bug.GetType().Name}", "run it again with debug logging and open an issue with the log"));
        }

        return default;
    }

    private int Reserve(string name)
    {
        lock (gate)
        {
            results.Add(CheckResult.NotChecked(name, Interrupted));
            return results.Count - 1;
        }
    }

    private void End(int at, CheckResult result)
    {
        lock (gate)
        {
            results[at] = result;
        }

        var found = result.Faults is [var first, ..] ? first.Found : result.Found;
        context.Log.Line($"{result.Verdict,-11} {result.Name}: {context.Masker.Safe(found, 300)}");
    }
}
