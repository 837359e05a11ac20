using System.Text.Json.Serialization;
using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>One line of the ledger: what became known about a record, at one moment. Its JSON names are the properties in kebab case.</summary>
public sealed record LedgerEvent
{
    public const int CurrentSchema = 1;

    [JsonRequired]
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The record this event belongs to, a ULID.</summary>
    public required string Id { get; init; }

    public required RecordKind Kind { get; init; }

    public required RecordState State { get; init; }

    public required string Environment { get; init; }

    public required Address ProgramId { get; init; }

    /// <summary>When the event was written.</summary>
    public DateTimeOffset At { get; init; }

    public string? Cluster { get; init; }

    public string? GenesisHash { get; init; }

    /// <summary>The release file's name.</summary>
    public string? Name { get; init; }

    public string? Version { get; init; }

    public string? Variant { get; init; }

    /// <summary>Of the file, as 64 hex digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Of the bytes without trailing zeros, as 64 hex digits.</summary>
    public string? ExecutableHash { get; init; }

    /// <summary>The id of the release that was current when this attempt started.</summary>
    public string? From { get; init; }

    /// <summary>The id of the release whose bytes a rollback brings back.</summary>
    public string? Restores { get; init; }

    /// <summary>The id of the rollback that replaced this release.</summary>
    public string? UndoneBy { get; init; }

    /// <summary>The bytes were found on chain; nobody recorded how they came there.</summary>
    public bool? Adopted { get; init; }

    /// <summary>The bytes already ran when this version was released.</summary>
    public bool? Unchanged { get; init; }

    public bool? SameBytes { get; init; }

    public Address? Buffer { get; init; }

    /// <summary>Whose members decide about it; null where no multisig is asked.</summary>
    public Address? Multisig { get; init; }

    /// <summary>The index of that multisig's vault, which signs.</summary>
    public byte? Vault { get; init; }

    /// <summary>The number of the proposal in its multisig.</summary>
    public ulong? TransactionIndex { get; init; }

    /// <summary>Of the final transaction.</summary>
    public Signature? Signature { get; init; }

    public ulong? Slot { get; init; }

    /// <summary>Unix seconds, as the cluster says it.</summary>
    [JsonConverter(typeof(UnixSecondsConverter))]
    public long? BlockTime { get; init; }

    public Address? UpgradeAuthority { get; init; }

    public IReadOnlyList<Approval>? Approvals { get; init; }

    public IReadOnlyList<KeyUse>? Keys { get; init; }

    public string? Actor { get; init; }

    public string? RunUrl { get; init; }

    /// <summary>See <see cref="RunIdentity"/>.</summary>
    public string? Host { get; init; }

    public int? Pid { get; init; }

    public string? ProcessStart { get; init; }

    public long? TimeoutSeconds { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public int? Transactions { get; init; }

    public ulong? FeeLamports { get; init; }

    public string? Reason { get; init; }

    /// <summary>When a standby is not needed any more; null as long as its release is not live.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Shared by the records of all programs of one release.</summary>
    public string? ReleaseId { get; init; }

    /// <summary>The id of the release a check is about, or that a standby would take back.</summary>
    public string? RefersTo { get; init; }

    public CheckKind? Check { get; init; }

    public int? Passed { get; init; }

    public int? Failed { get; init; }

    public int? Skipped { get; init; }

    public int? Findings { get; init; }

    public string? SpecSha256 { get; init; }

    /// <summary>How long a rollback took until the old bytes ran again, or a drill until they could have.</summary>
    public double? RtoSeconds { get; init; }
}
