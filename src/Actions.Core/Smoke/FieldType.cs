using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using Actions.Core.Solana;

namespace Actions.Core.Smoke;

/// <summary>How bytes of an account become a value.</summary>
public abstract record FieldType
{
    public const string Forms = "u8 … u128, i8 … i128, f32, f64, bool, pubkey, string or bytes[<length>]";

    private const int LongestBytes = 1024 * 1024;

    private FieldType()
    {
    }

    /// <summary>Null when there is no such type.</summary>
    public static FieldType? Parse(string name) => name switch
    {
        "u8" => new Whole(1, false),
        "u16" => new Whole(2, false),
        "u32" => new Whole(4, false),
        "u64" => new Whole(8, false),
        "u128" => new Whole(16, false),
        "u256" => new Whole(32, false),
        "i8" => new Whole(1, true),
        "i16" => new Whole(2, true),
        "i32" => new Whole(4, true),
        "i64" => new Whole(8, true),
        "i128" => new Whole(16, true),
        "i256" => new Whole(32, true),
        "f32" => new Real(4),
        "f64" => new Real(8),
        "bool" => new Bool(),
        "pubkey" or "publicKey" => new Key(),
        "string" => new Chars(),
        "bytes" => new Blob(),
        _ when name.StartsWith("bytes[", StringComparison.Ordinal) && name.EndsWith(']')
            && int.TryParse(name.AsSpan(6, name.Length - 7), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is > 0 and <= LongestBytes => new Raw(length),
        _ => null,
    };

    /// <summary>Takes the value from the front; null when the bytes do not hold one.</summary>
    public abstract SmokeValue? Read(ref ReadOnlySpan<byte> bytes);

    private static bool Take(ref ReadOnlySpan<byte> bytes, long length, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (length > bytes.Length)
        {
            return false;
        }

        taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return true;
    }

    /// <summary>Borsh's length in 32 bits, then so many bytes.</summary>
    private static bool TakeCounted(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        return Take(ref bytes, 4, out var length) && Take(ref bytes, BinaryPrimitives.ReadUInt32LittleEndian(length), out taken);
    }

    public sealed record Whole(int Size, bool IsSigned) : FieldType
    {
        public override SmokeValue? Read(ref ReadOnlySpan<byte> bytes) =>
            Take(ref bytes, Size, out var taken) ? new SmokeValue.Number(SmokeNumber.Of(new BigInteger(taken, isUnsigned: !IsSigned))) : null;
    }

    public sealed record Real(int Size) : FieldType
    {
        public override SmokeValue? Read(ref ReadOnlySpan<byte> bytes) => Take(ref bytes, Size, out var taken)
            ? new SmokeValue.Number(SmokeNumber.Of(Size == 4 ? BinaryPrimitives.ReadSingleLittleEndian(taken) : BinaryPrimitives.ReadDoubleLittleEndian(taken)))
            : null;
    }

    public sealed record Bool : FieldType
    {
        public override SmokeValue? Read(ref ReadOnlySpan<byte> bytes) => Take(ref bytes, 1, out var taken) && taken[0] <= 1 ? new SmokeValue.Flag(taken[0] == 1) : null;
    }

    public sealed record Key : FieldType
    {
        public override SmokeValue? Read(ref ReadOnlySpan<byte> bytes) =>
            Take(ref bytes, Address.Size, out var taken) ? new SmokeValue.Text(new Address(taken).ToString()) : null;
    }

    public sealed record Chars : FieldType
    {
        public override SmokeValue? Read(ref ReadOnlySpan<byte> bytes) => TakeCounted(ref bytes, out var taken) ? new SmokeValue.Text(Encoding.UTF8.GetString(taken)) : null;
    }

    /// <summary>As lower-case hex digits.</summary>
    public sealed record Blob : FieldType
    {
        public override SmokeValue? Read(ref ReadOnlySpan<byte> bytes) => TakeCounted(ref bytes, out var taken) ? new SmokeValue.Text(Convert.ToHexStringLower(taken)) : null;
    }

    /// <summary>As lower-case hex digits.</summary>
    public sealed record Raw(int Length) : FieldType
    {
        public override SmokeValue? Read(ref ReadOnlySpan<byte> bytes) => Take(ref bytes, Length, out var taken) ? new SmokeValue.Text(Convert.ToHexStringLower(taken)) : null;
    }
}
