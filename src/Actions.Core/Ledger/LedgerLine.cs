using System.Buffers;
using System.Text.Json;
using Actions.Core.Faults;

namespace Actions.Core.Ledger;

/// <summary>One event as one line of JSON.</summary>
internal static class LedgerLine
{
    /// <summary>Of a line with its end; far more than any event needs.</summary>
    public const int MaxLength = 256 * 1024;

    public const byte End = (byte)'\n';

    public static byte[] Write(LedgerEvent entry)
    {
        if (entry.At == default || EventCheck.Complain(entry) is not null)
        {
            throw new ArgumentException($"Not an event: {EventCheck.Complain(entry) ?? "it has no time"}", nameof(entry));
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            JsonSerializer.Serialize(writer, entry, LedgerJson.Default.LedgerEvent);
        }

        json.Write([End]);
        return json.WrittenCount <= MaxLength ? json.WrittenSpan.ToArray() : throw new FaultException(new Fault(
            FaultCodes.LedgerFailed,
            $"ledger: expected an event of at most {MaxLength:N0} bytes",
            $"found {json.WrittenCount:N0} bytes",
            "shorten the approvals' comments or the reason"));
    }

    /// <param name="line">Without its end.</param>
    /// <param name="where">How a person finds the line.</param>
    public static Result<LedgerEvent> Read(ReadOnlySpan<byte> line, string where)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, LedgerJson.Default.SchemaProbe)?.Schema is > LedgerEvent.CurrentSchema and var schema)
            {
                return Newer(where, schema);
            }

            var entry = JsonSerializer.Deserialize(line, LedgerJson.Default.LedgerEvent);
            var complaint = entry is null ? "null" : EventCheck.Complain(entry);
            return complaint is null ? Dated(entry!) : Broken(where, complaint);
        }
        catch (JsonException e)
        {
            return Broken(where, e.InnerException?.Message ?? e.Message);
        }
    }

    /// <summary>True for bytes without a line end that are no whole event: their writer died while it wrote.</summary>
    public static bool IsTorn(ReadOnlySpan<byte> tail) => Read(tail, "") is { IsOk: false, Faults: [{ Code: var code }] } && code == FaultCodes.Tampered;

    public static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).IsEmpty;

    public static Fault Broken(string where, string found) => new(
        FaultCodes.Tampered,
        $"{where}: expected one event as a line of JSON",
        $"found something else: {LedgerText.Show(found)}",
        "find out who changed the ledger, then restore it from a copy you trust");

    /// <summary>Records written by other tools may lack the event's own time.</summary>
    private static LedgerEvent Dated(LedgerEvent entry) =>
        entry.At == default ? entry with { At = entry.FinishedAt ?? entry.StartedAt ?? default } : entry;

    private static Fault Newer(string where, int schema) => new(
        FaultCodes.LedgerFailed,
        $"{where}: expected schema {LedgerEvent.CurrentSchema}",
        $"found schema {schema}, which a newer version of these actions wrote",
        "use that version here too");
}
