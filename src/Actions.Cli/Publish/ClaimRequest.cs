using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Publish;

/// <summary>What the upgrade authority says the program was built from.</summary>
/// <param name="Claim">Its slot is that of the program when it is written.</param>
/// <param name="IsExported">Whether somebody else signs it in any case.</param>
/// <param name="Api">Who builds it again; null for nobody.</param>
public sealed record ClaimRequest(BuildClaim Claim, bool IsExported, Uri? Api);
