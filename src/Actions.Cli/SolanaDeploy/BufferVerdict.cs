using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Judges a written buffer before anything irrevocable. What the cluster will never take is closed, and its rent returned.</summary>
internal sealed class BufferVerdict(DeployRequest request, DeployObserver observer, DeployTransactions transactions, DeployProgress progress)
{
    private const int LongestExcerpt = 500;

    private bool isVerified;

    /// <summary>Compares every byte on chain with the file, and has the cluster's verifier look at them.</summary>
    /// <returns>Null when the buffer is not what was written.</returns>
    public async Task<BufferState.Ours?> CheckAsync(DeployInstructions make, DeployState state, CancellationToken cancellation)
    {
        var writer = (state.Buffer as BufferState.Ours)?.Authority ?? request.Payer.Address;
        var repriced = observer.PriceAsync(cancellation);
        var verified = transactions.SimulateAsync(make.TryDeploy(Unused(), writer), cancellation);
        var buffer = await ReadBackAsync(state, cancellation);
        transactions.Price = await repriced;
        if (buffer is null)
        {
            return null;
        }

        // Anything but a verdict (a payer too poor for a second program) leaves it to the final simulation.
        var simulation = await verified;
        isVerified = simulation.Error is null;
        if (simulation.Error is { } error && IsVerdict(error))
        {
            await RejectAsync(make, buffer, simulation.Logs, cancellation);
        }

        return buffer;
    }

    /// <summary>The buffer, if it holds exactly the file.</summary>
    public async Task<BufferState.Ours?> ReadBackAsync(DeployState state, CancellationToken cancellation) =>
        await observer.ReadBufferAsync(state.BufferAddress.Address, state.BufferAddressAuthority(request), transactions.Known(state), cancellation) is BufferState.Ours ours && ours.Data.Span.SequenceEqual(request.Binary.Bytes.Span)
            ? ours
            : null;

    /// <summary>The cluster refuses the final transaction for good.</summary>
    public async Task<FaultException> RefuseAsync(DeployInstructions make, DeployState state, BufferState.Ours buffer, string error, IReadOnlyList<string> logs, CancellationToken cancellation)
    {
        var isClosed = await CloseAsync(make, buffer.Authority, buffer.Lamports, cancellation);
        return new FaultException(new Fault(
            FaultCodes.TransactionRejected, state.Program is ProgramState.Deployed ? "a cluster that accepts the upgrade" : "a cluster that accepts the deploy", $"it refuses ({error}): {Excerpt(logs)}",
            $"correct the cause; {Rent(isClosed)}"));
    }

    /// <summary>Throws when a refusal is the verifier's, which nobody asked before.</summary>
    public async Task ThrowIfRejectedAsync(DeployInstructions make, BufferState.Ours buffer, string error, IReadOnlyList<string> logs, CancellationToken cancellation)
    {
        if (!isVerified && IsVerdict(error))
        {
            await RejectAsync(make, buffer, logs, cancellation);
        }
    }

    public async Task<bool> CloseAsync(DeployInstructions make, Address authority, ulong lamports, CancellationToken cancellation)
    {
        if (!await transactions.LandAsync(make.CloseBuffer(authority), transactions.SignersOf(authority), cancellation))
        {
            return false;
        }

        progress.Refunded += lamports;
        progress.HoldsBuffer = false;
        return true;
    }

    /// <summary>The loader says InvalidAccountData when its verifier refuses the bytes.</summary>
    private static bool IsVerdict(string error) => error.Contains("\"InvalidAccountData\"", StringComparison.Ordinal);

    private async Task RejectAsync(DeployInstructions make, BufferState.Ours buffer, IReadOnlyList<string> logs, CancellationToken cancellation)
    {
        var isClosed = await CloseAsync(make, buffer.Authority, buffer.Lamports, cancellation);
        throw new FaultException(new Fault(FaultCodes.VerifierRejected, "a program that the cluster's verifier accepts", $"it refuses the file: {Excerpt(logs)}", $"build the program for this cluster; {Rent(isClosed)}", "program"));
    }

    private static string Rent(bool isClosed) => isClosed ? "the buffer is closed, its rent returned" : "the buffer could not be closed and is listed with the stale ones";

    private static Address Unused()
    {
        using var key = LocalSigner.Generate();
        return key.Address;
    }

    /// <summary>The last lines of a program's log, which is where it says why; untrusted.</summary>
    private static string Excerpt(IReadOnlyList<string> logs) =>
        logs.Count == 0
            ? "no log"
            : PlainText.Bound(PlainText.CleanLine(string.Join(" | ", logs.Where(line => !line.StartsWith("Program ", StringComparison.Ordinal)).DefaultIfEmpty(logs[^1]).TakeLast(2))), LongestExcerpt);
}
