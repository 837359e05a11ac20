using Actions.Core.Solana;

namespace Actions.Core.Loader;

/// <summary>A range of the file that one Write carries.</summary>
public readonly record struct WriteChunk(int Offset, int Length);

/// <summary>Which bytes of a file must still be written into its buffer, and how many fit into one transaction.</summary>
public static class WriteChunks
{
    /// <summary>The chunks of a fixed grid that hold a byte in which the buffer differs; a fresh buffer (empty here) counts as zeros.</summary>
    /// <remarks>On a grid an interrupted run and the one that continues it write every chunk once, whatever landed in between.</remarks>
    public static IReadOnlyList<WriteChunk> Plan(ReadOnlySpan<byte> file, ReadOnlySpan<byte> buffer, int chunkSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkSize);
        if (!buffer.IsEmpty && buffer.Length != file.Length)
        {
            throw new ArgumentException("A buffer has the length of its file: the loader copies all of it.", nameof(buffer));
        }

        var chunks = new List<WriteChunk>();
        for (var offset = 0; offset < file.Length; offset += chunkSize)
        {
            var length = Math.Min(chunkSize, file.Length - offset);
            var wanted = file.Slice(offset, length);
            var isThere = buffer.IsEmpty ? !wanted.ContainsAnyExcept((byte)0) : wanted.SequenceEqual(buffer.Slice(offset, length));
            if (!isThere)
            {
                chunks.Add(new WriteChunk(offset, length));
            }
        }

        return chunks;
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
}
