using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>What the cluster says about a program now.</summary>
/// <param name="ExecutableHash">Null when no program runs there.</param>
public sealed record ChainState(string? ExecutableHash)
{
    /// <summary>Of the last deployment.</summary>
    public ulong? Slot { get; init; }

    public long? BlockTime { get; init; }

    /// <summary>Of the transaction that deployed, when it is known.</summary>
    public Signature? Signature { get; init; }

    public Address? UpgradeAuthority { get; init; }

    public bool Holds(string? executableHash) => executableHash is not null && executableHash == ExecutableHash;
}
