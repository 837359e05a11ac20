using System.Numerics;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.Tools;

/// <summary>The signer's side of an exported transaction.</summary>
internal static class Exports
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>Base 58 in a few lines, for what is far longer than anything the product reads in it.</summary>
    public static Transaction Read(string text)
    {
        var number = text.Trim().Aggregate(BigInteger.Zero, (sum, character) => (sum * 58) + Alphabet.IndexOf(character, StringComparison.Ordinal));
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true); // it starts with the number of signatures, which is not zero
        Transaction.TryParse(bytes, out var transaction).ShouldBeTrue();
        return transaction!;
    }

    /// <summary>What it asks for; that its signer pays is left to whoever signs.</summary>
    public static Instruction[] Expand(Message message) =>
    [
        .. message.Instructions.Select(one => new Instruction(
            message.Accounts[one.Program],
            [.. one.Accounts.ToArray().Select(i => new AccountMeta(message.Accounts[i], message.IsSigner(i), message.IsWritable(i) && message.Accounts[i] != message.FeePayer))],
            one.Data)),
    ];
}
