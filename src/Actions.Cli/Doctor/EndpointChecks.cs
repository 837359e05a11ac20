using System.Globalization;
using System.Text.Json;
using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.Inputs;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.Doctor;

/// <summary>Every RPC endpoint by itself: its cluster, its age, its limits, and whether it serves what a release asks.</summary>
internal sealed class EndpointChecks(ActionContext context, CheckRunner runner, CheckInputs reader)
{
    /// <summary>As many slots behind the others and a blockhash of this endpoint is already too old for the others.</summary>
    private const ulong UselessLag = 150;

    private const ulong NoticeableLag = 30;

    private const int LagSamples = 3;

    private static readonly TimeSpan OldestBlock = TimeSpan.FromMinutes(2);

    /// <returns>The cluster with those of its endpoints that can be used; null when none can.</returns>
    public async Task<ClusterInputs?> RunAsync(CancellationToken cancellation)
    {
        var cluster = await ReadAsync(cancellation);
        if (cluster is null)
        {
            return null;
        }

        var usable = await Task.WhenAll(cluster.Urls.Select((url, index) => runner.RunAsync<RpcUrl>(Name(cluster, index), (notes, token) => LookAsync(notes, cluster, url, token), cancellation)));
        List<RpcUrl> urls = [.. usable.OfType<RpcUrl>()];
        if (urls.Count > 1)
        {
            await runner.RunAsync("RPC together", (notes, token) => CompareAsync(notes, cluster with { Urls = urls }, token), cancellation);
        }

        return urls.Count == 0 ? null : cluster with { Urls = urls };
    }

    /// <summary>Several endpoints of one host differ in what must not be shown.</summary>
    private static string Name(ClusterInputs cluster, int index)
    {
        var url = cluster.Urls[index].ToString();
        var before = cluster.Urls.Take(index).Count(other => other.ToString() == url);
        return string.Create(CultureInfo.InvariantCulture, $"RPC {url}{(before == 0 ? "" : $" ({before + 1})")}");
    }

