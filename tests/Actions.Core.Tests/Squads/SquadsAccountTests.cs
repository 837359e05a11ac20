using System.Globalization;
using Actions.Core.Solana;
using Actions.Core.Squads;
using Actions.Core.Tests.Solana;

namespace Actions.Core.Tests.Squads;

public sealed class SquadsAccountTests
{
    [Fact]
    public void Addresses_are_those_of_the_client()
    {
        foreach (var one in OracleCases.OfAuthority("addresses.squads"))
        {
            var given = one.GetProperty("given");
            var (multisig, index) = (given.Address("multisig"), given.Number("index"));
            Address At(string name) => Address.Parse(one.GetProperty(name)[0].GetString()!);

            SquadsAddress.Multisig(given.Address("createKey")).ShouldBe(At("multisig"));
            SquadsAddress.Vault(multisig, (byte)given.Number("vaultIndex")).ShouldBe(At("vault"));
            SquadsAddress.Transaction(multisig, index).ShouldBe(At("transaction"));
            SquadsAddress.Proposal(multisig, index).ShouldBe(At("proposal"));
        }
    }

    [Fact]
    public void A_multisig_is_read_as_the_client_wrote_it()
    {
        foreach (var one in OracleCases.OfAuthority("account.multisig"))
        {
            Multisig.TryParse(one.Hex("data"), out var read).ShouldBeTrue(one.ToString());

            var fields = one.GetProperty("fields");
            var authority = fields.Address("configAuthority");
            read.CreateKey.ShouldBe(fields.Address("createKey"));
            read.ConfigAuthority.ShouldBe(authority == SystemProgram.Id ? null : authority);
            ((ulong)read.Threshold).ShouldBe(fields.Number("threshold"));
            ((ulong)read.TimeLock).ShouldBe(fields.Number("timeLock"));
            read.TransactionIndex.ShouldBe(fields.Number("transactionIndex"));
            read.StaleIndex.ShouldBe(fields.Number("staleTransactionIndex"));
            read.RentCollector.ShouldBe(fields.OptionalAddress("rentCollector"));
            read.Members.ShouldBe(fields.GetProperty("members").EnumerateArray()
                .Select(member => new SquadsMember(member.Address("key"), (SquadsPermissions)member.Number("mask"))));
        }
    }

    [Fact]
    public void A_proposal_is_read_as_the_client_wrote_it()
    {
        foreach (var one in OracleCases.OfAuthority("account.proposal"))
        {
            SquadsProposal.TryParse(one.Hex("data"), out var read).ShouldBeTrue(one.ToString());

            var fields = one.GetProperty("fields");
            read.Multisig.ShouldBe(fields.Address("multisig"));
            read.Index.ShouldBe(fields.Number("index"));
            read.Status.ToString().ShouldBe(fields.Text("status"));
            read.Since.ShouldBe(fields.GetProperty("timestamp").GetString() is { } time ? Time(time) : null);
            read.Approved.ShouldBe(VaultCases.Addresses(fields, "approved"));
            read.Rejected.ShouldBe(VaultCases.Addresses(fields, "rejected"));
            read.Cancelled.ShouldBe(VaultCases.Addresses(fields, "cancelled"));
        }
    }

    [Fact]
    public void A_vault_transaction_is_read_as_the_client_wrote_it_and_its_message_is_ours_again()
    {
        foreach (var one in OracleCases.OfAuthority("account.vaultTransaction"))
        {
            VaultTransaction.TryParse(one.Hex("data"), out var read).ShouldBeTrue(one.ToString());

            var fields = one.GetProperty("fields");
            read.Multisig.ShouldBe(fields.Address("multisig"));
            read.Creator.ShouldBe(fields.Address("creator"));
            read.Index.ShouldBe(fields.Number("index"));
            ((ulong)read.VaultIndex).ShouldBe(fields.Number("vaultIndex"));
            read.Message.Serialize().ShouldBe(fields.Hex("wire"));
            VaultTransaction.SizeOf(read.Message).ShouldBe(one.Hex("data").Length - read.EphemeralSigners.Length);
            VaultCases.Message(fields).Serialize().ShouldBe(fields.Hex("wire"), one.ToString());
        }
    }

    [Fact]
    public void A_message_that_was_read_gives_its_instructions_back()
    {
        foreach (var one in OracleCases.OfAuthority("account.vaultTransaction"))
        {
            VaultTransaction.TryParse(one.Hex("data"), out var read).ShouldBeTrue();

            var given = VaultCases.Instructions(one.GetProperty("fields"));
            var expanded = read.Message.Expand().ShouldNotBeNull();
            expanded.Select(item => item.Program).ShouldBe(given.Select(item => item.Program));
            expanded.Select(item => Convert.ToHexString(item.Data.Span)).ShouldBe(given.Select(item => Convert.ToHexString(item.Data.Span)));
            for (var i = 0; i < given.Length; i++)
            {
                expanded[i].Accounts.Select(meta => meta.Address).ShouldBe(given[i].Accounts.Select(meta => meta.Address));
                expanded[i].Accounts.Zip(given[i].Accounts).ShouldAllBe(pair =>
                    (pair.First.IsSigner || !pair.Second.IsSigner) && (pair.First.IsWritable || !pair.Second.IsWritable));
            }
        }
    }

    /// <summary>Vectors from the source: sha256 of the name that Anchor gives (state/*.rs, instructions/*.rs).</summary>
    [Theory]
    [InlineData("vault_transaction_create", "30fa4ea8d0e2dad3")]
    [InlineData("proposal_create", "dc3c49e01e6c4f9f")]
    [InlineData("proposal_approve", "9025a488bcd82af8")]
    [InlineData("vault_transaction_execute", "c208a15799a419ab")]
    [InlineData("vault_transaction_accounts_close", "c447bbb00223aaa5")]
    public void Instructions_start_with_their_published_bytes(string name, string bytes) =>
        AnchorDiscriminator.OfInstruction(name).ShouldBe(Convert.FromHexString(bytes));

    [Fact]
    public void The_account_of_a_multisig_starts_with_its_published_bytes() =>
        AnchorDiscriminator.OfAccount("Multisig").ShouldBe(Convert.FromHexString("e07479ba44a14fec"));

    [Theory]
    [InlineData(0u)]
    [InlineData(172_800u)]
    [InlineData(uint.MaxValue)]
    public void A_proposal_can_be_executed_when_its_lock_has_run_out_since_the_approval(uint timeLock)
    {
        var since = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);
        var approved = new SquadsProposal(default, 1, ProposalStatus.Approved, since, [], [], []);

        approved.ExecutableAt(timeLock).ShouldBe(since.AddSeconds(timeLock));
        (approved with { Since = DateTimeOffset.MaxValue }).ExecutableAt(timeLock).ShouldBe(DateTimeOffset.MaxValue);
        (approved with { Status = ProposalStatus.Active }).ExecutableAt(timeLock).ShouldBeNull();
    }

    private static DateTimeOffset Time(string seconds) => DateTimeOffset.FromUnixTimeSeconds(
        Math.Min(long.Parse(seconds, CultureInfo.InvariantCulture), DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
