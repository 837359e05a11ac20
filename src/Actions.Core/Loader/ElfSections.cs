using System.Text;
using static Actions.Core.Loader.ElfCheck;

namespace Actions.Core.Loader;

/// <summary>What the loader asks of the sections of a program below SBPF version 3.</summary>
internal static class ElfSections
{
    private const int SectionHeaderSize = 64;
    private const int LongestName = 15;
    private const uint NullSection = 0;
    private const uint StringTable = 3;
    private const uint NoBits = 8;
    private const ulong WritableAndLoaded = 3;
    private const ushort SharedObject = 3;

    public static string? Defect(ReadOnlySpan<byte> file)
    {
        var table = U64(file, 40);
        var count = U16(file, 60);
        var names = U16(file, 62);
        return U16(file, 16) != SharedObject ? $"an ELF of type {U16(file, 16)} instead of {SharedObject} (shared object)"
            : U16(file, 58) != SectionHeaderSize ? $"a section header size of {U16(file, 58)} instead of {SectionHeaderSize}"
            : !Fits(file, table, (ulong)count * SectionHeaderSize)
                ? $"{count} section headers at {table}, beyond the end of the file at {file.Length}"
            : table % 8 != 0 ? $"section headers at {table}, which are not aligned"
            : OverlapsHeaders(file, table, (ulong)count * SectionHeaderSize) ? $"section headers at {table}, over other headers"
            : names == 0 || names >= count ? $"no section names (section {names} of {count})"
            : U32(Section(file, 0), 4) != NullSection ? "a first section that is not the null section"
            : Ranges(file, count) ?? Contents(file, count, names);
    }

    private static string? Ranges(ReadOnlySpan<byte> file, int count)
    {
        ulong end = 0;
        for (var i = 0; i < count; i++)
        {
            var section = Section(file, i);
            var (offset, size) = (U64(section, 24), U64(section, 32));
            if (!Fits(file, offset, size))
            {
                return $"section {i} ({size} bytes at {offset}) beyond the end of the file at {file.Length}";
            }

            if (U32(section, 4) == NoBits)
            {
                continue;
            }

            if (offset < end
                || OverlapsHeaders(file, offset, size)
                || Overlaps(offset, size, U64(file, 40), (ulong)count * SectionHeaderSize))
            {
                return $"section {i} over other sections or headers";
            }

            end = offset + size;
        }

        return null;
    }

    private static string? Contents(ReadOnlySpan<byte> file, int count, int names)
    {
        if (U32(Section(file, names), 4) != StringTable)
        {
            return "section names that are not a string table";
        }

        var texts = 0;
        string? defect = null;
        for (var i = 0; i < count && defect is null; i++)
        {
            var section = Section(file, i);
            if (Name(file, Section(file, names), U32(section, 0)) is not { } name)
            {
                return $"section {i} with a name longer than {LongestName} characters or outside of the name table (strip it)";
            }

            if (name.StartsWith(".bss", StringComparison.Ordinal) || (IsWritable(section) && IsData(name)))
            {
                return $"the writable section {name}: programs cannot have mutable statics";
            }

            if (name == ".text")
            {
                texts++;
                defect = Text(file, section);
            }
        }

        return defect ?? (texts == 1 ? null : $"{texts} .text sections instead of one");
    }

    private static string? Text(ReadOnlySpan<byte> file, ReadOnlySpan<byte> text)
    {
        var entry = U64(file, 24);
        var start = U64(text, 16);
        return start != U64(text, 24) ? "a .text section whose address is not its place in the file"
            : entry < start || entry - start >= U64(text, 32) ? $"the entry point 0x{entry:x} outside of .text"
            : (entry - start) % 8 != 0 ? $"the entry point 0x{entry:x} in the middle of an instruction"
            : null;
    }

    private static bool IsWritable(ReadOnlySpan<byte> section) => (U64(section, 8) & WritableAndLoaded) == WritableAndLoaded;

    private static bool IsData(string name) =>
        name.StartsWith(".data", StringComparison.Ordinal) && !name.StartsWith(".data.rel", StringComparison.Ordinal);

    private static string? Name(ReadOnlySpan<byte> file, ReadOnlySpan<byte> names, uint offset)
    {
        var all = file.Slice((int)U64(names, 24), (int)U64(names, 32));
        if (offset >= all.Length)
        {
            return null;
        }

        var name = all[(int)offset..];
        var length = name[..Math.Min(name.Length, LongestName + 1)].IndexOf((byte)0);
        return length < 0 ? null : Encoding.Latin1.GetString(name[..length]);
    }

    /// <summary>The file's header, and the program headers.</summary>
    private static bool OverlapsHeaders(ReadOnlySpan<byte> file, ulong offset, ulong size) =>
        Overlaps(offset, size, 0, HeaderSize) || Overlaps(offset, size, U64(file, 32), (ulong)U16(file, 56) * ProgramHeaderSize);

    /// <summary>As the loader asks: also of an empty range, when it lies inside the other one.</summary>
    private static bool Overlaps(ulong offset, ulong size, ulong otherOffset, ulong otherSize) =>
        offset < otherOffset + otherSize && otherOffset < offset + size;

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> file, int index) =>
        file.Slice((int)U64(file, 40) + (index * SectionHeaderSize), SectionHeaderSize);
}
