using System.Buffers.Binary;
using System.Text;

namespace Actions.Core.Solana;

/// <summary>A text that a key can sign without signing for anything on chain: its first byte is that of no transaction.</summary>
/// <remarks>https://docs.anza.xyz/proposals/off-chain-message-signing: version 0, format 0 (printable ASCII).</remarks>
public static class OffChainMessage
{
    private const int DomainSize = 32;
    private const int LongestText = 1_000;

    /// <summary>A message's first byte with the high bit set is its version, and 127 will never be one.</summary>
    private const byte NoTransaction = 0xFF;

    /// <param name="signer">Who signs it.</param>
    /// <param name="application">Tells our texts from everybody else's: at most 32 letters.</param>
    /// <param name="text">Printable ASCII.</param>
    public static byte[] Of(Address signer, string application, string text)
    {
        if (application.Length > DomainSize || text.Length is 0 or > LongestText || !$"{application}{text}".All(character => character is >= ' ' and <= '~'))
        {
            throw new ArgumentException("Expected a short printable text.", nameof(text));
        }

        var domain = new byte[DomainSize];
        Encoding.ASCII.GetBytes(application, domain);
        var length = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        const byte Version = 0;
        const byte Format = 0;
        const byte Signers = 1;
        return [NoTransaction, .. "solana offchain"u8, Version, .. domain, Format, Signers, .. signer.ToArray(), .. length, .. Encoding.ASCII.GetBytes(text)];
    }
}
