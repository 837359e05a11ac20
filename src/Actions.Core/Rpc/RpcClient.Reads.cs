using System.Text.Json;
using Actions.Core.Solana;

namespace Actions.Core.Rpc;

/// <summary>The reads: exactly the methods the localnet and every provider serve.</summary>
public sealed partial class RpcClient
{
    private const int AnswerOverhead = 64 * 1024;
    private const int MaxProgramAccountsAnswer = 16 * 1024 * 1024;

    /// <param name="minContextSlot">A node that has not seen this slot yet is not believed: another one, or the same a little later, is asked.</param>
    /// <param name="longest">The most bytes of data expected in all accounts together.</param>
    public Task<At<IReadOnlyList<AccountInfo?>>> GetAccountsAsync(
        IReadOnlyList<Address> addresses, Commitment commitment, CancellationToken cancellation, ulong? minContextSlot = null, DataSlice? slice = null, int longest = 0) =>
        AskAsync(
            RpcCall.Create(
                "getMultipleAccounts",
                writer =>
                {
                    writer.WriteStartArray();
                    foreach (var address in addresses)
                    {
                        writer.WriteStringValue(address.ToString());
                    }

                    writer.WriteEndArray();
                    WriteAccountConfig(writer, commitment, minContextSlot, slice);
                },
                MaxAnswer(slice is { } part ? part.Length * addresses.Count : longest)),
            result => Contextual(result, value => (IReadOnlyList<AccountInfo?>)Array(value, RpcParse.Account, addresses.Count), minContextSlot),
            cancellation);

    public Task<At<AccountInfo?>> GetAccountAsync(
        Address address, Commitment commitment, CancellationToken cancellation, ulong? minContextSlot = null, DataSlice? slice = null, int longest = 0) =>
        AskAsync(
            RpcCall.Create(
                "getAccountInfo",
                writer =>
                {
                    writer.WriteStringValue(address.ToString());
                    WriteAccountConfig(writer, commitment, minContextSlot, slice);
                },
                MaxAnswer(slice?.Length ?? longest)),
            result => Contextual(result, RpcParse.Account, minContextSlot),
            cancellation);

