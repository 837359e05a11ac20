using Actions.Cli.Publish;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What a deploy is to end with.</summary>
public enum DeployMode
{
    /// <summary>The program runs the bytes.</summary>
    Deploy,

    /// <summary>A verified buffer in the hands of another authority, ready for its Upgrade.</summary>
    Buffer,

    /// <summary>A proposal to the members of a multisig, whose vault owns program and buffer.</summary>
    Propose,

    /// <summary>A transaction for somebody else to sign, who owns program and buffer.</summary>
    Export,
}

/// <summary>Which of the payer's forgotten buffers to close.</summary>
public abstract record Reclaim
{
    private Reclaim()
    {
    }

    public sealed record None : Reclaim;

    /// <summary>Those that nothing has touched for a while, so that a parallel job is never robbed.</summary>
    public sealed record Idle : Reclaim;

    public sealed record One(Address Buffer) : Reclaim;
}

/// <summary>One program to bring to one cluster: what the engine needs to know, whoever asks (a deploy, a rollback).</summary>
public sealed record DeployRequest
{
    public required ProgramBinary Binary { get; init; }

    /// <summary>Null only in buffer mode.</summary>
    public required Address? ProgramId { get; init; }

    /// <summary>Signs the creation of the program; not needed when it exists.</summary>
    public KeyInput? ProgramKey { get; init; }

    /// <summary>The program's ids in other environments, by their names: a binary that declares one of them belongs there.</summary>
    public IReadOnlyList<(string Environment, Address Id)> OtherIds { get; init; } = [];

    public required KeyInput Payer { get; init; }

    public required KeyInput UpgradeAuthority { get; init; }

    /// <summary>Who owns the finished buffer in buffer mode.</summary>
    public required Address BufferAuthority { get; init; }

    public DeployMode Mode { get; init; } = DeployMode.Deploy;

    public PriorityFee PriorityFee { get; init; } = new PriorityFee.Auto();

    /// <summary>µlamports per compute unit.</summary>
    public ulong MaxPriorityFee { get; init; } = 100_000;

    /// <summary>Lamports; null = no cap.</summary>
    public ulong? MaxSpend { get; init; }

    public Reclaim Reclaim { get; init; } = new Reclaim.None();

    /// <summary>Ends with a program nobody can ever change again.</summary>
    public bool MakeImmutable { get; init; }

    /// <summary>Who is to own the program in the end; null for the upgrade authority.</summary>
    public KeyInput? NewAuthority { get; init; }

    /// <summary>Executes a proposal of this upgrade that is approved.</summary>
    public bool Executes { get; init; }

    /// <summary>What the run waits for after it proposed; null for nothing.</summary>
    public WaitGoal? WaitsFor { get; init; }

    /// <summary>Buffer and proposal of what runs now, for the case that the release that replaces it has to go.</summary>
    public bool IsStandby { get; init; }

    /// <summary>With export: whose value the transaction carries in place of a blockhash; null for one that its signer dates.</summary>
    public Address? NonceAccount { get; init; }

    public bool IsDryRun { get; init; }

    /// <summary>What is published when the program runs; null for nothing.</summary>
    public PublishRequest? Publish { get; init; }

    /// <summary>The executable hash of what is to be replaced: other bytes are not. Null for whatever runs.</summary>
    public string? Replaces { get; init; }

    /// <summary>Everything but the final transaction, which is only simulated; then the buffer is closed again.</summary>
    public bool IsDrill { get; init; }

    public KeyInput.Vault? Vault => UpgradeAuthority as KeyInput.Vault;

    /// <summary>Who can change the program in the end; null for nobody.</summary>
    public Address? LastAuthority => MakeImmutable ? null : (NewAuthority ?? UpgradeAuthority).Address;

    /// <summary>Whether it ends with somebody else having to do something.</summary>
    public bool HandsOver => Mode != DeployMode.Deploy;

    /// <summary>Whether the authority of the final transaction can sign here; a vault or a mere address cannot.</summary>
    public bool CanAuthoritySign => UpgradeAuthority is KeyInput.Signer;

    /// <summary>The account that signs, or as a vault executes, the final Deploy or Upgrade; it decides the buffer's address.</summary>
    /// <param name="programExists">A first deploy for an authority that cannot sign is signed by the payer.</param>
    public Address FinalAuthority(bool programExists) => Mode == DeployMode.Buffer ? BufferAuthority
        : Mode is DeployMode.Propose or DeployMode.Export || programExists || CanAuthoritySign || IsDryRunForSigner ? UpgradeAuthority.Address : Payer.Address;

    // In a dry run from addresses alone nobody can tell a key from a vault; a key is what most first deploys have.
    public bool IsDryRunForSigner => IsDryRun && UpgradeAuthority is KeyInput.Named && ProgramAddress.IsOnCurve(UpgradeAuthority.Address);
}
