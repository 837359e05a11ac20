using Actions.Core.Faults;
using Actions.Core.Rpc;

namespace Actions.Cli.Hosting;

/// <summary>The work of an action under its `timeout`: whatever ends it early becomes faults, so that its report says how far it came.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Timeout">The input's value.</param>
/// <param name="Add">Takes the faults.</param>
internal sealed record BoundedRun(TimeProvider Time, TimeSpan Timeout, Action<Fault> Add)
{
    /// <summary>What the time being over means; null when it means nothing, because the work was done by then.</summary>
    public Func<Fault, Fault?> AtTimeout { get; init; } = fault => fault;

    /// <summary>The same for a signal.</summary>
    public Func<Fault, Fault?> AtSignal { get; init; } = fault => fault;

    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken signal)
    {
        using var limit = new CancellationTokenSource(Timeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(signal, limit.Token);
        try
        {
            await work(either.Token);
        }
        catch (FaultException problem)
        {
            foreach (var fault in problem.Faults)
            {
                Add(fault);
            }
        }
        catch (RpcRefusedException refused)
        {
            Add(new Fault(FaultCodes.RpcInvalidAnswer, "Expected an endpoint that serves every method this action needs", $"found {refused.Message}", "use another endpoint", "rpc-url"));
        }
        catch (OperationCanceledException)
        {
            var fault = signal.IsCancellationRequested
                ? AtSignal(ActionHost.Cancelled())
                : AtTimeout(new Fault(FaultCodes.Timeout, $"Expected an end within {Timeout}", "found that the time is over", "run again: it continues where this run stopped; or raise timeout", "timeout"));
            if (fault is not null)
            {
                Add(fault);
            }
        }
    }
}
