using System.Security.Cryptography;
using System.Text;

namespace Actions.Cli.Tests.Publish;

/// <summary>IDLs as Anchor writes them, as long as a test needs them to be when compressed.</summary>
internal static class TestIdl
{
    /// <param name="noise">Bytes of documentation that no compression makes shorter, but for the digits they are written in.</param>
    public static string Text(int noise = 0, string field = "fee_bps", string type = "u16") => $$"""
        {
          "address": "11111111111111111111111111111111",
          "metadata": { "name": "perps", "version": "0.1.0", "spec": "0.1.0" },
          "docs": ["{{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(noise))}}"],
          "instructions": [
            { "name": "open", "discriminator": [1, 2, 3, 4, 5, 6, 7, 8], "accounts": [{ "name": "owner", "writable": true, "signer": true }], "args": [{ "name": "size", "type": "u64" }] }
          ],
          "accounts": [{ "name": "Config", "discriminator": [8, 7, 6, 5, 4, 3, 2, 1] }],
          "types": [{ "name": "Config", "type": { "kind": "struct", "fields": [{ "name": "{{field}}", "type": "{{type}}" }, { "name": "owner", "type": "pubkey" }] } }]
        }
        """;

    public static byte[] File(int noise = 0) => Encoding.UTF8.GetBytes(Text(noise));
}
