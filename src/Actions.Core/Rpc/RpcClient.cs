using System.Text.Json;
using Actions.Core.Faults;

namespace Actions.Core.Rpc;

/// <summary>
/// A Solana cluster behind one or several RPC URLs: reads go to the freshest healthy endpoint and move on to the next when it
/// fails; no endpoint is used before it has proved to serve the expected cluster.
/// </summary>
public sealed partial class RpcClient : IDisposable
{
    private const int FirstContactTries = 5;
    private const int InvalidTries = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Latecomers = TimeSpan.FromSeconds(1.5);

    private readonly List<RpcEndpoint> endpoints;
    private readonly List<HttpClient> clients = [];
    private readonly Func<string, Fault?> checkGenesis;
    private readonly TimeProvider time;
    private readonly Random random;
    private volatile bool hadContact;
    private string? genesisHash;

    /// <param name="urls">In order of preference.</param>
    /// <param name="limits">What an endpoint is known to allow, by URL.</param>
    /// <param name="checkGenesis">Says what is wrong with a genesis hash; null when it is the expected cluster's.</param>
    /// <param name="handlers">Makes the HTTP handler of one endpoint.</param>
    public RpcClient(
        IReadOnlyList<Uri> urls, Func<Uri, RateLimits> limits, Func<string, Fault?> checkGenesis, Func<HttpMessageHandler> handlers, TimeProvider time, Random random)
    {
        this.checkGenesis = checkGenesis;
        this.time = time;
        this.random = random;
        endpoints = [.. urls.Select(url =>
        {
#pragma warning disable RS0030 // this is the shared client of the endpoint
            var http = new HttpClient(handlers(), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore RS0030
            clients.Add(http);
            return new RpcEndpoint(url, http, new Pacer(time, limits(url)), time);
        })];
    }

    /// <summary>The cluster's genesis hash, known after <see cref="OpenAsync"/>.</summary>
    public string GenesisHash => genesisHash ?? "";

    /// <summary>Scheme and host of every endpoint, the only part of a URL that may be shown.</summary>
    public IReadOnlyList<string> Labels => [.. endpoints.Select(endpoint => endpoint.Label)];

    internal IReadOnlyList<RpcEndpoint> Endpoints => endpoints;

    /// <summary>The newest slot any answer spoke about.</summary>
    internal ulong NewestSlot => endpoints.Max(endpoint => endpoint.FreshestSlot);

    /// <summary>Asks every endpoint for its genesis hash.</summary>
    /// <returns>A warning for each endpoint that did not answer; throws when none did, or when one serves another cluster.</returns>
    public async Task<IReadOnlyList<Fault>> OpenAsync(CancellationToken cancellation)
    {
        var asked = endpoints.ConvertAll(endpoint => TryCheckAsync(endpoint, cancellation));
        await FirstContactAsync(asked);
        // One endpoint answered: another one may take a moment longer, and is looked at again when it is needed.
        await Task.WhenAny(Task.WhenAll(asked), Task.Delay(Latecomers, time, cancellation));
        var wrong = asked.Where(check => check is { IsCompletedSuccessfully: true, Result.Code.Exit: ExitCode.Input }).Select(check => check.Result!).ToList();
        if (wrong.Count > 0)
        {
            throw new FaultException(wrong);
        }

        if (!hadContact)
        {
            throw new FaultException([.. asked.Select(check => check.Result!)]);
        }

        return [.. endpoints.Where(endpoint => !endpoint.IsChecked).Select(endpoint => FaultOf(endpoint, new RpcReply.Failure(RpcFailureKind.Unreachable, "no answer so far")).AsWarning())];
    }

    /// <summary>Ends with the first endpoint that proved its cluster, or when all failed to.</summary>
    private async Task FirstContactAsync(IEnumerable<Task<Fault?>> asked)
    {
        var waiting = asked.ToList();
        while (waiting.Count > 0 && !hadContact)
        {
            var done = await Task.WhenAny(waiting);
            waiting.Remove(done);
            await done; // brings up a cancellation
        }
    }

    public void Dispose() => clients.ForEach(client => client.Dispose());

    /// <summary>Asks until somebody answers; throws a fault when patience ends and <see cref="RpcRefusedException"/> when the node says no.</summary>
    internal async Task<T> AskAsync<T>(RpcCall call, Func<JsonElement, T> parse, CancellationToken cancellation)
    {
        var startedAt = time.GetTimestamp();
        var invalid = 0;
        HashSet<RpcEndpoint> refusedBy = [];
        for (var attempt = 0; ; attempt++)
        {
            var endpoint = Pick(attempt) ?? throw new FaultException(NobodyLeft(call.Method));
            var failure = await EnsureCheckedAsync(endpoint, cancellation);
            if (failure is null)
            {
                var reply = await endpoint.PostAsync(call, cancellation);
                switch (reply)
                {
                    case RpcReply.Answer answer:
                        failure = Parse(answer, parse, endpoint, call.Method, out var value);
                        if (failure is null)
                        {
                            hadContact = true;
                            return value!;
                        }

                        break;
                    case RpcReply.Refusal { Error: { IsPassing: false } refusal }:
                        // Another provider may serve what this one does not; the question itself being wrong is the same everywhere.
                        refusedBy.Add(endpoint);
                        endpoint.Demote();
                        if (refusal.Code == RpcRefusal.InvalidParams || endpoints.TrueForAll(other => other.IsForbidden || refusedBy.Contains(other)))
                        {
                            throw new RpcRefusedException(call.Method, refusal);
                        }

                        continue;
                    case RpcReply.Refusal { Error: var passing }:
                        failure = new RpcReply.Failure(RpcFailureKind.Throttled, $"{call.Method}: {passing.Message} ({passing.Code})");
                        break;
                    case RpcReply.Failure failed:
                        failure = failed;
                        break;
                }
            }

            if (failure!.Kind is RpcFailureKind.Invalid or RpcFailureKind.TooLarge)
            {
                invalid++;
            }

            if (IsFinal(failure, attempt, invalid) || time.GetElapsedTime(startedAt) >= Patience)
            {
                throw new FaultException(FaultOf(endpoint, failure));
            }

            await Task.Delay(Backoff(failure, attempt), time, cancellation);
        }
    }

    /// <summary>Reads one answer's value; anything a hostile answer can do to a parser counts as another shape.</summary>
    private static RpcReply.Failure? Parse<T>(RpcReply.Answer answer, Func<JsonElement, T> parse, RpcEndpoint endpoint, string method, out T? value)
    {
        value = default;
        using (answer.Document)
        {
            try
            {
                var result = answer.Result;
                if (result.ValueKind == JsonValueKind.Object
                    && result.TryGetProperty("context", out var context))
                {
                    endpoint.SawSlot(RpcParse.Slot(context.GetProperty("slot")));
                }

                value = parse(result);
                return null;
            }
            catch (LateAnswerException late)
            {
                return new RpcReply.Failure(RpcFailureKind.Throttled, $"{method}: {late.Message}");
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException or ArgumentException)
            {
                return new RpcReply.Failure(RpcFailureKind.Invalid, $"an answer to {method} of another shape than the protocol's");
            }
        }
    }

    private RpcEndpoint? Pick(int attempt)
    {
        var usable = endpoints.Where(endpoint => !endpoint.IsForbidden).ToList();
        if (usable.Count <= 1)
        {
            return usable.Count == 0 ? null : usable[0];
        }

        // Who failed least comes first, then who lags least (a couple of slots is nothing), then the user's order.
        var newest = usable.Max(endpoint => endpoint.FreshestSlot);
        var ranked = usable.OrderBy(endpoint => endpoint.Failures).ThenBy(endpoint => (newest - endpoint.FreshestSlot) / 4).ToList();
        return ranked[attempt % ranked.Count];
    }

    /// <summary>Lets an endpoint prove which cluster it serves; null when it has. Throws when it serves another one.</summary>
    internal async Task<RpcReply.Failure?> EnsureCheckedAsync(RpcEndpoint endpoint, CancellationToken cancellation)
    {
        if (endpoint.IsChecked)
        {
            return null;
        }

        var reply = await endpoint.PostAsync(RpcCall.Create("getGenesisHash"), cancellation);
        if (reply is RpcReply.Refusal refusal)
        {
            return new RpcReply.Failure(RpcFailureKind.Invalid, $"getGenesisHash: {refusal.Error.Message} ({refusal.Error.Code})");
        }

        if (reply is RpcReply.Failure failure)
        {
            return failure;
        }

        var unread = Parse((RpcReply.Answer)reply, result => result.GetString() is { Length: >= 32 and <= 44 } hash ? hash : throw new FormatException(), endpoint, "getGenesisHash", out var genesis);
        if (unread is not null || !Solana.Address.TryParse(genesis, out _))
        {
            return new RpcReply.Failure(RpcFailureKind.Invalid, "something else than a genesis hash");
        }

        if (checkGenesis(genesis!) is { } wrong)
        {
            throw new FaultException(wrong with { Found = $"{endpoint.Label}: {wrong.Found}" });
        }

        if ((Interlocked.CompareExchange(ref genesisHash, genesis, null) ?? genesis) != genesis)
        {
            throw new FaultException(new Fault(
                FaultCodes.ClusterMismatch, $"every rpc-url serves the cluster with genesis hash {GenesisHash}", $"{endpoint.Label} serves {genesis}", "remove the URL of the other cluster", "rpc-url"));
        }

        endpoint.IsChecked = true;
        hadContact = true;
        return null;
    }

    private async Task<Fault?> TryCheckAsync(RpcEndpoint endpoint, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (await EnsureCheckedAsync(endpoint, cancellation) is not { } failure)
                {
                    return null;
                }

                // With another endpoint at hand a silent one is not worth waiting for: it is tried again when it is needed.
                if (IsFinal(failure, attempt, attempt + 1) || (hadContact && attempt > 0))
                {
                    return FaultOf(endpoint, failure);
                }

                await Task.Delay(Backoff(failure, attempt), time, cancellation);
            }
            catch (FaultException mismatch)
            {
                return mismatch.Faults[0];
            }
        }
    }

    private bool IsFinal(RpcReply.Failure failure, int attempt, int invalid) => failure.Kind switch
    {
        RpcFailureKind.TooLarge => endpoints.Count == 1 || invalid > endpoints.Count,
        RpcFailureKind.Invalid => invalid >= InvalidTries,
        RpcFailureKind.Forbidden => endpoints.TrueForAll(endpoint => endpoint.IsForbidden),
        RpcFailureKind.Unreachable => !hadContact && attempt >= FirstContactTries * endpoints.Count,
        _ => false,
    };

    private TimeSpan Backoff(RpcReply.Failure failure, int attempt) => failure.Kind switch
    {
        RpcFailureKind.Forbidden => TimeSpan.Zero,
        // The pacer already waits out a push-back; this only keeps a passing refusal from spinning.
        RpcFailureKind.Throttled => TimeSpan.FromMilliseconds(Jitter(60)),
        _ => TimeSpan.FromMilliseconds(Jitter(Math.Min(2_000, 60 * Math.Pow(2, Math.Min(attempt, 10))))),
    };

