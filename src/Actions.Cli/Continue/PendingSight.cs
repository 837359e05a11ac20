using Actions.Cli.SolanaDeploy;
using Actions.Core.Keys;
using Actions.Core.Ledger;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Continue;

/// <summary>A record that waits for somebody, as one look at ledger, multisig, program and buffer showed it.</summary>
/// <param name="Records">All of the program's, with what the chain alone settles.</param>
/// <param name="Chain">What the program runs.</param>
/// <param name="Vault">Who owns the buffer; null where no record and no input names a vault.</param>
/// <param name="Multisig">Null where there is no vault, or no multisig at the address.</param>
/// <param name="Proposed">The record's proposal; null where it is not to be found.</param>
/// <param name="Buffer">Null when it is gone.</param>
internal sealed record PendingSight(
    ContinueProgram Program, LedgerRecord Record, IReadOnlyList<LedgerRecord> Records, ChainState Chain,
    KeyInput.Vault? Vault, MultisigSight? Multisig, ProposedTransaction? Proposed, BufferSight? Buffer)
{
    public SquadsSight? Squads => Multisig?.About(Vault!.Index, Proposed);

    /// <summary>What the proposal asks for; null where it asks for anything but upgrades and what is said about them.</summary>
    public VaultAsk? Asked => Proposed?.Asked is { } asked && asked.VaultIndex == Vault!.Index ? VaultAsk.Of(asked.Message, Vault.Address) : null;

    /// <summary>Whether the upgrade of the record is what the members decide about; of a standby, nothing besides.</summary>
    public bool IsAsRecorded => Asked is { } asked && asked.Of(Program.Id, BufferAddress) is not null && (!Record.IsStandby || asked is { Upgrades.Count: 1, Publications.Count: 0 });

    public Address BufferAddress => Record.Facts.Buffer ?? default;

    /// <summary>Whether another release went live since, so that to go on would undo it unasked.</summary>
    public bool IsSuperseded
    {
        get
        {
            var before = Records.FirstOrDefault(record => record.Id == Record.Facts.From)?.ExecutableHash;
            return before is not null ? !Chain.Holds(before) : LedgerRules.Current(Records, Chain.ExecutableHash)?.WentLive > Record.Opened;
        }
    }
}

/// <summary>A loader buffer without its bytes.</summary>
internal sealed record BufferSight(Address? Authority, ulong Lamports);

/// <summary>A buffer whose upgrade came to nothing, and which only the vault can close.</summary>
/// <param name="Multisig">With the newest transactions, among which the closing may be proposed already.</param>
internal sealed record LeftoverSight(ContinueProgram Program, LedgerRecord Record, KeyInput.Vault Vault, MultisigSight Multisig, ProposedTransaction? Closing, BufferSight Buffer)
{
    public Address Address => Record.Facts.Buffer!.Value;

    public SquadsSight Squads => Multisig.About(Vault.Index, Closing);
}
