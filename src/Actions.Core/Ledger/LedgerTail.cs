using Microsoft.Win32.SafeHandles;

namespace Actions.Core.Ledger;

/// <summary>The end of a locked file, where a writer may have died.</summary>
internal static class LedgerTail
{
    /// <summary>Returns when the line is on the disk; a write that fails leaves the file as it was.</summary>
    public static void Append(SafeFileHandle file, byte[] line)
    {
        var end = Heal(file);
        try
        {
            RandomAccess.Write(file, line, end);
            RandomAccess.FlushToDisk(file);
        }
        catch (IOException)
        {
            TryTruncate(file, end);
            throw;
        }
        catch (ArgumentOutOfRangeException e)
        {
            // What .NET makes of EFBIG: the file may not grow any more.
            TryTruncate(file, end);
            throw new IOException("the file has reached the size it may have", e);
        }
    }

    /// <summary>Where the next line goes: a whole event that only lacks its end gets it, the half of one is taken away.</summary>
    private static long Heal(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var tail = Read(file, length);
        if (tail.Length == 0)
        {
            return length;
        }

        if (tail.Length >= LedgerLine.MaxLength)
        {
            throw new IOException("the file ends in a line that no writer of ours began");
        }

        if (LedgerLine.IsTorn(tail))
        {
            RandomAccess.SetLength(file, length - tail.Length);
            return length - tail.Length;
        }

        RandomAccess.Write(file, [LedgerLine.End], length);
        return length + 1;
    }

    private static ReadOnlySpan<byte> Read(SafeFileHandle file, long length)
    {
        var bytes = new byte[Math.Min(length, LedgerLine.MaxLength)];
        var read = RandomAccess.Read(file, bytes, length - bytes.Length);
        return bytes.AsSpan((bytes.AsSpan(0, read).LastIndexOf(LedgerLine.End) + 1)..read);
    }

    private static void TryTruncate(SafeFileHandle file, long length)
    {
        try
        {
            RandomAccess.SetLength(file, length);
        }
        catch (IOException)
        {
            // The next append heals what is left.
        }
    }
}
