using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Actions.Core.Solana;

/// <summary>A hash that dates a transaction, or the genesis hash that names a cluster.</summary>
public readonly struct Blockhash : IEquatable<Blockhash>
{
    public const int Size = 32;

    private readonly Content content;

    public Blockhash(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        bytes.CopyTo(content);
    }

    [UnscopedRef]
    internal ReadOnlySpan<byte> Bytes => content;

    public static bool operator ==(Blockhash left, Blockhash right) => left.Equals(right);

    public static bool operator !=(Blockhash left, Blockhash right) => !left.Equals(right);

    public static Blockhash Parse(string text) =>
        TryParse(text, out var parsed) ? parsed : throw new FormatException("A block hash is base 58 of 32 bytes.");

    public static bool TryParse(string? text, out Blockhash parsed)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var ok = text is not null && Base58.TryDecodeExactly(text, bytes);
        parsed = ok ? new Blockhash(bytes) : default;
        return ok;
    }

    public void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);

    public byte[] ToArray() => Bytes.ToArray();

    public override string ToString() => Base58.Encode(content);

    public bool Equals(Blockhash other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is Blockhash other && Equals(other);

    /// <summary>The first bytes, which are as good as random.</summary>
    public override int GetHashCode() => BitConverter.ToInt32(Bytes);

    [InlineArray(Size)]
    private struct Content
    {
#pragma warning disable IDE0044, IDE0051, CA1823 // the element of an inline array is never touched by name
        private byte element;
#pragma warning restore IDE0044, IDE0051, CA1823
    }
}
