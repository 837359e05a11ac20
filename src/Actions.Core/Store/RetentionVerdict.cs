using Actions.Core.Ledger;

namespace Actions.Core.Store;

/// <summary>A program of an environment, with what the ledger and the cluster know of it.</summary>
/// <param name="Records">Of its key, once what earlier runs left open is settled.</param>
public sealed record RetainedProgram(string Environment, string Name, IReadOnlyList<LedgerRecord> Records, ChainState Chain);

/// <summary>What becomes of a stored version.</summary>
/// <param name="Reasons">Why it is kept; none for one that nothing keeps.</param>
public sealed record RetentionVerdict(Manifest Manifest, IReadOnlyList<string> Reasons)
{
    public bool IsKept => Reasons.Count > 0;
}
