using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Loader;

public sealed class LoaderProgramTests
{
    [Theory]
    [InlineData(1000, 0, 0)]
    [InlineData(1000, -50, 0)]
    [InlineData(1000, 1, 10_240)]
    [InlineData(1000, 10_240, 10_240)]
    [InlineData(1000, 10_241, 10_241)]
    [InlineData(10_485_760 - 500, 1, 500)]
    [InlineData(10_485_760 - 500, 500, 500)]
    [InlineData(10_485_760 - 10_240, 7, 10_240)]
    [InlineData(10_485_760, 0, 0)]
    public void An_extension_is_as_large_as_needed_as_the_loader_demands_and_as_there_is_room(long length, long need, uint expected) =>
        LoaderProgram.ExtendBy(length, need).ShouldBe(expected);

    [Theory]
    [InlineData(10_485_760, 1)]
    [InlineData(10_485_761, 0)]
    public void More_than_an_account_can_hold_is_a_bug_of_the_caller(long length, long need) =>
        Should.Throw<ArgumentOutOfRangeException>(() => LoaderProgram.ExtendBy(length, need));

    [Fact]
    public void Sizes_are_the_clusters()
    {
        LoaderProgram.MaxProgramLength.ShouldBe(10_485_715);
        LoaderProgram.BufferHeader.ShouldBe(37);
        LoaderProgram.ProgramDataHeader.ShouldBe(45);
        LoaderProgram.ProgramSize.ShouldBe(36);
    }

    [Fact]
    public void A_final_SetAuthority_names_nobody() =>
        LoaderProgram.SetAuthority(Some.Address(1), Some.Address(2), null).Accounts
            .ShouldBe([AccountMeta.Writable(Some.Address(1)), AccountMeta.Signer(Some.Address(2))]);
}
