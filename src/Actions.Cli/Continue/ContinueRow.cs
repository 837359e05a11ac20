using Actions.Cli.SolanaDeploy;
using Actions.Core.Ledger;
using Actions.Core.Solana;

namespace Actions.Cli.Continue;

/// <summary>What there is to say about one record.</summary>
/// <param name="State">As it is now.</param>
/// <param name="What">What became of it, or what it waits for.</param>
/// <param name="Squads">Null where no multisig is asked.</param>
internal sealed record ContinueRow(ContinueProgram Program, LedgerRecord Record, RecordState State, string What, SquadsSight? Squads)
{
    public Signature? Signature { get; init; }

    public ulong? Slot { get; init; }

    /// <summary>Whether this run executed it.</summary>
    public bool IsExecuted { get; init; }

    public bool IsWaiting => State == RecordState.Pending;
}
