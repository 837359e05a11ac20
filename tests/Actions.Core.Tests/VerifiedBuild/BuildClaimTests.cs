using Actions.Core.Solana;
using Actions.Core.Tests.Solana;
using Actions.Core.Tests.Squads;
using Actions.Core.VerifiedBuild;

namespace Actions.Core.Tests.VerifiedBuild;

public sealed class BuildClaimTests
{
    [Fact]
    public void A_claim_is_found_and_read_as_it_was_written()
    {
        foreach (var one in OracleCases.OfAuthority("account.claim"))
        {
            BuildClaimAccount.TryParse(one.Hex("data"), out var read).ShouldBeTrue();

            var fields = one.GetProperty("fields");
            var expected = VaultCases.Claim(fields);
            read.Program.ShouldBe(fields.Address("program"));
            read.Uploader.ShouldBe(fields.Address("signer"));
            OtterProgram.ClaimAddress(read.Program, read.Uploader).ShouldBe(fields.Address("pda"));
            read.Claim.Arguments.ShouldBe(expected.Arguments);
            (read.Claim with { Arguments = expected.Arguments }).ShouldBe(expected);
        }
    }

    /// <summary>The constants of solana-verify (github.com/Ellipsis-Labs/solana-verifiable-build, src/solana_program.rs).</summary>
    [Theory]
    [InlineData("initialize", "afaf6d1f0d989bed")]
    [InlineData("update", "dbc858b09e3ffd7f")]
    [InlineData("close", "62a5c9b16c41ce60")]
    public void Instructions_start_with_their_published_bytes(string name, string bytes) =>
        AnchorDiscriminator.OfInstruction(name).ShouldBe(Convert.FromHexString(bytes));

    [Fact]
    public void A_claim_starts_with_its_published_bytes() =>
        AnchorDiscriminator.OfAccount("BuildParams").ShouldBe(Convert.FromHexString("ce65c2888771730c"));
}
