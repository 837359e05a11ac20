using Actions.Core.Solana;

namespace Actions.Core.Loader;

/// <summary>A range of the file that one Write carries.</summary>
public readonly record struct WriteChunk(int Offset, int Length);

/// <summary>Which bytes of a file must still be written into its buffer, and how many fit into one transaction.</summary>
public static class WriteChunks
{
    /// <summary>The fewest chunks that cover every byte in which the buffer differs; a fresh buffer (empty here) counts as zeros.</summary>
    /// <remarks>Chunks begin and end at a differing byte, so what a buffer already holds decides, not how it was cut before.</remarks>
    public static IReadOnlyList<WriteChunk> Plan(ReadOnlySpan<byte> file, ReadOnlySpan<byte> buffer, int chunkSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkSize);
        if (!buffer.IsEmpty && buffer.Length != file.Length)
        {
            throw new ArgumentException("A buffer has the length of its file: the loader copies all of it.", nameof(buffer));
        }

        var chunks = new List<WriteChunk>();
        for (var offset = 0; ;)
        {
            var skipped = FirstDifference(file[offset..], buffer.IsEmpty ? buffer : buffer[offset..]);
            if (skipped < 0)
            {
                return chunks;
            }

            offset += skipped;
            var window = Math.Min(chunkSize, file.Length - offset);
            while (file[offset + window - 1] == (buffer.IsEmpty ? 0 : buffer[offset + window - 1]))
            {
                window--;
            }

            chunks.Add(new WriteChunk(offset, window));
            offset += window;
        }
    }

    /// <summary>How many bytes of a file fit into one Write behind these instructions, found by serialising the real message.</summary>
    public static int MaxLength(Address payer, Address buffer, Address authority, params IReadOnlyList<Instruction> before)
    {
        var write = LoaderProgram.Write(buffer, authority, 0, ReadOnlyMemory<byte>.Empty);
        var empty = Transaction.Unsigned(Message.Compile(payer, [.. before, write], default)).Size;

        // The length prefix of the instruction's data grows with what is written.
        var prefix = ByteWriter.CompactSize(write.Data.Length);
        var free = Transaction.MaxSize - empty + prefix;
        var grown = ByteWriter.CompactSize(write.Data.Length + free - prefix);
        return free - grown;
    }

    /// <summary>-1 when all are equal.</summary>
    private static int FirstDifference(ReadOnlySpan<byte> file, ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return file.IndexOfAnyExcept((byte)0);
        }

        var common = file.CommonPrefixLength(buffer);
        return common == file.Length ? -1 : common;
    }
}
