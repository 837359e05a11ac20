using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Solana;
using Actions.Core.Store;

namespace Actions.Core.Gates;

/// <summary>Everything the gates judge by, gathered before any of them is asked.</summary>
public sealed record GateEvidence
{
    public required DateTimeOffset Now { get; init; }

    public required SemVer Version { get; init; }

    /// <summary>The environment released to.</summary>
    public required string To { get; init; }

    public required string ToVariant { get; init; }

    public required IReadOnlyList<ProgramEvidence> Programs { get; init; }

    /// <summary>Null when the bytes come from the build and have run nowhere.</summary>
    public SourceEvidence? Source { get; init; }

    /// <summary>Whether the release file lets another environment come before the target.</summary>
    public bool HasPredecessor { get; init; }

    /// <summary>False for `ledger: none`, where nothing is known about what ran.</summary>
    public bool HasLedger { get; init; } = true;

    public string? Phrase { get; init; }

    /// <summary>Who started the run, and who started it again.</summary>
    public IReadOnlyList<string> Actors { get; init; } = [];

    public GitHubEvidence GitHub { get; init; } = GitHubEvidence.None;
}

/// <summary>One program of the release in both environments.</summary>
public sealed record ProgramEvidence(string Name)
{
    /// <summary>Its build for the target; null when the manifest has none.</summary>
    public ManifestArtifact? Artifact { get; init; }

    /// <summary>The bytes of that build.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Its id in the target environment; null when nobody said.</summary>
    public Address? Id { get; init; }

    /// <summary>Its ids in other environments, by their names.</summary>
    public IReadOnlyList<(string Environment, Address Id)> OtherIds { get; init; } = [];

    /// <summary>The records of the target environment.</summary>
    public IReadOnlyList<LedgerRecord> TargetRecords { get; init; } = [];

    /// <summary>What runs in the target environment; null when the chain was not asked.</summary>
    public ChainState? Target { get; init; }

    /// <summary>The records of the source environment.</summary>
    public IReadOnlyList<LedgerRecord> SourceRecords { get; init; } = [];

    /// <summary>What runs in the source environment; it is known to be the manifest's bytes.</summary>
    public ChainState? Source { get; init; }
}

/// <summary>The environment promoted from.</summary>
/// <param name="LiveSince">When the newest of the programs went live there.</param>
/// <param name="ClusterTime">The time of that cluster's newest block.</param>
public sealed record SourceEvidence(string Environment, Knowable<DateTimeOffset> LiveSince, Knowable<DateTimeOffset> ClusterTime);

/// <summary>What only GitHub knows.</summary>
/// <param name="Checks">Of the manifest's commit.</param>
/// <param name="Approvals">Of this run, all attempts.</param>
/// <param name="Protection">Of the target environment.</param>
public sealed record GitHubEvidence(
    Knowable<IReadOnlyList<CommitCheck>> Checks, Knowable<IReadOnlyList<RunApproval>> Approvals, Knowable<EnvironmentProtection> Protection)
{
    private const string Why = "that GitHub was not asked";
    private const string Remedy = "run it in a job of GitHub Actions with its github-token";

    /// <summary>Where GitHub cannot be asked.</summary>
    public static GitHubEvidence None { get; } = new(
        new Knowable<IReadOnlyList<CommitCheck>>.Unknown(Why, Remedy), new Knowable<IReadOnlyList<RunApproval>>.Unknown(Why, Remedy),
        new Knowable<EnvironmentProtection>.Unknown(Why, Remedy));
}

/// <summary>Asks GitHub for what the gates need, and only for that.</summary>
public delegate Task<GitHubEvidence> GitHubQuestions(GateRules rules, Manifest manifest, string environment, CancellationToken cancellation);

/// <summary>A check run or a status context of a commit.</summary>
/// <param name="App">The check run's app; null for a status context.</param>
/// <param name="IsSuccess">Completed, and as `success`.</param>
public sealed record CommitCheck(string Name, string? App, bool IsSuccess, DateTimeOffset? CompletedAt);

/// <summary>An entry of a run's review history.</summary>
public sealed record RunApproval(string Environment, bool IsApproved, string User, long UserId);

/// <summary>How an environment is protected.</summary>
public sealed record EnvironmentProtection(bool HasReviewers, bool HasBranchPolicy, bool AdminsCanBypass, bool PreventsSelfReview);
