using System.Buffers.Binary;
using Actions.Core.Faults;

namespace Actions.Core.Loader;

/// <summary>The loader's structural checks, made before rent and fees are spent.</summary>
/// <remarks>They are those of solana-sbpf (src/elf.rs, src/elf_parser/mod.rs); nothing is refused that it would load.</remarks>
internal static class ElfCheck
{
    public const int HeaderSize = 64;
    public const int ProgramHeaderSize = 56;

    private const int HighestVersion = 3;
    private const uint Load = 1;
    private const uint Executable = 1;

    /// <summary>The first thing wrong with the file, or null.</summary>
    public static Fault? Complain(ReadOnlySpan<byte> file, string input)
    {
        if (Identity(file) is { } identity)
        {
            return Invalid(identity, input);
        }

        var machine = U16(file, 18);
        if (machine is not (247 or 263))
        {
            return new Fault(
                FaultCodes.ElfMachine,
                $"{input}: expected an ELF for Solana (e_machine 247 or 263)",
                $"found e_machine {machine}",
                "give the file that `cargo build-sbf` writes to target/deploy, not the host's library",
                input);
        }

        var defect = Header(file)
            ?? ProgramHeaders(file)
            ?? (SbpfVersion(file) < HighestVersion ? ElfSections.Defect(file) : StrictEntry(file));
        return defect is null ? null : Invalid(defect, input);
    }

    /// <summary>Of a file without complaint.</summary>
    public static int SbpfVersion(ReadOnlySpan<byte> file) => (int)U32(file, 48);

    public static ushort U16(ReadOnlySpan<byte> file, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(file[offset..]);

    public static uint U32(ReadOnlySpan<byte> file, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(file[offset..]);

    public static ulong U64(ReadOnlySpan<byte> file, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(file[offset..]);

    /// <summary>Whether a range lies in the file; the sum is never formed, because it may overflow.</summary>
    public static bool Fits(ReadOnlySpan<byte> file, ulong offset, ulong size) =>
        offset <= (ulong)file.Length && size <= (ulong)file.Length - offset;

    private static Fault Invalid(string found, string input) => new(
        FaultCodes.ElfInvalid,
        $"{input}: expected a program as `cargo build-sbf` writes it",
        $"found {found}",
        "build the program again and give target/deploy/<name>.so",
        input);

    private static string? Identity(ReadOnlySpan<byte> file) =>
        file.IsEmpty ? "an empty file"
        : !file.StartsWith("\u007fELF"u8)
            ? $"a file that begins with {Convert.ToHexStringLower(file[..Math.Min(4, file.Length)])} instead of 7f454c46 (ELF)"
        : file.Length < HeaderSize ? $"{file.Length} bytes, less than an ELF header"
        : file[4] != 2 ? "an ELF that is not 64-bit"
        : file[5] != 1 ? "an ELF that is not little-endian"
        : file[6] != 1 || U32(file, 20) != 1 ? "an ELF of an unknown version"
        : file[7] != 0 ? $"an ELF for another operating system (OS ABI {file[7]})"
        : null;

    private static string? Header(ReadOnlySpan<byte> file) =>
        U32(file, 48) > HighestVersion ? $"SBPF version {U32(file, 48)} (e_flags), of which no cluster knows"
        : U16(file, 52) != HeaderSize ? $"a header size of {U16(file, 52)} instead of {HeaderSize}"
        : U16(file, 54) != ProgramHeaderSize ? $"a program header size of {U16(file, 54)} instead of {ProgramHeaderSize}"
        : null;

    private static string? ProgramHeaders(ReadOnlySpan<byte> file)
    {
        var table = U64(file, 32);
        var count = U16(file, 56);
        if (!Fits(file, table, (ulong)count * ProgramHeaderSize))
        {
            return $"{count} program headers at {table}, beyond the end of the file at {file.Length}";
        }

        if (count > 0 && (table < HeaderSize || table % 8 != 0))
        {
            return $"program headers at {table}, which overlap the file's header or are not aligned";
        }

        ulong previous = 0;
        for (var i = 0; i < count; i++)
        {
            var header = ProgramHeader(file, i);
            if (U32(header, 0) != Load)
            {
                continue;
            }

            if (!Fits(file, U64(header, 8), U64(header, 32)))
            {
                return $"segment {i} ({U64(header, 32)} bytes at {U64(header, 8)}) beyond the end of the file at {file.Length}";
            }

            if (U64(header, 16) < previous)
            {
                return $"segment {i} at a lower address than the one before it";
            }

            previous = U64(header, 16);
        }

        return null;
    }

    /// <summary>From version 3 on the loader reads program headers only; the entry point lies in the executable one.</summary>
    private static string? StrictEntry(ReadOnlySpan<byte> file)
    {
        var entry = U64(file, 24);
        for (var i = 0; i < U16(file, 56); i++)
        {
            var header = ProgramHeader(file, i);
            var start = U64(header, 16);
            if (U32(header, 0) == Load
                && (U32(header, 4) & Executable) != 0
                && entry >= start
                && entry - start < U64(header, 40)
                && (entry - start) % 8 == 0)
            {
                return null;
            }
        }

        return $"the entry point 0x{entry:x} outside of every executable segment";
    }

    private static ReadOnlySpan<byte> ProgramHeader(ReadOnlySpan<byte> file, int index) =>
        file.Slice((int)U64(file, 32) + (index * ProgramHeaderSize), ProgramHeaderSize);
}
