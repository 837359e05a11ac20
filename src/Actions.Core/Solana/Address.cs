using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Actions.Core.Solana;

/// <summary>The 32 bytes that name an account; the default is the system program.</summary>
public readonly struct Address : IEquatable<Address>, IComparable<Address>
{
    public const int Size = 32;

    private readonly Content content;

    public Address(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        bytes.CopyTo(content);
    }

    [UnscopedRef]
    internal ReadOnlySpan<byte> Bytes => content;

    public static bool operator ==(Address left, Address right) => left.Equals(right);

    public static bool operator !=(Address left, Address right) => !left.Equals(right);

    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;

    public static Address Parse(string text) =>
        TryParse(text, out var parsed) ? parsed : throw new FormatException("An address is base 58 of 32 bytes.");

    public static bool TryParse(string? text, out Address parsed)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var ok = text is not null && Base58.TryDecodeExactly(text, bytes);
        parsed = ok ? new Address(bytes) : default;
        return ok;
    }

    public void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);

    public byte[] ToArray() => Bytes.ToArray();

    public override string ToString() => Base58.Encode(content);

    public bool Equals(Address other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <summary>Byte order, which is also the order in which a compiled message lists accounts of one role.</summary>
    public int CompareTo(Address other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <summary>The first bytes; they are as good as random, except in ids chosen for their looks, which are few.</summary>
    public override int GetHashCode() => BitConverter.ToInt32(Bytes);

    [InlineArray(Size)]
    private struct Content
    {
#pragma warning disable IDE0044, IDE0051, CA1823 // the element of an inline array is never touched by name
        private byte element;
#pragma warning restore IDE0044, IDE0051, CA1823
    }
}
