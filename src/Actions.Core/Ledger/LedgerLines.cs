using Actions.Core.Faults;
using Microsoft.Win32.SafeHandles;

namespace Actions.Core.Ledger;

/// <summary>The events of one file, or a fault for every line that holds none. Holds one line of bounded length at a time, whatever the file's size.</summary>
internal sealed class LedgerLines(LedgerKey key)
{
    private const int MostFaults = 20;
    private const int ChunkLength = 64 * 1024;

    private readonly List<LedgerEvent> events = [];
    private readonly List<Fault> faults = [];
    private readonly byte[] line = new byte[LedgerLine.MaxLength];
    private long length;
    private int number = 1;

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    private string Where => $"{key.Shown} line {number}";

    private bool IsTooLong => length > line.Length;

    public static Result<IReadOnlyList<LedgerEvent>> Read(SafeFileHandle file, LedgerKey key)
    {
        var lines = new LedgerLines(key);
        var chunk = new byte[ChunkLength];
        var position = 0L;
        for (int read; (read = RandomAccess.Read(file, chunk, position)) > 0; position += read)
        {
            lines.Take(chunk.AsSpan(0, read));
        }

        return lines.End();
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        for (int end; (end = bytes.IndexOf(LedgerLine.End)) >= 0; bytes = bytes[(end + 1)..])
        {
            Keep(bytes[..end]);
            Add();
            (length, number) = (0, number + 1);
        }

        Keep(bytes);
    }

    /// <summary>What follows the last line end is a whole event, or the half of one whose writer died: nobody was promised that one.</summary>
    private Result<IReadOnlyList<LedgerEvent>> End()
    {
        if (IsTooLong || !LedgerLine.IsTorn(Text()))
        {
            Add();
        }

        return faults.Count > 0 ? Result<IReadOnlyList<LedgerEvent>>.Fail(faults) : Result<IReadOnlyList<LedgerEvent>>.Ok(events);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (!IsTooLong && length + bytes.Length <= line.Length)
        {
            bytes.CopyTo(line.AsSpan((int)length));
        }

        length += bytes.Length;
    }

    private void Add()
    {
        if (faults.Count >= MostFaults)
        {
            return; // it is not believed any more, whatever follows
        }

        var read = IsTooLong ? LedgerLine.Broken(Where, $"{length:N0} bytes")
            : LedgerLine.IsBlank(Text()) ? null
            : LedgerLine.Read(Text(), Where);
        if (read is { IsOk: true, Value: var entry } && LedgerKey.Of(entry) != key)
        {
            read = LedgerLine.Broken(Where, $"an event of {entry.ProgramId} in {entry.Environment}");
        }

        if (read is { IsOk: true })
        {
            events.Add(read.Value);
        }
        else if (read is not null)
        {
            faults.AddRange(read.Faults);
        }
    }

    /// <summary>Some editors put a byte order mark in front of the first line.</summary>
    private ReadOnlySpan<byte> Text()
    {
        var text = line.AsSpan(0, (int)length);
        return number == 1 && text.StartsWith(Mark) ? text[Mark.Length..] : text;
    }
}