    public Task<IReadOnlyList<KeyedAccount>> GetProgramAccountsAsync(
        Address program, IReadOnlyList<MemoryFilter> filters, DataSlice slice, Commitment commitment, CancellationToken cancellation) =>
        AskAsync(
            RpcCall.Create(
                "getProgramAccounts",
                writer =>
                {
                    writer.WriteStringValue(program.ToString());
                    writer.WriteStartObject();
                    writer.WriteString("commitment", commitment.Name());
                    writer.WriteString("encoding", "base64");
                    WriteSlice(writer, slice);
                    writer.WriteStartArray("filters");
                    foreach (var filter in filters)
                    {
                        writer.WriteStartObject();
                        writer.WriteStartObject("memcmp");
                        writer.WriteNumber("offset", filter.Offset);
                        writer.WriteString("bytes", Base58.Encode(filter.Bytes.Span));
                        writer.WriteEndObject();
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                },
                MaxProgramAccountsAnswer),
            result => (IReadOnlyList<KeyedAccount>)Array(
                result,
                entry => new KeyedAccount(Address.Parse(entry.GetProperty("pubkey").GetString()!), RpcParse.Account(entry.GetProperty("account")) ?? throw new FormatException())),
            cancellation);

    public Task<At<LatestBlockhash>> GetLatestBlockhashAsync(Commitment commitment, CancellationToken cancellation) =>
        AskAsync(
            WithCommitment("getLatestBlockhash", commitment),
            result => Contextual(result, value => new LatestBlockhash(
                new Blockhash(Address.Parse(value.GetProperty("blockhash").GetString()!).ToArray()),
                value.GetProperty("lastValidBlockHeight").GetUInt64())),
            cancellation);

    public Task<ulong> GetSlotAsync(Commitment commitment, CancellationToken cancellation) =>
        AskAsync(WithCommitment("getSlot", commitment), result => result.GetUInt64(), cancellation);

    /// <summary>Slot and block height of the same block.</summary>
    public Task<(ulong Slot, ulong BlockHeight)> GetEpochPositionAsync(Commitment commitment, CancellationToken cancellation) =>
        AskAsync(
            WithCommitment("getEpochInfo", commitment),
            result => (RpcParse.Slot(result.GetProperty("absoluteSlot")), RpcParse.Slot(result.GetProperty("blockHeight"))),
            cancellation);

    /// <returns>Unix seconds; null where the node does not know.</returns>
    public Task<long?> GetBlockTimeAsync(ulong slot, CancellationToken cancellation) =>
        AskAsync(
            RpcCall.Create("getBlockTime", writer => writer.WriteNumberValue(slot)),
            result => result.ValueKind == JsonValueKind.Null ? (long?)null : result.GetInt64(),
            cancellation);

    public Task<ulong> GetRentAsync(long size, CancellationToken cancellation) =>
        AskAsync(RpcCall.Create("getMinimumBalanceForRentExemption", writer => writer.WriteNumberValue(size)), RpcParse.Lamports, cancellation);

    public Task<IReadOnlyList<(ulong Slot, ulong Fee)>> GetRecentFeesAsync(IReadOnlyList<Address> addresses, CancellationToken cancellation) =>
        AskAsync(
            RpcCall.Create("getRecentPrioritizationFees", writer =>
            {
                writer.WriteStartArray();
                foreach (var address in addresses)
                {
                    writer.WriteStringValue(address.ToString());
                }

                writer.WriteEndArray();
            }),
            result => (IReadOnlyList<(ulong, ulong)>)Array(result, entry => (entry.GetProperty("slot").GetUInt64(), entry.GetProperty("prioritizationFee").GetUInt64())),
            cancellation);

    /// <summary>One status for each signature, null where the node knows none; at most 256.</summary>
    public Task<At<IReadOnlyList<SignatureStatus?>>> GetStatusesAsync(IReadOnlyList<Signature> signatures, CancellationToken cancellation, bool searchHistory = false) =>
        AskAsync(
            RpcCall.Create("getSignatureStatuses", writer =>
            {
                writer.WriteStartArray();
                foreach (var signature in signatures)
                {
                    writer.WriteStringValue(signature.ToString());
                }

                writer.WriteEndArray();
                writer.WriteStartObject();
                writer.WriteBoolean("searchTransactionHistory", searchHistory);
                writer.WriteEndObject();
            }),
            result => RpcParse.Plausible(Contextual(result, value => (IReadOnlyList<SignatureStatus?>)Array(value, RpcParse.Status, signatures.Count))),
            cancellation);

    public Task<IReadOnlyList<SignatureInfo>> GetSignaturesAsync(Address address, int limit, Commitment commitment, CancellationToken cancellation) =>
        AskAsync(
            RpcCall.Create("getSignaturesForAddress", writer =>
            {
                writer.WriteStringValue(address.ToString());
                writer.WriteStartObject();
                writer.WriteNumber("limit", limit);
                writer.WriteString("commitment", commitment.Name());
                writer.WriteEndObject();
            }),
            result => (IReadOnlyList<SignatureInfo>)Array(result, RpcParse.SignatureInfo),
            cancellation);

    /// <summary>Runs a transaction on the state of <paramref name="commitment"/> without sending it; signatures are not checked.</summary>
    public Task<At<Simulation>> SimulateAsync(byte[] transaction, Commitment commitment, CancellationToken cancellation, ulong? minContextSlot = null) =>
        AskAsync(
            RpcCall.Create("simulateTransaction", writer =>
            {
                writer.WriteBase64StringValue(transaction);
                writer.WriteStartObject();
                writer.WriteString("encoding", "base64");
                writer.WriteString("commitment", commitment.Name());
                writer.WriteBoolean("sigVerify", false);
                writer.WriteBoolean("replaceRecentBlockhash", true);
                if (minContextSlot is { } slot)
                {
                    writer.WriteNumber("minContextSlot", slot);
                }

                writer.WriteEndObject();
            }),
            result => Contextual(result, RpcParse.Simulation, minContextSlot),
            cancellation);

    private static RpcCall WithCommitment(string method, Commitment commitment) => RpcCall.Create(method, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("commitment", commitment.Name());
        writer.WriteEndObject();
    });

    private static int MaxAnswer(int dataLength) => (int)Math.Min(int.MaxValue, AnswerOverhead + (dataLength * 4L / 3) + 4);

    private static void WriteAccountConfig(Utf8JsonWriter writer, Commitment commitment, ulong? minContextSlot, DataSlice? slice)
    {
        writer.WriteStartObject();
        writer.WriteString("commitment", commitment.Name());
        writer.WriteString("encoding", "base64");
        if (minContextSlot is { } slot)
        {
            writer.WriteNumber("minContextSlot", slot);
        }

        if (slice is { } part)
        {
            WriteSlice(writer, part);
        }

        writer.WriteEndObject();
    }

    private static void WriteSlice(Utf8JsonWriter writer, DataSlice slice)
    {
        writer.WriteStartObject("dataSlice");
        writer.WriteNumber("offset", slice.Offset);
        writer.WriteNumber("length", slice.Length);
        writer.WriteEndObject();
    }

    /// <summary>Not every node obeys <c>minContextSlot</c>; one that did not is asked again like one that said no.</summary>
    private static At<T> Contextual<T>(JsonElement result, Func<JsonElement, T> parse, ulong? minContextSlot = null)
    {
        var slot = RpcParse.Slot(result.GetProperty("context").GetProperty("slot"));
        return minContextSlot is { } minimum && slot < minimum ? throw new LateAnswerException(slot, minimum) : new(slot, parse(result.GetProperty("value")));
    }

    private static T[] Array<T>(JsonElement array, Func<JsonElement, T> parse, int? count = null) =>
        count is null || array.GetArrayLength() == count ? [.. array.EnumerateArray().Select(parse)] : throw new FormatException();
}
