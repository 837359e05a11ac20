using System.Security.Cryptography;
using System.Text;

namespace Actions.Core.Solana;

/// <summary>The eight bytes by which programs made with Anchor tell their instructions and accounts apart: the start of a name's SHA-256.</summary>
public static class AnchorDiscriminator
{
    public const int Size = 8;

    /// <summary>Of an instruction, by its name in the source: <c>vault_transaction_create</c>.</summary>
    public static byte[] OfInstruction(string name) => Of($"global:{name}");

    /// <summary>Of an account, by its type's name: <c>Multisig</c>.</summary>
    public static byte[] OfAccount(string name) => Of($"account:{name}");

    /// <summary>Of a whole text, for the few that stand in another namespace.</summary>
    public static byte[] Of(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..Size];
}
