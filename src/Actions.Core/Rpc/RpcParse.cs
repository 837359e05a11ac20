using System.Text.Json;
using Actions.Core.Solana;

namespace Actions.Core.Rpc;

/// <summary>From wire JSON to values; throws on any other shape, which the client reports as an invalid answer.</summary>
internal static class RpcParse
{
    private const ulong MostLamports = 1_000_000_000_000_000_000;
    private const ulong MostSlots = 1_000_000_000_000;
    private const ulong MostUnits = 1_400_000;
    private const int MaxLogs = 1_000;
    private const int LongestError = 500;

    /// <summary>No account holds more than all SOL there will ever be; a larger number is a lie, and sums of it would wrap.</summary>
    public static ulong Lamports(JsonElement element) => element.GetUInt64() is var lamports && lamports <= MostLamports ? lamports : throw new FormatException();

    /// <summary>A slot of this century.</summary>
    public static ulong Slot(JsonElement element) => element.GetUInt64() is var slot && slot <= MostSlots ? slot : throw new FormatException();

    /// <summary>A status cannot tell of a slot its node has not seen.</summary>
    public static At<IReadOnlyList<SignatureStatus?>> Plausible(At<IReadOnlyList<SignatureStatus?>> statuses) =>
        statuses.Value.All(status => status is null || status.Slot <= statuses.Slot) ? statuses : throw new FormatException();

    public static AccountInfo? Account(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var data = element.GetProperty("data");
        if (data.GetArrayLength() != 2 || data[1].GetString() != "base64")
        {
            throw new FormatException();
        }

        var bytes = data[0].GetBytesFromBase64();
        return new AccountInfo(
            Lamports(element.GetProperty("lamports")),
            Address.Parse(element.GetProperty("owner").GetString()!),
            element.GetProperty("executable").GetBoolean(),
            bytes,
            element.TryGetProperty("space", out var space) ? space.GetUInt64() : (ulong)bytes.Length);
    }

    public static SignatureStatus? Status(JsonElement element) => element.ValueKind == JsonValueKind.Null
        ? null
        : new SignatureStatus(
            element.GetProperty("slot").GetUInt64(),
            Error(element),
            element.TryGetProperty("confirmationStatus", out var level) && CommitmentNames.Parse(level.GetString()) is { } reached ? reached : Commitment.Processed);

    public static SignatureInfo SignatureInfo(JsonElement element) => new(
        Signature.Parse(element.GetProperty("signature").GetString()!),
        element.GetProperty("slot").GetUInt64(),
        Error(element),
        element.TryGetProperty("blockTime", out var time) && time.ValueKind == JsonValueKind.Number ? time.GetInt64() : null);

    public static Simulation Simulation(JsonElement element) => new(
        Error(element),
        element.TryGetProperty("logs", out var logs) && logs.ValueKind == JsonValueKind.Array
            ? [.. logs.EnumerateArray().Take(MaxLogs).Select(line => line.GetString() ?? "")]
            : [],
        element.TryGetProperty("unitsConsumed", out var units) && units.ValueKind == JsonValueKind.Number ? Math.Min(MostUnits, units.GetUInt64()) : 0);

    private static string? Error(JsonElement element)
    {
        if (!element.TryGetProperty("err", out var error) || error.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var text = error.GetRawText();
        return text.Length <= LongestError ? text : text[..LongestError];
    }
}
