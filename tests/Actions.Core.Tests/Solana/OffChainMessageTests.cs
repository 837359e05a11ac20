using System.Text;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Solana;

public sealed class OffChainMessageTests
{
    private static readonly Address Signer = Ed25519.PublicKey(new byte[Ed25519.SeedSize]);

    [Fact]
    public void It_has_the_layout_of_the_proposal()
    {
        var message = OffChainMessage.Of(Signer, "solana-actions doctor", "It moves nothing.");

        message[..16].ShouldBe([0xFF, .. "solana offchain"u8]);
        message[16].ShouldBe((byte)0, "the version of the header");
        Encoding.ASCII.GetString(message[17..49]).TrimEnd('\0').ShouldBe("solana-actions doctor");
        (message[49], message[50]).ShouldBe(((byte)0, (byte)1), "the format, and one signer");
        message[51..83].ShouldBe(Signer.ToArray());
        message[83..85].ShouldBe([17, 0]);
        Encoding.ASCII.GetString(message[85..]).ShouldBe("It moves nothing.");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("This proves that a key can sign. It moves nothing.")]
    public void It_is_no_message_of_a_transaction_and_no_transaction(string text)
    {
        var message = OffChainMessage.Of(Signer, "solana-actions doctor", text);

        Message.TryParse(message, out _).ShouldBeFalse();
        Transaction.TryParse(message, out _).ShouldBeFalse();
        Message.TryParse(message.AsMemory(1), out _).ShouldBeFalse();
        (message[0] & 0x7F).ShouldBe(127, "a version that no transaction has");
    }

    [Theory]
    [InlineData("solana-actions doctor", "")]
    [InlineData("solana-actions doctor", "two\nlines")]
    [InlineData("solana-actions doctor", "ümlaut")]
    [InlineData("an application whose name does not fit into the domain", "text")]
    public void What_is_not_printable_or_too_long_is_refused(string application, string text) =>
        Should.Throw<ArgumentException>(() => OffChainMessage.Of(Signer, application, text));
}
