using Actions.Core.Keys;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Core.Fleet;

/// <summary>Who a declared upgrade authority is on chain.</summary>
public static class FleetAuthority
{
    /// <summary>An address as such, the vault of a `squads:` reference; null for any other reference, whose address only its provider knows.</summary>
    public static Address? Of(string text) => KeyReferenceParser.Parse(text, "expected-authority") is { IsOk: true } parsed
        ? parsed.Value switch
        {
            KeyReference.Named named => named.Address,
            KeyReference.Squads squads => SquadsAddress.Vault(squads.Multisig, squads.VaultIndex),
            _ => null,
        }
        : null;
}
