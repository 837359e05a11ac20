using Actions.Cli.VerifyProgram;

namespace Actions.Cli.Tests.VerifyProgram;

public sealed class SourceClaimTests
{
    [Theory]
    [InlineData("https://github.com/perps/token", true)]
    [InlineData("https://github.com/perps/token/", true)]
    [InlineData("https://github.com/perps/token.git", true)]
    [InlineData("https://github.com/perps/token/tree/main/programs", true)]
    [InlineData("https://GitHub.com/Perps/Token", true)]
    [InlineData(" https://github.com/perps/token ", true)]
    [InlineData("https://github.com/perps/token2", false)]
    [InlineData("https://github.com/perps", false)]
    [InlineData("https://github.com.evil.example/perps/token", false)]
    [InlineData("https://evil.example/?https://github.com/perps/token", false)]
    [InlineData("https://github.com/perps/token/../../evil/token", false)]
    [InlineData("https://github.com@evil.example/perps/token", false)]
    [InlineData("github.com/perps/token", false)]
    [InlineData("", false)]
    public void A_link_leads_into_the_repository_or_not(string link, bool expected)
    {
        SourceClaim.IsIn(link, new Uri("https://github.com/perps/token")).ShouldBe(expected);
        SourceClaim.IsIn(link, new Uri("https://github.com/perps/token.git")).ShouldBe(expected);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef01234567", true)]
    [InlineData("0123456789ABCDEF0123456789abcdef01234567", "0123456", true)]
    [InlineData("0123456", "0123456789abcdef0123456789abcdef01234567", true)]
    [InlineData("012345", "0123456789abcdef0123456789abcdef01234567", false)]
    [InlineData("0123457", "0123456789abcdef0123456789abcdef01234567", false)]
    [InlineData("v1.2.3", "v1.2.3", true)]
    [InlineData("v1.2.3", "v1.2", false)]
    [InlineData("main", "0123456789abcdef0123456789abcdef01234567", false)]
    public void A_commit_is_the_same_or_not(string claimed, string expected, bool isSame) => SourceClaim.IsSameCommit(claimed, expected).ShouldBe(isSame);
}
