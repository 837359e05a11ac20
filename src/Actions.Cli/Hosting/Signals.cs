using System.Runtime.InteropServices;

namespace Actions.Cli.Hosting;

/// <summary>SIGINT and SIGTERM as tokens: the first signal asks to stop in an orderly way, the second to stop now.</summary>
/// <remarks>Registered explicitly: as the first process of a container this one has no default handlers, and .NET 10 installs none for SIGTERM.</remarks>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource cancelled = new();
    private readonly CancellationTokenSource forced = new();
    private readonly List<PosixSignalRegistration> registrations = [];

    public CancellationToken Cancelled => cancelled.Token;

    public CancellationToken Forced => forced.Token;

    public static Signals OfProcess()
    {
        var signals = new Signals();
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
        {
            signals.registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                signals.Raise();
            }));
        }

        return signals;
    }

    public void Raise()
    {
        if (cancelled.IsCancellationRequested)
        {
            forced.Cancel();
        }

        cancelled.Cancel();
    }

    public void Dispose()
    {
        registrations.ForEach(registration => registration.Dispose());
        cancelled.Dispose();
        forced.Dispose();
    }
}
