using Actions.Core.Keys;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>One thing a plan does, in order.</summary>
public abstract record DeployStep
{
    private DeployStep()
    {
    }

    /// <summary>What the plan shows.</summary>
    public abstract string Describe();

    public sealed record ReclaimBuffer(StaleBuffer Buffer) : DeployStep
    {
        public override string Describe() => $"close the stale buffer {Buffer.Address} and take back its {Money.Sol(Buffer.Lamports)}";
    }

    /// <param name="Missing">Lamports still to be paid for its rent.</param>
    public sealed record CreateBuffer(Address Buffer, long Size, ulong Missing) : DeployStep
    {
        public override string Describe() => $"create the buffer {Buffer} ({Size:N0} bytes, {Money.Sol(Missing)} of rent)";
    }

    public sealed record Write(Address Buffer, int Chunks, bool IsResumed) : DeployStep
    {
        public override string Describe() => $"write {Chunks:N0} {(IsResumed ? "missing chunks" : "chunks")} into the buffer, then read it back and compare every byte";
    }

    public sealed record Extend(Address Program, uint Additional, ulong Lamports) : DeployStep
    {
        public override string Describe() => $"extend the program by {Additional:N0} bytes ({Money.Sol(Lamports)}, which never come back)";
    }

    public sealed record HandOver(Address Buffer, Address Authority) : DeployStep
    {
        public override string Describe() => $"hand the buffer over to {Authority}";
    }

    public sealed record FirstDeploy(Address Program, Address Authority, bool IsSetAfterwards) : DeployStep
    {
        public override string Describe() => $"deploy the program {Program} with upgrade authority {Authority}{(IsSetAfterwards ? " (set in the same transaction, because it does not sign)" : "")}";
    }

    public sealed record Upgrade(Address Program) : DeployStep
    {
        public override string Describe() => $"upgrade the program {Program}";
    }

    /// <param name="Rent">Of the accounts that hold transaction and votes.</param>
    /// <param name="First">The program whose upgrade is proposed in the same transaction, and whose step this then is; null when it is this one's.</param>
    public sealed record Propose(Address Program, KeyInput.Vault Vault, ulong Rent, Address? First) : DeployStep
    {
        public override string Describe() => First is { } first
            ? $"propose the upgrade of the program {Program} together with that of {first}"
            : $"propose the upgrade of the program {Program} to the members of the multisig {Vault.Multisig} ({Money.Sol(Rent)} of rent)";
    }

    public sealed record Export(Address Program, Address Authority) : DeployStep
    {
        public override string Describe() => $"export the upgrade of the program {Program} as a transaction for {Authority} to sign";
    }

    /// <param name="First">The program for whose upgrade the same transaction is counted; null when it is this one.</param>
    public sealed record ExecuteProposal(Address Program, ulong Index, Address? First) : DeployStep
    {
        public override string Describe() => First is { } first
            ? $"compare the buffer once more; proposal {Index} upgrades the program {Program} together with {first}"
            : $"compare the buffer once more, then execute proposal {Index}, which upgrades the program {Program}";
    }

    public sealed record MakeImmutable(Address Program) : DeployStep
    {
        public override string Describe() => $"remove the upgrade authority of {Program}: nobody can change it ever again";
    }

    public sealed record HandOverProgram(Address Program, NewAuthority Next) : DeployStep
    {
        public override string Describe() => $"hand the program {Program} over to {Next.Describe()}";
    }

    /// <summary>Instead of the final transaction, in a drill.</summary>
    public sealed record Rehearse(Address Program, Address Buffer, ulong Lamports) : DeployStep
    {
        public override string Describe() => $"simulate the upgrade of the program {Program}, then close the buffer {Buffer} and take back its {Money.Sol(Lamports)}";
    }

    /// <summary>A buffer of these bytes that nobody needs any more.</summary>
    public sealed record CloseBuffer(Address Buffer, ulong Lamports) : DeployStep
    {
        public override string Describe() => $"close the buffer {Buffer}, which is not needed any more, and take back its {Money.Sol(Lamports)}";
    }
}
