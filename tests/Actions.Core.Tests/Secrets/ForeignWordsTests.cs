using Actions.Core.Secrets;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Secrets;

public sealed class ForeignWordsTests
{
    private static readonly byte[] Secret = Some.Bytes(71, 64);

    public static TheoryData<string> Secrets =>
    [
        Base58.Encode(Secret), Convert.ToBase64String(Secret), Convert.ToHexStringLower(Secret), Convert.ToHexString(Secret), $"[{string.Join(',', Secret)}]", $"[{string.Join(",\n  ", Secret)}]",
        string.Join(' ', Secret.Take(32)), "hvs." + "CAESIJlWh0q3wXAtVuW7cV2m", "hvs." + "YltscI-fbblGOYOqonyGYdkGxvcMDpqK", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOjEifQ.c2lnbmF0dXJl", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ];

    [Theory]
    [MemberData(nameof(Secrets))]
    public void What_looks_like_a_secret_is_left_out(string secret)
    {
        var quoted = ForeignWords.Quote($"cannot use \"{secret}\" here");

        quoted.ShouldContain("(not shown)");
        for (var at = 0; at + 12 <= secret.Length; at++)
        {
            quoted.ShouldNotContain(secret[at..(at + 12)]);
        }
    }

    [Theory]
    [InlineData("1 error occurred: * permission denied")]
    [InlineData("error validating claims: claim \"job_workflow_ref\" does not match any associated bound claim values")]
    [InlineData("MissingAuthenticationTokenException, IncompleteSignatureException, ResourceNotFoundException")]
    [InlineData("User: arn:aws:sts::123456789012:assumed-role/deploy/solana-actions-17345678 is not authorized to perform: kms:GetPublicKey because no identity-based policy allows the kms:GetPublicKey action")]
    [InlineData("AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:acme@1234/perps@5678:environment:production'.")]
    [InlineData("Key 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-1111-2222-3333-444455556666' does not exist")]
    public void What_says_what_is_missing_stays(string words) => ForeignWords.Quote(words).ShouldBe($"'{words}'");

    [Fact]
    public void A_flood_of_words_is_cut() => ForeignWords.Quote(new string('x', 1_000_000)).Length.ShouldBeLessThan(400);

    [Fact]
    public void A_secret_at_the_end_of_what_is_shown_is_not_cut_in_half() => ForeignWords.Quote($"{new string('-', 290)} {Convert.ToBase64String(Secret)}").ShouldNotContain(Convert.ToBase64String(Secret)[..6]);
}
