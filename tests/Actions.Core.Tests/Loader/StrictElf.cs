using System.Buffers.Binary;

namespace Actions.Core.Tests.Loader;

/// <summary>The smallest program of SBPF version 3: read-only data, then code, and no section at all.</summary>
internal static class StrictElf
{
    public const int CodeOffset = 64 + (2 * 56) + 8;

    private const ulong CodeAddress = 1UL << 32;

    /// <param name="code">Whole instructions of 8 bytes.</param>
    public static byte[] Make(ReadOnlySpan<byte> code)
    {
        var file = new byte[CodeOffset + code.Length];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        file[6] = 1;
        U16(file, 16, 3);
        U16(file, 18, 247);
        U32(file, 20, 1);
        U64(file, 24, CodeAddress);
        U64(file, 32, 64);
        U32(file, 48, 3);
        U16(file, 52, 64);
        U16(file, 54, 56);
        U16(file, 56, 2);
        Segment(file, 64, flags: 4, CodeOffset - 8, address: 0, 8);
        Segment(file, 120, flags: 1, CodeOffset, CodeAddress, (ulong)code.Length);
        code.CopyTo(file.AsSpan(CodeOffset));
        return file;
    }

    public static void U16(byte[] file, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(offset), value);

    public static void U32(byte[] file, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);

    public static void U64(byte[] file, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(offset), value);

    private static void Segment(byte[] file, int at, uint flags, ulong offset, ulong address, ulong size)
    {
        U32(file, at, 1);
        U32(file, at + 4, flags);
        U64(file, at + 8, offset);
        U64(file, at + 16, address);
        U64(file, at + 24, address);
        U64(file, at + 32, size);
        U64(file, at + 40, size);
    }
}
