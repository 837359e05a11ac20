using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What a summary is made from: the request, what the cluster showed, and how far the run has come.</summary>
internal sealed record DeployFacts
{
    public required DeploySite Site { get; init; }

    public required DeployRequest Request { get; init; }

    public required RecordSubject Subject { get; init; }

    /// <summary>What was there before this run.</summary>
    public required DeployState Before { get; init; }

    public required DeployPlan? Plan { get; init; }

    public required DeployProgress Progress { get; init; }

    public required IReadOnlyList<StaleBuffer> Stale { get; init; }

    /// <summary>How many transactions of this run landed, and what they cost.</summary>
    public required (int Count, ulong Fees) Landed { get; init; }

    public required string? Record { get; init; }

    public required bool HasErrors { get; init; }

    public required TimeSpan Took { get; init; }

    public Cluster Cluster => Site.Cluster.Cluster;

    public ProgramState.Deployed? Was => Before.Program as ProgramState.Deployed;

    public SquadsSight? Squads => Progress.Squads ?? Before.Squads;

    /// <summary>Whether members are asked to vote on these bytes, or have.</summary>
    public bool IsProposed => Squads?.Proposal is not null;

    /// <summary>Whether the buffer is where somebody else takes over.</summary>
    private bool IsHandedOver => Progress.HasChanged || IsProposed || Progress.Exported is not null;

    /// <summary>Whether a buffer with the payer's SOL in it is left for the next run.</summary>
    public bool LeavesBuffer => Progress.HoldsBuffer && !Request.IsDryRun && !(Request.HandsOver && IsHandedOver);
}
