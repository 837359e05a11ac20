using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.Fleet;

/// <summary>A cluster in memory behind an HTTP handler: accounts that a test changes as it likes, and a count of every call.</summary>
internal sealed partial class MemoryChain(string genesis) : HttpMessageHandler
{
    public const string Mainnet = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
    public const string Local = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";
    public const ulong RentPerByte = 5_080;

    public string Genesis { get; set; } = genesis;

    public ulong Slot { get; set; } = 1_000_000;

    public Dictionary<Address, MemoryAccount> Accounts { get; } = [];

    /// <summary>Of buffers: their last transaction.</summary>
    public Dictionary<Address, ulong> LastSlots { get; } = [];

    /// <summary>Methods that the endpoint does not serve.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>Whether it tells the length of what it was asked for as an account's, as some nodes do.</summary>
    public bool HidesSpace { get; set; }

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Bytes of account data that were sent.</summary>
    public long Served { get; private set; }

    /// <summary>Puts a program there, as the loader does, in a transaction that the node remembers.</summary>
    public void Deploy(Address id, ReadOnlySpan<byte> bytes, ulong slot, Address? authority)
    {
        var data = LoaderProgram.ProgramDataAddress(id);
        History.Add((slot, new Instruction(LoaderProgram.Id, [AccountMeta.Writable(data), AccountMeta.Writable(id)], (byte[])[3, 0, 0, 0])));
        Accounts[id] = new MemoryAccount(LoaderProgram.Id, [2, 0, 0, 0, .. data.ToArray()]);
        Accounts[data] = new MemoryAccount(LoaderProgram.Id, [3, 0, 0, 0, .. BitConverter.GetBytes(slot), .. Option(authority), .. bytes]);
    }

    /// <summary>Makes room behind a program, which also writes its slot.</summary>
    public void Extend(Address id, int by, ulong slot) => Change(id, data =>
    {
        BitConverter.GetBytes(slot).CopyTo(data, 4);
        return [.. data, .. new byte[by]];
    });

    public void SetAuthority(Address id, Address? authority) => Change(id, data => [.. data[..12], .. Option(authority), .. data[LoaderProgram.ProgramDataHeader..]]);

    /// <summary>Replaces what a program's ProgramData account holds.</summary>
    public void Change(Address id, Func<byte[], byte[]> change)
    {
        var address = LoaderProgram.ProgramDataAddress(id);
        Accounts[address] = Accounts[address] with { Data = change([.. Accounts[address].Data]) };
    }

    public void Buffer(Address address, Address authority, int size, ulong lastSlot)
    {
        Accounts[address] = new MemoryAccount(LoaderProgram.Id, [1, 0, 0, 0, 1, .. authority.ToArray(), .. new byte[size]]) { Lamports = (ulong)(size + 165) * RentPerByte };
        LastSlots[address] = lastSlot;
    }

    /// <param name="slot">Of the activation; null: it comes with the next epoch.</param>
    public void Gate(Address gate, ulong? slot) =>
        Accounts[gate] = new MemoryAccount(FeatureGates.Owner, slot is { } active ? [1, .. BitConverter.GetBytes(active)] : [0, .. new byte[8]]);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var call = JsonDocument.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        var method = call.RootElement.GetProperty("method").GetString()!;
        Calls.Enqueue(method);
        using var stream = new MemoryStream();
        await using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc", "2.0");
            json.WriteNumber("id", 1);
            if (Refused.Contains(method))
            {
                json.WriteStartObject("error");
                json.WriteNumber("code", -32601);
                json.WriteString("message", "Method not found");
                json.WriteEndObject();
            }
            else
            {
                json.WritePropertyName("result");
                lock (Calls)
                {
                    Answer(json, method, call.RootElement.GetProperty("params"));
                }
            }

            json.WriteEndObject();
        }

        var content = new ByteArrayContent(stream.GetBuffer(), 0, (int)stream.Length);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    private static byte[] Option(Address? authority) => authority is { } known ? [1, .. known.ToArray()] : new byte[33];

    private void Answer(Utf8JsonWriter json, string method, JsonElement given)
    {
        switch (method)
        {
            case "getGenesisHash":
                json.WriteStringValue(Genesis);
                break;
            case "getMinimumBalanceForRentExemption":
                json.WriteNumberValue((128 + given[0].GetUInt64()) * RentPerByte);
                break;
            case "getSlot":
                json.WriteNumberValue(Slot);
                break;
            case "getMultipleAccounts":
                Contextual(json, () =>
                {
                    json.WriteStartArray();
                    foreach (var address in given[0].EnumerateArray())
                    {
                        Account(json, Address.Parse(address.GetString()!), given[1]);
                    }

                    json.WriteEndArray();
                });
                break;
            case "getAccountInfo":
                Contextual(json, () => Account(json, Address.Parse(given[0].GetString()!), given[1]));
                break;
            case "getProgramAccounts":
                json.WriteStartArray();
                foreach (var address in Accounts.Where(pair => pair.Value.Owner.ToString() == given[0].GetString() && given[1].GetProperty("filters").EnumerateArray().All(filter => Fits(pair.Value, filter))).Select(pair => pair.Key).ToList())
                {
                    json.WriteStartObject();
                    json.WriteString("pubkey", address.ToString());
                    json.WritePropertyName("account");
                    Account(json, address, given[1]);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                break;
            case "getSignaturesForAddress":
                Signatures(json, Address.Parse(given[0].GetString()!));
                break;
            case "getTransaction":
                Transaction(json, given[0].GetString()!);
                break;
            default:
                throw new InvalidOperationException($"Nobody said what {method} answers.");
        }
    }

    private static bool Fits(MemoryAccount account, JsonElement filter)
    {
        var compared = filter.GetProperty("memcmp");
        Span<byte> bytes = stackalloc byte[Base58.MaxBytes];
        Base58.TryDecode(compared.GetProperty("bytes").GetString()!, bytes, out var length);
        var offset = compared.GetProperty("offset").GetInt32();
        return account.Data.Length >= offset + length && account.Data.AsSpan(offset, length).SequenceEqual(bytes[..length]);
    }

    private void Contextual(Utf8JsonWriter json, Action value)
    {
        json.WriteStartObject();
        json.WriteStartObject("context");
        json.WriteNumber("slot", Slot);
        json.WriteEndObject();
        json.WritePropertyName("value");
        value();
        json.WriteEndObject();
    }

    private void Account(Utf8JsonWriter json, Address address, JsonElement config)
    {
        if (!Accounts.TryGetValue(address, out var account))
        {
            json.WriteNullValue();
            return;
        }

        var part = account.Data.AsSpan();
        if (config.TryGetProperty("dataSlice", out var slice))
        {
            var from = Math.Min(slice.GetProperty("offset").GetInt32(), part.Length);
            part = part.Slice(from, Math.Min(slice.GetProperty("length").GetInt32(), part.Length - from));
        }

        Served += part.Length;
        json.WriteStartObject();
        json.WriteNumber("lamports", account.Lamports);
        json.WriteString("owner", account.Owner.ToString());
        json.WriteBoolean("executable", false);
        json.WriteNumber("rentEpoch", 0);
        json.WriteNumber("space", HidesSpace ? part.Length : account.Data.Length);
        json.WriteStartArray("data");
        json.WriteBase64StringValue(part);
        json.WriteStringValue("base64");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

internal sealed record MemoryAccount(Address Owner, byte[] Data)
{
    public ulong Lamports { get; init; } = 10_000_000_000;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Data.Length} bytes of {Owner}");
}
