using Actions.Core.Faults;
using Actions.Core.Solana;

namespace Actions.Core.Secrets;

/// <summary>A key that a provider signs with. No signature is used before it was checked against the public key that was read at the start.</summary>
/// <param name="origin">The reference, for faults.</param>
/// <param name="page">How many messages one request signs.</param>
/// <param name="most">How many requests are under way at once.</param>
/// <param name="sign">Has the provider sign a page, in order.</param>
internal sealed class RemoteSigner(
    Address address, string origin, int page, int most, Func<IReadOnlyList<ReadOnlyMemory<byte>>, CancellationToken, Task<IReadOnlyList<byte[]>>> sign) : ISigner, IDisposable
{
    private readonly SemaphoreSlim slots = new(most);

    public Address Address { get; } = address;

    public async ValueTask<Signature[]> SignAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pages = messages.Chunk(page).Select(async chunk =>
        {
            await slots.WaitAsync(stop.Token);
            try
            {
                return Check(chunk, await sign(chunk, stop.Token));
            }
            catch
            {
                await stop.CancelAsync(); // one refusal is enough
                throw;
            }
            finally
            {
                slots.Release();
            }
        }).ToList();
        return [.. (await FirstProblemOrAllAsync(pages, cancellation)).SelectMany(signatures => signatures)];
    }

    public void Dispose() => slots.Dispose();

    public override string ToString() => $"key of {Address} at {origin}";

    /// <summary>The reason of a failure is in the page that failed, not in those that were stopped because of it.</summary>
    private static async Task<Signature[][]> FirstProblemOrAllAsync(List<Task<Signature[]>> pages, CancellationToken cancellation)
    {
        try
        {
            return await Task.WhenAll(pages);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && pages.Find(each => each.IsFaulted) is { } failed)
        {
            return [await failed];
        }
    }

    private Signature[] Check(ReadOnlyMemory<byte>[] messages, IReadOnlyList<byte[]> made)
    {
        if (made.Count != messages.Length)
        {
            throw Refuse($"{messages.Length} signatures", $"found {made.Count}");
        }

        var signatures = new Signature[messages.Length];
        for (var i = 0; i < signatures.Length; i++)
        {
            if (made[i].Length != Signature.Size)
            {
                throw Refuse($"a signature of {Signature.Size} bytes", $"found {made[i].Length} bytes");
            }

            signatures[i] = new Signature(made[i]);
            if (!Ed25519.Verify(Address, messages[i].Span, signatures[i]))
            {
                throw Refuse($"a signature by {Address}", "found one that does not fit this key and this message");
            }
        }

        return signatures;
    }

    private FaultException Refuse(string expected, string found) => new(new Fault(
        FaultCodes.SecretInvalid, $"Expected {expected} from {origin}", found,
        "nothing signed so was sent; find out who changed the key or answers in the provider's place, then run again"));
}
