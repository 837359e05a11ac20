using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>Somebody's approval of one GitHub environment for the run that released.</summary>
public sealed record Approval(string? Environment, string? User, long? UserId, string? Comment);

/// <summary>A key the run signed with: which, and where it is kept; never the key.</summary>
public sealed record KeyUse(string? Role, Address? Address, string? Provider, string? Version, DateTimeOffset? CreatedAt);
