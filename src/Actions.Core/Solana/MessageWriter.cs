namespace Actions.Core.Solana;

/// <summary>The wire form of a message.</summary>
internal static class MessageWriter
{
    /// <summary>The first byte of a versioned message; a legacy one begins with its signature count, which is smaller.</summary>
    public const byte VersionFlag = 0x80;

    public static byte[] Write(Message message)
    {
        var bytes = new byte[Size(message)];
        var writer = new ByteWriter(bytes);
        if (message.Version == MessageVersion.V0)
        {
            writer.U8(VersionFlag);
        }

        writer.U8(message.Header.RequiredSignatures);
        writer.U8(message.Header.ReadOnlySigned);
        writer.U8(message.Header.ReadOnlyUnsigned);
        writer.CompactU16(message.Accounts.Count);
        foreach (var account in message.Accounts)
        {
            writer.Address(account);
        }

        writer.Bytes(message.Blockhash.Bytes);
        writer.CompactU16(message.Instructions.Count);
        foreach (var instruction in message.Instructions)
        {
            writer.U8(instruction.Program);
            Compact(ref writer, instruction.Accounts.Span);
            Compact(ref writer, instruction.Data.Span);
        }

        if (message.Version == MessageVersion.V0)
        {
            WriteLookups(ref writer, message.Lookups);
        }

        return bytes;
    }

    private static void WriteLookups(ref ByteWriter writer, IReadOnlyList<AddressLookup> lookups)
    {
        writer.CompactU16(lookups.Count);
        foreach (var lookup in lookups)
        {
            writer.Address(lookup.Table);
            Compact(ref writer, lookup.Writable.Span);
            Compact(ref writer, lookup.ReadOnly.Span);
        }
    }

    private static void Compact(ref ByteWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.CompactU16(bytes.Length);
        writer.Bytes(bytes);
    }

    private static int Size(Message message)
    {
        var size = 3 + ByteWriter.CompactSize(message.Accounts.Count) + (message.Accounts.Count * Address.Size) + Blockhash.Size
            + ByteWriter.CompactSize(message.Instructions.Count);
        foreach (var instruction in message.Instructions)
        {
            size += 1 + CompactSize(instruction.Accounts) + CompactSize(instruction.Data);
        }

        return message.Version == MessageVersion.Legacy
            ? size
            : size + 1 + ByteWriter.CompactSize(message.Lookups.Count)
                + message.Lookups.Sum(lookup => Address.Size + CompactSize(lookup.Writable) + CompactSize(lookup.ReadOnly));
    }

    private static int CompactSize(ReadOnlyMemory<byte> bytes) => ByteWriter.CompactSize(bytes.Length) + bytes.Length;
}
