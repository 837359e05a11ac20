using System.Buffers.Binary;
using Actions.Core.Loader;

namespace Actions.Cli.Tests.Tools;

/// <summary>A program whose structure is sound and whose code is not: only the cluster's verifier can tell.</summary>
internal static class CorruptProgram
{
    /// <summary>Puts an instruction that no version knows into the middle of .text.</summary>
    public static byte[] Make(byte[] program)
    {
        var (offset, size) = Text(program);
        var corrupt = program.ToArray();
        var at = offset + (size / 16 * 8);
        corrupt.AsSpan(at, 8).Fill(0xff);
        corrupt.AsSpan(at + 8, 8).Fill(0xff);
        ProgramBinary.Read(corrupt, "program").IsOk.ShouldBeTrue("the structural checks must accept it");
        return corrupt;
    }

    private static (int Offset, int Size) Text(byte[] file)
    {
        long U64(int at) => (long)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
        int U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));
        int U32(int at) => (int)BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
        var table = (int)U64(40);
        var names = (int)U64(table + (64 * U16(62)) + 24);
        for (var index = 0; index < U16(60); index++)
        {
            var header = table + (64 * index);
            if (file.AsSpan(names + U32(header)).StartsWith(".text\0"u8))
            {
                return ((int)U64(header + 24), (int)U64(header + 32));
            }
        }

        throw new InvalidDataException("no .text");
    }
}