    /// <summary>Endpoints may be behind references; where they cannot be read, that is the one check there is of them.</summary>
    private async Task<ClusterInputs?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadAsync(inputs => ClusterInputs.Read(inputs, context.Masker, hasMaxRps: false), cancellation);
        }
        catch (FaultException problem)
        {
            return await runner.RunAsync<ClusterInputs>("RPC", (_, _) => throw problem, cancellation);
        }
    }

    private async Task<RpcUrl> LookAsync(CheckNotes notes, ClusterInputs cluster, RpcUrl url, CancellationToken cancellation)
    {
        using var rpc = (cluster with { Urls = [url] }).Connect(context.Http, context.Time);
        _ = await rpc.OpenAsync(cancellation);
        notes.Found($"genesis {rpc.GenesisHash}");
        await TryAsync(notes, "getVersion", isOptional: true, async () => notes.Found(Version(await rpc.CallAsync("getVersion", "[]"u8.ToArray(), cancellation))));
        await AgeAsync(notes, rpc, url, cancellation);
        notes.Found(await MethodsAsync(notes, rpc, cancellation));
        Limits(notes, rpc.Paces[0], url);
        return url;
    }

    private static string Version(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("solana-core", out var version) && version.ValueKind == JsonValueKind.String
            ? $"version {version.GetString()}{(answer.TryGetProperty("feature-set", out var features) && features.ValueKind == JsonValueKind.Number ? $", feature set {features.GetRawText()}" : "")}"
            : "no version";

    private async Task AgeAsync(CheckNotes notes, RpcClient rpc, RpcUrl url, CancellationToken cancellation)
    {
        var slot = await rpc.GetSlotAsync(Commitment.Confirmed, cancellation);
        notes.Found($"slot {slot.ToString(CultureInfo.InvariantCulture)}");
        await TryAsync(notes, "getBlockTime", isOptional: true, async () =>
        {
            // Of the newest slots a node may not have the time yet.
            if (await rpc.GetBlockTimeAsync(slot, cancellation) is { } seconds and > 0 and < 253_402_300_800
                && context.Time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds) is var age && age > OldestBlock)
            {
                notes.Add(new Fault(
                    FaultCodes.RpcUnreachable, $"Expected blocks of the last minutes from {url}", $"found that its newest is {TimeGates.Show(age)} old: it stands still", "ask its provider, or use another endpoint", "rpc-url"));
            }
        });
    }

    /// <returns>How many of them it serves, in words.</returns>
    private static async Task<string> MethodsAsync(CheckNotes notes, RpcClient rpc, CancellationToken cancellation)
    {
        LatestBlockhash? latest = null;
        (string Method, bool IsOptional, Func<Task> Call)[] calls =
        [
            ("getLatestBlockhash", false, async () => latest = (await rpc.GetLatestBlockhashAsync(Commitment.Confirmed, cancellation)).Value),
            ("getMultipleAccounts", false, () => rpc.GetAccountsAsync([SystemProgram.Id, Sysvars.Clock], Commitment.Confirmed, cancellation, slice: new DataSlice(0, 0))),
            ("getMinimumBalanceForRentExemption", false, () => rpc.GetRentAsync(0, cancellation)),
            ("simulateTransaction", false, () => latest is null ? Task.CompletedTask : rpc.SimulateAsync(Harmless(latest.Hash), Commitment.Confirmed, cancellation)),
            ("getSignatureStatuses", false, () => rpc.GetStatusesAsync([default], cancellation)),
            ("getRecentPrioritizationFees", true, () => rpc.GetRecentFeesAsync([SystemProgram.Id], cancellation)),
            ("getSignaturesForAddress", true, () => rpc.GetSignaturesAsync(SystemProgram.Id, 1, Commitment.Confirmed, cancellation)),
            ("getProgramAccounts with dataSlice", true, () => OwnedBuffers.OfAsync(rpc, SystemProgram.Id, Commitment.Confirmed, cancellation)),
        ];
        var served = 0;
        foreach (var (method, isOptional, call) in calls)
        {
            served += await TryAsync(notes, method, isOptional, call) ? 1 : 0;
        }

        return string.Create(CultureInfo.InvariantCulture, $"serves {served} of {calls.Length} methods");
    }

    /// <summary>Who pays nothing and changes nothing: only simulated, to see that the endpoint does.</summary>
    private static byte[] Harmless(Blockhash hash) =>
        Transaction.Unsigned(Message.Compile(SystemProgram.Id, [ComputeBudgetProgram.SetComputeUnitLimit(DeployCosts.UsualUnits)], hash)).Serialize();

    private static async Task<bool> TryAsync(CheckNotes notes, string method, bool isOptional, Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (RpcRefusedException refused)
        {
            var fault = new Fault(
                FaultCodes.RpcInvalidAnswer, $"Expected an endpoint that serves {method}", $"found {refused.Refusal.Message} ({refused.Refusal.Code.ToString(CultureInfo.InvariantCulture)})",
                isOptional ? "a release does without; where it matters, use another endpoint or another plan of its provider" : "use another endpoint, or another plan of its provider", "rpc-url");
            notes.Add(isOptional ? fault.AsWarning() : fault);
            return false;
        }
    }

    private static void Limits(CheckNotes notes, EndpointPace pace, RpcUrl url)
    {
        var (perMethod, total, pause) = pace.Stated;
        string?[] stated = [Stated("all methods", total), Stated("one method", perMethod)];
        notes.Found(stated.All(limit => limit is null) ? "states no limits" : $"states at most {string.Join(" and ", stated.OfType<string>())}");
        notes.Found(string.Create(CultureInfo.InvariantCulture, $"a release would begin with {pace.Rate:0.#} calls per second"));
        if (pause is { } wait)
        {
            notes.Warn(new Fault(
                FaultCodes.RpcUnreachable, $"Expected {url} to take a few calls", $"found that it asked for a pause of {TimeGates.Show(wait)}", "see who else uses this key, or choose a plan that allows more", "rpc-url"));
        }
    }

    private static string? Stated(string what, int? limit) => limit is { } calls ? string.Create(CultureInfo.InvariantCulture, $"{calls:N0} calls of {what} in 10 s") : null;

    /// <summary>Asked at the same time, more than once: a slow answer is not an old one.</summary>
    private async Task CompareAsync(CheckNotes notes, ClusterInputs cluster, CancellationToken cancellation)
    {
        using (var all = cluster.Connect(context.Http, context.Time))
        {
            _ = await all.OpenAsync(cancellation); // says when they do not serve the same cluster
        }

        var urls = cluster.Urls;
        var clients = urls.Select(url => (cluster with { Urls = [url] }).Connect(context.Http, context.Time)).ToList();
        try
        {
            var lag = urls.Select(_ => ulong.MaxValue).ToArray();
            for (var sample = 0; sample < LagSamples; sample++)
            {
                var slots = await Task.WhenAll(clients.Select(client => client.GetSlotAsync(Commitment.Confirmed, cancellation)));
                lag = [.. lag.Select((least, index) => Math.Min(least, slots.Max() - slots[index]))];
            }

            notes.Found(string.Join(", ", urls.Select((url, index) => $"{url} {lag[index].ToString(CultureInfo.InvariantCulture)} slots behind")));
            foreach (var (url, behind) in urls.Zip(lag).Where(pair => pair.Second > NoticeableLag))
            {
                var fault = new Fault(
                    FaultCodes.RpcUnreachable, $"Expected {url} to be at most {NoticeableLag} slots behind", $"found it {behind.ToString("N0", CultureInfo.InvariantCulture)} behind", "ask its provider, or put another endpoint in its place", "rpc-url");
                notes.Add(behind > UselessLag ? fault : fault.AsWarning());
            }
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }
}
