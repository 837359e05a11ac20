using System.Security.Cryptography;
using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Loader;

public sealed class ProgramBinaryTests
{
    private static readonly byte[] Exit = [0x95, 0, 0, 0, 0, 0, 0, 0];

    public static TheoryData<string> Programs => TestPrograms.Names;

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_real_program_is_accepted_as_it_is(string name)
    {
        var file = TestPrograms.Read(name);

        var binary = ProgramBinary.Read(file, "program").Value;

        binary.Bytes.ToArray().ShouldBe(file);
        binary.Sha256.ToArray().ShouldBe(SHA256.HashData(file));
        binary.SbpfVersion.ShouldBe(0);
    }

    [Fact]
    public void A_program_of_SBPF_version_3_needs_no_sections()
    {
        var binary = ProgramBinary.Read(StrictElf.Make(Exit), "program").Value;

        binary.SbpfVersion.ShouldBe(3);
    }

    /// <summary>Offsets into the header, new value, and a word of the complaint.</summary>
    public static TheoryData<int, string, string> HeaderDefects => new()
    {
        { 0, "7e", "begins with 7e454c46" },
        { 4, "01", "not 64-bit" },
        { 5, "02", "not little-endian" },
        { 6, "00", "unknown version" },
        { 7, "03", "OS ABI 3" },
        { 16, "0200", "type 2" },
        { 20, "02", "unknown version" },
        { 24, "ffffffffffffffff", "entry point" },
        { 24, "0000000000000000", "entry point" },
        { 32, "ffffffffffffffff", "program headers" },
        { 32, "3800000000000000", "overlap" },
        { 32, "4100000000000000", "aligned" },
        { 40, "f8ffffffffffffff", "section headers" },
        { 40, "ffffffffffffff7f", "section headers" },
        { 48, "04", "SBPF version 4" },
        { 48, "20", "SBPF version 32" },
        { 52, "4100", "header size" },
        { 54, "3900", "program header size" },
        { 56, "ffff", "program headers" },
        { 58, "4100", "section header size" },
        { 60, "ffff", "section headers" },
        { 60, "0000", "no section names" },
        { 62, "ffff", "no section names" },
        { 62, "0000", "no section names" },
    };

    [Theory]
    [MemberData(nameof(HeaderDefects))]
    public void A_damaged_header_is_one_clear_fault(int offset, string bytes, string complaint)
    {
        var file = TestPrograms.Read("spl_token");
        Convert.FromHexString(bytes).CopyTo(file, offset);

        var fault = ProgramBinary.Read(file, "program").Faults.ShouldHaveSingleItem();

        fault.Code.ShouldBe(FaultCodes.ElfInvalid);
        fault.Found.ShouldContain(complaint);
        fault.Input.ShouldBe("program");
    }

    [Theory]
    [InlineData(62)] // x86-64: the host's library
    [InlineData(183)]
    [InlineData(0)]
    [InlineData(65535)]
    public void Another_machine_is_named(ushort machine)
    {
        var file = TestPrograms.Read("spl_token");
        StrictElf.U16(file, 18, machine);

        var fault = ProgramBinary.Read(file, "program").Faults.ShouldHaveSingleItem();

        fault.Code.ShouldBe(FaultCodes.ElfMachine);
        fault.Found.ShouldContain($"{machine}");
    }

    [Theory]
    [InlineData(247)]
    [InlineData(263)]
    public void Both_machine_numbers_of_Solana_are_accepted(ushort machine)
    {
        var file = TestPrograms.Read("spl_token");
        StrictElf.U16(file, 18, machine);

        ProgramBinary.Read(file, "program").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void A_truncated_program_is_refused_at_any_length()
    {
        var file = TestPrograms.Read("spl_token");
        foreach (var length in new[] { 0, 1, 3, 4, 16, 63, 64, 100, 1000, 50_000, file.Length - 700 })
        {
            ProgramBinary.Read(file.AsMemory(0, length), "program").Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.ElfInvalid);
        }
    }

    [Fact]
    public void A_file_that_is_too_large_says_so_beside_what_else_is_wrong()
    {
        var limit = new byte[LoaderProgram.MaxProgramLength];
        TestPrograms.Read("spl_token").CopyTo(limit, 0);

        ProgramBinary.Read(limit, "program").IsOk.ShouldBeTrue();
        ProgramBinary.Read((byte[])[.. limit, 0], "program").Faults.Select(fault => fault.Code).ShouldBe([FaultCodes.ElfTooLarge]);
        ProgramBinary.Read(new byte[limit.Length + 1], "program").Faults.Select(fault => fault.Code)
            .ShouldBe([FaultCodes.ElfTooLarge, FaultCodes.ElfInvalid]);
    }

    [Fact]
    public void A_strict_programs_entry_lies_in_its_code()
    {
        foreach (var entry in new[] { 0UL, (1UL << 32) - 8, (1UL << 32) + 1, (1UL << 32) + 8, ulong.MaxValue })
        {
            var file = StrictElf.Make(Exit);
            StrictElf.U64(file, 24, entry);

            ProgramBinary.Read(file, "program").Faults.ShouldHaveSingleItem().Found.ShouldContain("entry point");
        }
    }

    [Fact]
    public void Segments_whose_end_overflows_are_refused()
    {
        var file = StrictElf.Make(Exit);
        StrictElf.U64(file, 120 + 8, 16);
        StrictElf.U64(file, 120 + 32, ulong.MaxValue - 8);

        ProgramBinary.Read(file, "program").Faults.ShouldHaveSingleItem().Found.ShouldContain("segment 1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000000000")]
    public void The_executable_hash_of_nothing_but_zeros_is_that_of_nothing(string hex) =>
        Convert.ToHexStringLower(ProgramBinary.HashOf(Convert.FromHexString(hex)))
            .ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    [Fact]
    public void The_executable_hash_does_not_depend_on_capacity()
    {
        var file = TestPrograms.Read("spl_token");
        var binary = ProgramBinary.Read(file, "program").Value;

        ProgramBinary.HashOf([.. file, .. new byte[20_000]]).ShouldBe(binary.ExecutableHash.ToArray());
        ProgramBinary.HashOf(file.AsSpan().TrimEnd((byte)0)).ShouldBe(binary.ExecutableHash.ToArray());
        binary.ExecutableHash.ToArray().ShouldNotBe(binary.Sha256.ToArray());
        ProgramBinary.HashOf([0, 1, 0, 2]).ShouldBe(SHA256.HashData([0, 1, 0, 2]));
    }
}
