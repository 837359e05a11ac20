namespace Actions.Core.Solana;

/// <summary>Reads wire forms out of bytes that may be garbage: every step says whether there was enough, none throws.</summary>
internal struct ByteReader(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> rest = bytes;

    public readonly bool AtEnd => rest.IsEmpty;

    public bool U8(out byte value)
    {
        var ok = Bytes(1, out var taken);
        value = ok ? taken.Span[0] : default;
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
}