#pragma warning disable CA5394 // jitter is not a secret
    private double Jitter(double milliseconds)
    {
        lock (random)
        {
            return milliseconds * (0.75 + (0.5 * random.NextDouble()));
        }
    }

#pragma warning restore CA5394

    private static Fault FaultOf(RpcEndpoint endpoint, RpcReply.Failure failure) => failure.Kind switch
    {
        RpcFailureKind.Invalid => new(FaultCodes.RpcInvalidAnswer, "a JSON-RPC answer", $"{endpoint.Label} gave {failure.Found}", "check that rpc-url is a Solana RPC endpoint", "rpc-url"),
        RpcFailureKind.TooLarge => new(FaultCodes.RpcTooLarge, "an answer of a size the question can have", $"{endpoint.Label} gave {failure.Found}", "check that rpc-url is a Solana RPC endpoint", "rpc-url"),
        _ => new(FaultCodes.RpcUnreachable, "an RPC endpoint that answers", $"{endpoint.Label}: {failure.Found}", "check the URL, its access key and the provider's status, or add another URL, then run again: a started deploy continues", "rpc-url"),
    };

    private Fault NobodyLeft(string method) => new(
        FaultCodes.RpcUnreachable, "an RPC endpoint that answers", $"every endpoint denies access ({string.Join(", ", Labels)}) for {method}", "check the access key in rpc-url, or add another URL", "rpc-url");
}

/// <summary>A node answered from an older state than it was told to.</summary>
#pragma warning disable CA1032 // made in one place, always with its slots
internal sealed class LateAnswerException(ulong slot, ulong minimum) : Exception($"an answer as of slot {slot}, although slot {minimum} was asked for");
#pragma warning restore CA1032
