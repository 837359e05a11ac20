using System.Buffers.Binary;
using System.Text.Json;
using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Core.Rpc;

/// <summary>A transaction, as far as it deployed programs or said what they were built from.</summary>
/// <param name="Error">Null when it succeeded.</param>
/// <param name="Deployed">The ProgramData accounts that a loader Deploy or Upgrade of it wrote, at top level or inside another program.</param>
public sealed record DeployTransaction(ulong Slot, string? Error, IReadOnlySet<Address> Deployed)
{
    /// <summary>The accounts of otter-verify that it wrote a claim into.</summary>
    public IReadOnlySet<Address> Claimed { get; init; } = new HashSet<Address>();
}

/// <content>What a transaction did.</content>
public sealed partial class RpcClient
{
    private const int MaxTransactionAnswer = 1024 * 1024;

    /// <summary>A discriminant, a length, and flags of newer interfaces.</summary>
    private const int LongestDeploy = 32;

    private const uint Deploy = 2;
    private const uint Upgrade = 3;

    /// <summary>Null when the node no longer has it.</summary>
    public Task<DeployTransaction?> GetDeployAsync(Signature signature, Commitment commitment, CancellationToken cancellation) => AskAsync(
        RpcCall.Create(
            "getTransaction",
            writer =>
            {
                writer.WriteStringValue(signature.ToString());
                writer.WriteStartObject();
                writer.WriteString("encoding", "json");
                writer.WriteString("commitment", commitment.Name());
                writer.WriteNumber("maxSupportedTransactionVersion", 0);
                writer.WriteEndObject();
            },
            MaxTransactionAnswer),
        result => result.ValueKind == JsonValueKind.Null ? null : ReadDeploy(result),
        cancellation);

    private static DeployTransaction ReadDeploy(JsonElement result)
    {
        var (message, meta) = (result.GetProperty("transaction").GetProperty("message"), result.GetProperty("meta"));
        List<Address> keys = [.. Addresses(message.GetProperty("accountKeys"))];
        if (meta.TryGetProperty("loadedAddresses", out var loaded) && loaded.ValueKind == JsonValueKind.Object)
        {
            keys.AddRange(Addresses(loaded.GetProperty("writable")));
            keys.AddRange(Addresses(loaded.GetProperty("readonly")));
        }

        IEnumerable<JsonElement> inner = meta.TryGetProperty("innerInstructions", out var groups) && groups.ValueKind == JsonValueKind.Array
            ? groups.EnumerateArray().SelectMany(group => group.GetProperty("instructions").EnumerateArray())
            : [];
        List<JsonElement> instructions = [.. message.GetProperty("instructions").EnumerateArray(), .. inner];
        return new DeployTransaction(
            RpcParse.Slot(result.GetProperty("slot")),
            meta.TryGetProperty("err", out var error) && error.ValueKind != JsonValueKind.Null ? error.GetRawText() is { Length: <= 500 } text ? text : "an error" : null,
            instructions.Select(instruction => Deployed(instruction, keys)).OfType<Address>().ToHashSet())
        {
            Claimed = instructions.Select(instruction => ClaimOf(instruction, keys)).OfType<Address>().ToHashSet(),
        };
    }

    private static IEnumerable<Address> Addresses(JsonElement array) => array.EnumerateArray().Select(key => Address.Parse(key.GetString()!));

    /// <summary>Of otter-verify's instructions those that write a claim name four accounts, the one that closes it three.</summary>
    private static Address? ClaimOf(JsonElement instruction, List<Address> keys)
    {
        var accounts = instruction.GetProperty("accounts");
        return keys[instruction.GetProperty("programIdIndex").GetInt32()] == OtterProgram.Id && accounts.GetArrayLength() >= OtterProgram.AccountsOfWrite
            ? keys[accounts[0].GetInt32()]
            : null;
    }

    private static Address? Deployed(JsonElement instruction, List<Address> keys)
    {
        if (keys[instruction.GetProperty("programIdIndex").GetInt32()] != LoaderProgram.Id)
        {
            return null;
        }

        Span<byte> data = stackalloc byte[LongestDeploy];
        if (!Base58.TryDecode(instruction.GetProperty("data").GetString()!, data, out var length) || length < sizeof(uint))
        {
            return null; // the long ones are Writes
        }

        var accounts = instruction.GetProperty("accounts").EnumerateArray().Select(index => keys[index.GetInt32()]).ToList();
        return BinaryPrimitives.ReadUInt32LittleEndian(data) switch
        {
            Deploy when accounts.Count > 1 => accounts[1],
            Upgrade when accounts.Count > 0 => accounts[0],
            _ => null,
        };
    }
}
