using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Loader;

public sealed class DeclaredIdTests
{
    private static readonly Address Id = Some.Address(77);

    public static TheoryData<string> Programs => TestPrograms.Names;

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_real_program_declares_its_own_id_and_no_unrelated_one(string name)
    {
        var binary = ProgramBinary.Read(TestPrograms.Read(name), "program").Value;

        binary.DeclaresId(Address.Parse(TestPrograms.Ids[name])).ShouldBeTrue();
        Enumerable.Range(0, 50).ShouldAllBe(i => !binary.DeclaresId(Some.Address(i)));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_real_program_holds_its_id_as_immediates_only(string name) =>
        TestPrograms.Read(name).AsSpan().IndexOf(Address.Parse(TestPrograms.Ids[name]).ToArray()).ShouldBe(-1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4968)]
    public void Thirty_two_bytes_together_are_found_anywhere(int offset)
    {
        var binary = Some.Bytes(1, 5000);
        Id.CopyTo(binary.AsSpan(offset));

        DeclaredId.IsIn(binary, Id).ShouldBeTrue();
    }

    [Fact]
    public void Four_quarters_as_immediates_are_found_in_any_order_and_place()
    {
        var binary = Some.Bytes(1, 4000);
        foreach (var (quarter, offset) in new[] { (2, 0), (0, 1600), (3, 800), (1, binary.Length - 16) })
        {
            Load(binary, offset, quarter);
        }

        DeclaredId.IsIn(binary, Id).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Three_quarters_are_not_enough(int missing)
    {
        var binary = new byte[4000];
        foreach (var quarter in Enumerable.Range(0, 4).Where(quarter => quarter != missing))
        {
            Load(binary, 800 * quarter, quarter);
        }

        DeclaredId.IsIn(binary, Id).ShouldBeFalse();
    }

    [Fact]
    public void Halves_that_are_not_in_neighbouring_instructions_do_not_count()
    {
        var binary = new byte[4000];
        var bytes = Id.ToArray();
        for (var i = 0; i < 8; i++)
        {
            bytes.AsSpan(i * 4, 4).CopyTo(binary.AsSpan(16 + (i * 16)));
        }

        DeclaredId.IsIn(binary, Id).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(31)]
    public void A_binary_too_small_for_an_id_has_none(int length) => DeclaredId.IsIn(new byte[length], Id).ShouldBeFalse();

    /// <summary>`lddw`: the opcode, then 32 bits in each of two instruction slots.</summary>
    private static void Load(byte[] binary, int offset, int quarter)
    {
        var bytes = Id.ToArray().AsSpan(quarter * 8, 8);
        binary[offset] = 0x18;
        bytes[..4].CopyTo(binary.AsSpan(offset + 4));
        bytes[4..].CopyTo(binary.AsSpan(offset + 12));
    }
}
