using System.Text.Json;
using Actions.Core.Solana;
using Actions.Core.Squads;
using Actions.Core.Tests.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Core.Tests.Squads;

/// <summary>The oracle's arguments as our types.</summary>
internal static class VaultCases
{
    public static VaultMessage Message(JsonElement given) => VaultMessage.Compile(
        SquadsAddress.Vault(given.Address("multisig"), (byte)given.Number("vaultIndex")),
        Instructions(given));

    public static Instruction[] Instructions(JsonElement given) =>
    [
        .. given.GetProperty("instructions").EnumerateArray().Select(one => new Instruction(
            one.Address("program"),
            [
                .. one.GetProperty("accounts").EnumerateArray().Select(account =>
                    new AccountMeta(account.Address("address"), (account.Number("role") & 2) != 0, (account.Number("role") & 1) != 0)),
            ],
            one.Hex("data"))),
    ];

    public static BuildClaim Claim(JsonElement given) => new(
        given.Text("version"),
        given.Text("gitUrl"),
        given.Text("commit"),
        [.. given.GetProperty("args").EnumerateArray().Select(argument => argument.GetString()!)],
        given.Number("deploySlot"));

    public static Address[] Addresses(JsonElement given, string name) =>
        [.. given.GetProperty(name).EnumerateArray().Select(address => Address.Parse(address.GetString()!))];
}
