using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Actions.Core.Solana;

/// <summary>Reads wire forms out of bytes that may be garbage: every step says whether there was enough, none throws.</summary>
internal struct ByteReader(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> rest = bytes;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlyMemory<byte> Rest => rest;

    public readonly bool AtEnd => rest.IsEmpty;

    public bool U8(out byte value)
    {
        var ok = Bytes(1, out var taken);
        value = ok ? taken.Span[0] : default;
        return ok;
    }

    public bool U16(out ushort value)
    {
        var ok = Bytes(2, out var taken);
        value = ok ? BinaryPrimitives.ReadUInt16LittleEndian(taken.Span) : default;
        return ok;
    }

    public bool U32(out uint value)
    {
        var ok = Bytes(4, out var taken);
        value = ok ? BinaryPrimitives.ReadUInt32LittleEndian(taken.Span) : default;
        return ok;
    }

    public bool U64(out ulong value)
    {
        var ok = Bytes(8, out var taken);
        value = ok ? BinaryPrimitives.ReadUInt64LittleEndian(taken.Span) : default;
        return ok;
    }

    public bool Bytes(int length, out ReadOnlyMemory<byte> taken)
    {
        var ok = length <= rest.Length;
        taken = ok ? rest[..length] : default;
        rest = ok ? rest[length..] : rest;
        return ok;
    }

    public bool Address(out Address address)
    {
        var ok = Bytes(Solana.Address.Size, out var taken);
        address = ok ? new Address(taken.Span) : default;
        return ok;
    }

    /// <summary>As the cluster reads it: an encoding longer than needed, or beyond 16 bits, is refused.</summary>
    public bool CompactU16(out int value)
    {
        value = 0;
        for (var shift = 0; shift < 21; shift += 7)
        {
            if (!U8(out var part) || (part == 0 && shift > 0))
            {
                return false;
            }

            value |= (part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value <= ushort.MaxValue;
            }
        }

        return false;
    }

    /// <summary>A list of bytes behind its compact length.</summary>
    public bool CompactBytes(out ReadOnlyMemory<byte> taken)
    {
        taken = default;
        return CompactU16(out var length) && Bytes(length, out taken);
    }

    /// <summary>Borsh's number of items; more than the remaining bytes could hold is refused, so that a lie costs nothing.</summary>
    public bool Count(int itemSize, out int count)
    {
        var ok = U32(out var value) && value <= (uint)rest.Length / (uint)itemSize;
        count = ok ? (int)value : 0;
        return ok;
    }

    /// <summary>Borsh's list of bytes.</summary>
    public bool List(out ReadOnlyMemory<byte> taken)
    {
        taken = default;
        return Count(1, out var length) && Bytes(length, out taken);
    }

    /// <summary>Borsh's list of addresses.</summary>
    public bool Addresses(out Address[] addresses)
    {
        var ok = Count(Solana.Address.Size, out var count);
        addresses = new Address[count];
        for (var i = 0; ok && i < count; i++)
        {
            ok = Address(out addresses[i]);
        }

        return ok;
    }

    /// <summary>Borsh's string; bytes that are no UTF-8 are refused.</summary>
    public bool Text(out string text)
    {
        text = "";
        if (!List(out var bytes) || !Utf8.IsValid(bytes.Span))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(bytes.Span);
        return true;
    }
}
