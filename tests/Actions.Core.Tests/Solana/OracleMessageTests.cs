using System.Text.Json;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Solana;

public sealed class OracleMessageTests
{
    [Fact]
    public void A_message_is_that_of_kit_but_for_the_order_within_a_role()
    {
        var cases = OracleCases.Of("message").Where(one => !one.GetProperty("tables").EnumerateObject().Any()).ToList();

        cases.Count.ShouldBeGreaterThan(300);
        foreach (var one in cases)
        {
            var ours = Compile(one);
            Message.TryParse(one.Hex("bytes"), out var theirs).ShouldBeTrue(one.ToString());

            ours.Header.ShouldBe(theirs.Header);
            ours.FeePayer.ShouldBe(theirs.FeePayer);
            Roles(ours).ShouldBe(Roles(theirs), ignoreOrder: true);
            InOrderOf(theirs, ours).Serialize().ShouldBe(one.Hex("bytes"), one.ToString());
        }
    }

    [Fact]
    public void A_message_read_from_kits_bytes_is_written_back_unchanged()
    {
        var withLookups = 0;
        foreach (var one in OracleCases.Of("message"))
        {
            var bytes = one.Hex("bytes");

            Message.TryParse(bytes, out var message).ShouldBeTrue(one.ToString());

            message.Serialize().ShouldBe(bytes);
            message.Version.ShouldBe(one.Text("version") == "legacy" ? MessageVersion.Legacy : MessageVersion.V0);
            withLookups += message.Lookups.Count;
        }

        withLookups.ShouldBeGreaterThan(30);
    }

    [Fact]
    public void Lookups_name_the_accounts_that_kit_took_from_the_table()
    {
        foreach (var one in OracleCases.Of("message").Where(one => one.GetProperty("tables").EnumerateObject().Any()))
        {
            Message.TryParse(one.Hex("bytes"), out var message).ShouldBeTrue();
            var table = one.GetProperty("tables").EnumerateObject().Single();
            var listed = table.Value.EnumerateArray().Select(address => Address.Parse(address.GetString()!)).ToArray();
            var lookups = message.Lookups.ToList();
            Address[] all =
            [
                .. message.Accounts,
                .. lookups.SelectMany(lookup => lookup.Writable.ToArray()).Select(index => listed[index]),
                .. lookups.SelectMany(lookup => lookup.ReadOnly.ToArray()).Select(index => listed[index]),
            ];

            var called = one.GetProperty("instructions").EnumerateArray().Select(item => item.Instruction()).ToList();
            lookups.ShouldAllBe(lookup => lookup.Table == Address.Parse(table.Name));
            for (var i = 0; i < called.Count; i++)
            {
                all[message.Instructions[i].Program].ShouldBe(called[i].Program);
                message.Instructions[i].Accounts.ToArray().Select(index => all[index])
                    .ShouldBe(called[i].Accounts.Select(meta => meta.Address));
            }
        }
    }

    private static Message Compile(JsonElement one)
    {
        var instructions = one.GetProperty("instructions").EnumerateArray().Select(item => item.Instruction()).ToArray();
        var blockhash = Blockhash.Parse(one.Text("blockhash"));
        return one.Text("version") == "legacy"
            ? Message.Compile(one.Address("feePayer"), instructions, blockhash)
            : Message.CompileV0(one.Address("feePayer"), instructions, blockhash);
    }

    private static IEnumerable<AccountMeta> Roles(Message message) =>
        message.Accounts.Select((address, i) => new AccountMeta(address, message.IsSigner(i), message.IsWritable(i)));

    /// <summary>Our message with its accounts listed in the order of the other one.</summary>
    private static Message InOrderOf(Message other, Message ours)
    {
        byte At(byte index) => (byte)other.Accounts.ToList().IndexOf(ours.Accounts[index]);
        var instructions = ours.Instructions.Select(item =>
            new CompiledInstruction(At(item.Program), item.Accounts.ToArray().Select(At).ToArray(), item.Data));
        return new Message(ours.Version, ours.Header, other.Accounts, ours.Blockhash, [.. instructions], []);
    }
}
