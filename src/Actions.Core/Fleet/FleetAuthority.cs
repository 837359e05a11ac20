using Actions.Core.Keys;
using Actions.Core.Solana;

namespace Actions.Core.Fleet;

/// <summary>Who a declared upgrade authority is on chain.</summary>
public static class FleetAuthority
{
    private static readonly Address Squads = Address.Parse("SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf");

    /// <summary>An address as such, the vault of a `squads:` reference; null for any other reference, whose address only its provider knows.</summary>
    public static Address? Of(string text) => KeyReferenceParser.Parse(text, "expected-authority") is { IsOk: true } parsed
        ? parsed.Value switch
        {
            KeyReference.Named named => named.Address,
            KeyReference.Squads squads => Vault(squads),
            _ => null,
        }
        : null;

    /// <remarks>https://github.com/Squads-Protocol/v4, programs/squads_multisig_program/src/state/seeds.rs</remarks>
    private static Address Vault(KeyReference.Squads squads) =>
        ProgramAddress.Find(["multisig"u8.ToArray(), squads.Multisig.ToArray(), "vault"u8.ToArray(), new[] { squads.VaultIndex }], Squads).Address;
}
