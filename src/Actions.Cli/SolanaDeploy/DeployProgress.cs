using Actions.Cli.Publish;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>How far a run has come; readable at any moment, for the report must be right however the run ends.</summary>
internal sealed class DeployProgress
{
    /// <summary>The final transaction once it exists.</summary>
    public Outgoing? Final { get; set; }

    /// <summary>The endpoint says that the final transaction landed, and the chain shows nothing of it.</summary>
    public bool IsDenied { get; set; }

    /// <summary>Of the final transaction, when it landed successfully.</summary>
    public Signature? Signature { get; set; }

    public ulong? Slot { get; set; }

    /// <summary>When the bytes ran, or in a drill could have run; of the clock that measures spans.</summary>
    public long? DoneAt { get; set; }

    /// <summary>Whether this run changed what the cluster runs (or, in buffer mode, which buffer is ready).</summary>
    public bool HasChanged { get; set; }

    /// <summary>What Upgrade and Close returned.</summary>
    public ulong Refunded { get; set; }

    /// <summary>The creation of the buffer, when this run sent one.</summary>
    public Outgoing? Creation { get; set; }

    /// <summary>Whether the buffer exists, as far as this run knows; a creation whose fate is unknown may have made it.</summary>
    public bool HoldsBuffer
    {
        get => field || Creation is { WasSent: true, Known: null } or { Known.Fate: Fate.Succeeded };
        set
        {
            field = value;
            Creation = null;
        }
    }

    /// <summary>What this run paid into its buffer.</summary>
    public ulong BufferRent { get; set; }

    /// <summary>Somebody else executed the proposal while this run waited.</summary>
    public bool IsDoneByOthers { get; set; }

    /// <summary>What Squads showed last; null while this run has not proposed or executed anything.</summary>
    public SquadsSight? Squads { get; set; }

    /// <summary>The upgrade as its authority is to sign it, without a blockhash.</summary>
    public Transaction? Exported { get; set; }

    /// <summary>What this run paid for the accounts of its proposal.</summary>
    public ulong ProposalRent { get; set; }

    /// <summary>What this run paid for accounts of what it publishes, and for their buffers.</summary>
    public ulong PublishRent { get; set; }

    /// <summary>What became of what was to be published; null before that.</summary>
    public IReadOnlyList<PublishedDocument>? Published { get; set; }

    /// <summary>What earlier runs left of documents that changed since.</summary>
    public IReadOnlyList<(Address Address, ulong Lamports)> LeftBuffers { get; set; } = [];

    /// <summary>Whether all that follows the final transaction is done.</summary>
    public bool IsPublished { get; set; }

    /// <summary>Whose build of the claimed source gave just these bytes; null for nobody's.</summary>
    public string? BuiltAgainBy { get; set; }

    /// <summary>What this run paid to extend the program.</summary>
    public ulong Extended { get; set; }

    /// <summary>The upgrade authority the run ended with.</summary>
    public Address? UpgradeAuthority { get; set; }

    /// <summary>How many transactions that landed each key signed.</summary>
    public IReadOnlyDictionary<Address, int> Signatures { get; set; } = new Dictionary<Address, int>();

    public HashSet<Address> Reclaimed { get; } = [];
}
