using System.Buffers.Binary;
using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Loader;

public sealed class LoaderAccountTests
{
    private static readonly Address Authority = Some.Address(1);
    private static readonly byte[] Code = Some.Bytes(2, 100);

    private static byte[] Buffer(Address? authority) => [1, 0, 0, 0, .. Option(authority)];

    private static byte[] ProgramData(ulong slot, Address? authority)
    {
        var header = new byte[12];
        header[0] = 3;
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(4), slot);
        return [.. header, .. Option(authority)];
    }

    /// <summary>The loader keeps the 32 bytes of an authority that is gone; here they are stale.</summary>
    private static byte[] Option(Address? authority) =>
        authority is { } given ? [1, .. given.ToArray()] : [0, .. Some.Bytes(9, 32)];

    [Fact]
    public void A_buffer_has_its_authority_and_the_bytes_behind_the_header()
    {
        var buffer = Parse([.. Buffer(Authority), .. Code]).ShouldBeOfType<LoaderAccount.Buffer>();

        buffer.Authority.ShouldBe(Authority);
        buffer.Data.ToArray().ShouldBe(Code);
    }

    [Fact]
    public void A_ProgramData_account_has_slot_authority_and_code()
    {
        var data = Parse([.. ProgramData(0x0102030405060708, Authority), .. Code]).ShouldBeOfType<LoaderAccount.ProgramData>();

        data.Slot.ShouldBe(0x0102030405060708ul);
        data.Authority.ShouldBe(Authority);
        data.Data.ToArray().ShouldBe(Code);
    }

    [Fact]
    public void Without_an_authority_the_header_keeps_its_length()
    {
        var data = Parse([.. ProgramData(5, null), .. Code]).ShouldBeOfType<LoaderAccount.ProgramData>();
        var buffer = Parse([.. Buffer(null), .. Code]).ShouldBeOfType<LoaderAccount.Buffer>();

        data.Authority.ShouldBeNull();
        data.Data.ToArray().ShouldBe(Code);
        buffer.Authority.ShouldBeNull();
        buffer.Data.ToArray().ShouldBe(Code);
    }

    [Fact]
    public void A_program_points_at_its_data_and_an_uninitialized_account_at_nothing()
    {
        Parse([2, 0, 0, 0, .. Authority.ToArray()]).ShouldBe(new LoaderAccount.Program(Authority));
        Parse([0, 0, 0, 0]).ShouldBe(new LoaderAccount.Uninitialized());
        Parse(new byte[100]).ShouldBe(new LoaderAccount.Uninitialized());
    }

    [Fact]
    public void A_header_alone_is_enough()
    {
        Parse(Buffer(Authority)).ShouldBeOfType<LoaderAccount.Buffer>().Data.IsEmpty.ShouldBeTrue();
        Parse(ProgramData(5, Authority)).ShouldBeOfType<LoaderAccount.ProgramData>().Authority.ShouldBe(Authority);
        Parse(ProgramData(5, null)[..13]).ShouldBeOfType<LoaderAccount.ProgramData>().Authority.ShouldBeNull();
    }

    [Fact]
    public void A_header_cut_short_is_refused_at_every_length()
    {
        for (var length = 0; length < LoaderProgram.BufferHeader; length++)
        {
            LoaderAccount.TryParse(Buffer(Authority).AsMemory(0, length), out _).ShouldBeFalse($"{length}");
        }

        for (var length = 0; length < LoaderProgram.ProgramDataHeader; length++)
        {
            LoaderAccount.TryParse(ProgramData(5, Authority).AsMemory(0, length), out _).ShouldBeFalse($"{length}");
        }
    }

    [Theory]
    [InlineData("04000000")]
    [InlineData("ffffffff")]
    [InlineData("0100000002")]
    [InlineData("020000000011")]
    public void Anything_else_is_no_state_of_the_loader(string hex) =>
        LoaderAccount.TryParse((byte[])[.. Convert.FromHexString(hex), .. new byte[hex.Length > 10 ? 0 : 60]], out _).ShouldBeFalse();

    [Fact]
    public void Garbage_never_throws()
    {
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Some.Bytes(i, i % 60);
            if (bytes.Length > 4)
            {
                bytes.AsSpan(1, 3).Clear();
                bytes[0] %= 5;
            }

            Should.NotThrow(() => LoaderAccount.TryParse(bytes, out _));
        }
    }

    private static LoaderAccount Parse(byte[] bytes)
    {
        LoaderAccount.TryParse(bytes, out var account).ShouldBeTrue();
        return account;
    }
}
