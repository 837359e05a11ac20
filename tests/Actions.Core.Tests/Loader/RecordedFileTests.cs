using System.Security.Cryptography;
using Actions.Core.Loader;

namespace Actions.Core.Tests.Loader;

public sealed class RecordedFileTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 7)]
    [InlineData(3, 0)]
    [InlineData(3, 10_000)]
    public void The_file_is_cut_out_of_its_padding_with_its_own_last_zeros(int ofFile, int padding)
    {
        byte[] file = [1, 2, 0, 3, .. new byte[ofFile]];

        RecordedFile.Cut((byte[])[.. file, .. new byte[padding]], Convert.ToHexStringLower(SHA256.HashData(file))).ToArray().ShouldBe(file);
    }

    [Fact]
    public void What_nobody_recorded_or_is_something_else_stays_whole()
    {
        byte[] data = [1, 2, 3, 0, 0];

        RecordedFile.Cut(data, null).ToArray().ShouldBe(data);
        RecordedFile.Cut(data, Convert.ToHexStringLower(SHA256.HashData([1, 2]))).ToArray().ShouldBe(data);
        RecordedFile.Cut(default, Convert.ToHexStringLower(SHA256.HashData([]))).Length.ShouldBe(0);
    }
}
