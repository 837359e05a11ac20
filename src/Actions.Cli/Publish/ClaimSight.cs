using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Publish;

/// <summary>The claim of the upgrade authority, as one look showed it.</summary>
/// <param name="Asked">With the slot of the program's last change.</param>
/// <param name="Lamports">What its account holds.</param>
/// <param name="Known">Null when there is none.</param>
/// <param name="IsCurrent">Whether nothing was deployed since it was written.</param>
/// <param name="Rent">Of the account once it holds what is asked for.</param>
public sealed record ClaimSight(BuildClaim Asked, Address Account, ulong Lamports, BuildClaim? Known, bool IsCurrent, ulong Rent)
{
    /// <summary>Whether just this is claimed of just these bytes.</summary>
    public bool IsSaid => Known is { } known && known.IsSameSource(Asked) && IsCurrent;
}
