using System.Buffers.Binary;
using System.Text;

namespace Actions.Core.Solana;

/// <summary>Writes Solana's little-endian wire forms into a buffer of exactly the right size.</summary>
internal ref struct ByteWriter(Span<byte> buffer)
{
    private Span<byte> rest = buffer;

    /// <summary>How many bytes <see cref="CompactU16"/> takes for a value.</summary>
    public static int CompactSize(int value) => value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;

    public void U8(byte value) => Take(1)[0] = value;

    public void U16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    public void Bytes(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void Address(Address address) => address.CopyTo(Take(Solana.Address.Size));

    /// <summary>Bincode's string: the length in 64 bits, then UTF-8.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        U64((ulong)length);
        Encoding.UTF8.GetBytes(text, Take(length));
    }

    /// <summary>Borsh's list of bytes, and with its UTF-8 its string: the length in 32 bits, then the bytes.</summary>
    public void List(scoped ReadOnlySpan<byte> bytes)
    {
        U32((uint)bytes.Length);
        Bytes(bytes);
    }

    /// <summary>The length prefix of lists in messages: seven bits per byte, least significant first.</summary>
    public void CompactU16(int value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)value, ushort.MaxValue);
        for (; value >= 0x80; value >>= 7)
        {
            U8((byte)(value | 0x80));
        }

        U8((byte)value);
    }

    private Span<byte> Take(int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}
