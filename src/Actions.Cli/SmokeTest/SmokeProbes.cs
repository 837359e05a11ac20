using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Rpc;
using Actions.Core.Smoke;

namespace Actions.Cli.SmokeTest;

/// <summary>Looks at whatever a check is about, never more than a few at once.</summary>
/// <param name="rpc">Null when no check asks the cluster.</param>
internal sealed class SmokeProbes(ActionContext context, RpcClient? rpc, Commitment commitment) : IDisposable
{
    private const int AtOnce = 8;

    private readonly SemaphoreSlim slots = new(AtOnce);

    /// <summary>One try within the check's time. Whatever the other side does is a complaint.</summary>
    public async Task<(TimeSpan Latency, AssertionCheck Check)> TryAsync(SmokeCheck check, IReadOnlyDictionary<string, SmokeValue> captured, CancellationToken cancellation)
    {
        AssertionCheck Fresh() => new(context.Time, captured);
        var assertions = Fresh();
        var patience = check.Timeout + check.Kind.Waits;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var started = context.Time.GetTimestamp();
        try
        {
            if (check.Kind is SmokeKind.Metrics metrics)
            {
                limit.CancelAfter(patience);
                return (await new MetricsProbe(Client(), context.Time, scrape => InTurnAsync(scrape, limit.Token)).LookAsync(metrics, assertions, limit.Token), assertions);
            }

            return await InTurnAsync(
                async () =>
                {
                    limit.CancelAfter(patience); // waiting for its turn is not the service's doing
                    started = context.Time.GetTimestamp();
                    return (await LookAsync(check, assertions, Fresh, limit.Token), assertions);
                },
                cancellation);
        }
        catch (OperationCanceledException problem) when (!cancellation.IsCancellationRequested)
        {
            assertions.Complain($"an answer within {patience.TotalSeconds:0.###} s", ServiceClient.Explain(problem) ?? "none");
        }
        catch (Exception problem) when (problem is RpcRefusedException or FaultException || ServiceClient.Explain(problem) is not null)
        {
            assertions.Complain(
                $"an answer of {(check.Kind.NeedsCluster ? "the cluster" : "the service")}",
                problem switch { FaultException { Faults: [var fault, ..] } => fault.Found, RpcRefusedException refused => $"a refusal: {refused.Message}", _ => ServiceClient.Explain(problem)! });
        }

        return (context.Time.GetElapsedTime(started), assertions);
    }

    public void Dispose() => slots.Dispose();

    private async Task<TimeSpan> LookAsync(SmokeCheck check, AssertionCheck assertions, Func<AssertionCheck> fresh, CancellationToken cancellation)
    {
        switch (check.Kind)
        {
            case SmokeKind.Http http:
                return await new HttpProbe(Client(), context.Time).LookAsync(http, assertions, cancellation);
            case SmokeKind.WebSocket socket:
                return await new WebSocketProbe(context.Http, context.Time).LookAsync(socket, assertions, fresh, check.Timeout, cancellation);
        }

        var started = context.Time.GetTimestamp();
        var chain = new ChainProbe(rpc!, commitment);
        await (check.Kind switch
        {
            SmokeKind.Program program => chain.LookAsync(program, assertions, cancellation),
            SmokeKind.Account account => chain.LookAsync(account, assertions, cancellation),
            SmokeKind.Transaction transaction => chain.LookAsync(transaction, assertions, cancellation),
            SmokeKind.Rpc call => chain.LookAsync(call, assertions, cancellation),
            SmokeKind.Result result => ReadAsync(result, assertions),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
        return context.Time.GetElapsedTime(started);
    }

    private static Task ReadAsync(SmokeKind.Result result, AssertionCheck assertions)
    {
        ResultProbe.Look(result, assertions);
        return Task.CompletedTask;
    }

    private ServiceClient Client() => new(context.Http);

    private async Task<T> InTurnAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await slots.WaitAsync(cancellation);
        try
        {
            return await work();
        }
        finally
        {
            slots.Release();
        }
    }
}
