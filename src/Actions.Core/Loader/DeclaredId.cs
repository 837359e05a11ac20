using Actions.Core.Solana;

namespace Actions.Core.Loader;

/// <summary>Finds a program id in a binary: as 32 bytes, or as immediates of the code that compares with it.</summary>
public static class DeclaredId
{
    private const int Quarter = 8;

    /// <summary>True when the 32 bytes stand together, or each quarter is a 64-bit constant split over two instructions.</summary>
    /// <remarks>Compilers inline the comparison: SPL Token, Token-2022, Stake and the lookup tables hold their ids only so.</remarks>
    public static bool IsIn(ReadOnlySpan<byte> binary, Address id)
    {
        var wanted = id.Bytes;
        if (binary.IndexOf(wanted) >= 0)
        {
            return true;
        }

        for (var i = 0; i < Address.Size; i += Quarter)
        {
            if (!IsImmediate(binary, wanted.Slice(i, Quarter)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Another environment whose id the binary declares instead of this one's; null when there is none.</summary>
    public static (string Environment, Address Id)? Elsewhere(ReadOnlySpan<byte> binary, Address id, IReadOnlyList<(string Environment, Address Id)> others)
    {
        foreach (var other in others)
        {
            if (other.Id != id && IsIn(binary, other.Id))
            {
                return other;
            }
        }

        return null;
    }

    /// <summary>An instruction is 8 bytes with its 32-bit immediate in the last four: the halves stand at +4 and +12.</summary>
    private static bool IsImmediate(ReadOnlySpan<byte> binary, ReadOnlySpan<byte> quarter)
    {
        var low = quarter[..4];
        var high = quarter[4..];
        for (var offset = 4; offset + Quarter + 4 <= binary.Length; offset++)
        {
            var found = binary[offset..^Quarter].IndexOf(low);
            if (found < 0)
            {
                return false;
            }

            offset += found;
            if (binary.Slice(offset + Quarter, 4).SequenceEqual(high))
            {
                return true;
            }
        }

        return false;
    }
}
