using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.Tools;

/// <summary>A node of the localnet in a process of its own, and what it knows about everything that happened on it.</summary>
internal sealed partial class Localnet : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Until.Patience };

    private readonly Process process;
    private readonly string tracePath;
    private readonly SemaphoreSlim reading = new(1, 1);
    private readonly List<TraceLine> trace = [];
    private long traceRead;

    private Localnet(Process process, string tracePath, Match ready)
    {
        (this.process, this.tracePath) = (process, tracePath);
        Url = ready.Groups["http"].Value;
        Genesis = ready.Groups["genesis"].Value;
        LagUrl = ready.Groups["lag"] is { Success: true } lag ? lag.Value : "";
    }

    public string Url { get; }

    /// <summary>The node that sees the same chain late.</summary>
    public string LagUrl { get; }

    public string Genesis { get; }

    /// <summary>Starts a node on a free port; slots of 40 ms unless the flags say otherwise.</summary>
    public static async Task<Localnet> StartAsync(params string[] flags)
    {
        var tracePath = Path.Combine(Path.GetTempPath(), $"localnet-{Guid.NewGuid():N}.jsonl");
        string[] speed = flags.Contains("--slot-ms") ? [] : ["--slot-ms", "40"];
        var process = Process.Start(new ProcessStartInfo("node", ["main.mjs", "--port", "0", .. speed, "--trace", tracePath, .. flags])
        {
            WorkingDirectory = NodeScripts.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync();
        return ReadyLine().Match(line ?? "") is { Success: true } ready
            ? new Localnet(process, tracePath, ready)
            : throw new InvalidOperationException($"The localnet did not start: {line}\n{await errors}");
    }

    /// <summary>The result of a call that must succeed.</summary>
    public async Task<JsonElement> CallAsync(string method, string parameters = "[]")
    {
        while (true)
        {
            using var content = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", Encoding.UTF8, "application/json");
            using var response = await Http.PostAsync(new Uri(Url), content);
            if ((int)response.StatusCode is 429 or 503)
            {
                await Task.Delay(20); // the network's bad luck is for the action, not for the test
                continue;
            }

            using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            return document.RootElement.TryGetProperty("result", out var result)
                ? result.Clone()
                : throw new InvalidOperationException($"{method}{parameters}: {document.RootElement}");
        }
    }

    public Task<JsonElement> StatsAsync() => CallAsync("localnetStats");

    public async Task<ulong> SlotAsync() => (await CallAsync("getSlot", """[{"commitment":"confirmed"}]""")).GetUInt64();

    public async Task WaitSlotsAsync(ulong count)
    {
        var end = await SlotAsync() + count;
        await Until.TrueAsync(async () => await SlotAsync() >= end);
    }

    public async Task<ulong> BalanceAsync(Address address) =>
        (await CallAsync("getBalance", $$"""["{{address}}",{"commitment":"confirmed"}]""")).GetProperty("value").GetUInt64();

    public async Task<ulong> RentAsync(long size) => (await CallAsync("getMinimumBalanceForRentExemption", $"[{size}]")).GetUInt64();

    public async Task<TestAccount?> AccountAsync(Address address)
    {
        var value = (await CallAsync("getAccountInfo", $$"""["{{address}}",{"commitment":"confirmed","encoding":"base64"}]""")).GetProperty("value");
        return value.ValueKind == JsonValueKind.Null
            ? null
            : new TestAccount(Address.Parse(value.GetProperty("owner").GetString()!), value.GetProperty("lamports").GetUInt64(), value.GetProperty("data")[0].GetBytesFromBase64());
    }

    /// <summary>What a program runs; null when there is none.</summary>
    public async Task<LoaderAccount.ProgramData?> ProgramAsync(Address program) =>
        await AccountAsync(LoaderProgram.ProgramDataAddress(program)) is { } account && LoaderAccount.TryParse(account.Data, out var parsed)
            ? parsed as LoaderAccount.ProgramData
            : null;

    /// <summary>Every loader buffer of an authority.</summary>
    public async Task<IReadOnlyList<Address>> BuffersAsync(Address authority)
    {
        var found = await CallAsync("getProgramAccounts", $$$"""
            ["{{{LoaderProgram.Id}}}",{"commitment":"confirmed","encoding":"base64","dataSlice":{"offset":0,"length":0},
            "filters":[{"memcmp":{"offset":0,"bytes":"{{{Base58.Encode([1, 0, 0, 0, 1])}}}"}},{"memcmp":{"offset":5,"bytes":"{{{authority}}}"}}]}]
            """);
        return [.. found.EnumerateArray().Select(entry => Address.Parse(entry.GetProperty("pubkey").GetString()!))];
    }

    /// <summary>Gives lamports and waits until they are there for everybody.</summary>
    public async Task FundAsync(Address address, ulong lamports)
    {
        var before = await BalanceAsync(address);
        await CallAsync("requestAirdrop", $"""["{address}",{lamports}]""");
        await Until.TrueAsync(async () => await BalanceAsync(address) >= before + lamports);
    }

    public async Task<TestKey> PayerAsync(ulong sol = 100)
    {
        var key = TestKey.New();
        await FundAsync(key.Address, sol * 1_000_000_000);
        return key;
    }

    /// <summary>Lands a transaction of the test's own; the first signer pays.</summary>
    public async Task SendAsync(IReadOnlyList<Instruction> instructions, params TestKey[] signers)
    {
        if (await TrySendAsync(instructions, signers) is { } error)
        {
            throw new InvalidOperationException($"The test's own transaction failed: {error}");
        }
    }

    /// <returns>Why it failed, when it did.</returns>
    public async Task<string?> TrySendAsync(IReadOnlyList<Instruction> instructions, params TestKey[] signers)
    {
        var latest = (await CallAsync("getLatestBlockhash", """[{"commitment":"confirmed"}]""")).GetProperty("value").GetProperty("blockhash").GetString()!;
        var message = Message.Compile(signers[0].Address, instructions, Blockhash.Parse(latest));
        var transaction = await Transaction.SignAsync(message, [.. signers.Select(key => key.Signer)], CancellationToken.None);
        var sent = $$"""["{{Convert.ToBase64String(transaction.Serialize())}}",{"encoding":"base64","skipPreflight":true}]""";
        await CallAsync("sendTransaction", sent);
        var asked = $"""[["{transaction.Signature}"]]""";
        string? error = null;
        await Until.TrueAsync(async () =>
        {
            var status = (await CallAsync("getSignatureStatuses", asked)).GetProperty("value")[0];
            if (status.ValueKind == JsonValueKind.Null || status.GetProperty("confirmationStatus").GetString() == "processed")
            {
                return false;
            }

            error = status.GetProperty("err").ValueKind == JsonValueKind.Null ? null : status.GetProperty("err").ToString();
            return true;
        });
        return error;
    }

    /// <summary>Who signed a transaction that landed.</summary>
    public async Task<IReadOnlyList<Address>> SignersAsync(string signature)
    {
        var transaction = await CallAsync("getTransaction", $$"""["{{signature}}",{"commitment":"confirmed","encoding":"base64","maxSupportedTransactionVersion":0}]""");
        return Transaction.TryParse(transaction.GetProperty("transaction")[0].GetBytesFromBase64(), out var parsed)
            ? parsed.Message.Signers
            : throw new FormatException(signature);
    }

    /// <summary>Every transaction that this payer paid for, failed ones included, in order.</summary>
    public async Task<IReadOnlyList<TraceLine>> LandedAsync(Address payer)
    {
        var transactions = (await StatsAsync()).GetProperty("transactions");
        var executed = transactions.GetProperty("landed").GetInt32() + transactions.GetProperty("failed").GetInt32();
        await Until.TrueAsync(async () => (await TraceAsync()).Count(line => line.Kind == "tx") >= executed);
        return [.. (await TraceAsync()).Where(line => line.Kind == "tx" && line.FeePayer == payer.ToString())];
    }

    /// <summary>How many transactions of this payer landed by now, without a call to the node.</summary>
    public async Task<int> LandedByNowAsync(Address payer) => (await TraceAsync()).Count(line => line.Kind == "tx" && line.FeePayer == payer.ToString());

    /// <summary>Everything that was traced so far.</summary>
    public async Task<IReadOnlyList<TraceLine>> TraceAsync()
    {
        await reading.WaitAsync();
        try
        {
            await using var file = new FileStream(tracePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(traceRead, SeekOrigin.Begin);
            var fresh = new byte[file.Length - traceRead];
            var length = await file.ReadAtLeastAsync(fresh, fresh.Length, throwOnEndOfStream: false);
            var whole = fresh.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
            traceRead += whole;
            trace.AddRange(Encoding.UTF8.GetString(fresh, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(TraceLine.Parse));
            return [.. trace];
        }
        finally
        {
            reading.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        reading.Dispose();
        File.Delete(tracePath);
    }

    [GeneratedRegex(@"^ready http=(?<http>\S+) ws=\S+ genesis=(?<genesis>\S+)(?: lag-http=(?<lag>\S+))?")]
    private static partial Regex ReadyLine();
}

/// <summary>An account as the node holds it.</summary>
internal sealed record TestAccount(Address Owner, ulong Lamports, byte[] Data);

/// <summary>A line of the node's trace: a request, or (<c>Kind</c> tx) a transaction that was executed.</summary>
internal sealed record TraceLine(string Kind, string? Method, ulong Slot, string? Signature, bool Failed, ulong Fee, string? FeePayer, int Signers)
{
    public static TraceLine Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var line = document.RootElement;
        string? Text(string name) => line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        ulong Number(string name) => line.TryGetProperty(name, out var value)
            ? ulong.Parse(value.ToString(), CultureInfo.InvariantCulture)
            : 0;
        return new TraceLine(
            Text("kind") ?? "request", Text("method"), Number("slot"), Text("signature"),
            line.TryGetProperty("err", out var error) && error.ValueKind != JsonValueKind.Null, Number("fee"), Text("feePayer"), (int)Number("signers"));
    }
}
