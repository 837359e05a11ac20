using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>What all events with one id say together.</summary>
/// <param name="Facts">Every field that is known; its state is the record's.</param>
/// <param name="Opened">The position of the record's first event among all events of its key.</param>
/// <param name="WentLive">The position of the event that said it succeeded; null when none did.</param>
public sealed record LedgerRecord(LedgerEvent Facts, int Opened, int? WentLive)
{
    public string Id => Facts.Id;

    public RecordKind Kind => Facts.Kind;

    public RecordState State => Facts.State;

    public string Environment => Facts.Environment;

    public Address ProgramId => Facts.ProgramId;

    public string? ExecutableHash => Facts.ExecutableHash;

    public bool IsUnchanged => Facts.Unchanged == true;

    /// <summary>Checks send nothing, so they are never open.</summary>
    public bool IsOpen => Kind != RecordKind.Check && State is RecordState.Started or RecordState.Pending;

    /// <summary>A way back that was prepared together with a release. What runs says nothing about it: before the release these bytes ran anyway.</summary>
    public bool IsStandby => Kind == RecordKind.Rollback && Facts.RefersTo is not null;

    /// <summary>When it went live, by the cluster where it said so.</summary>
    public DateTimeOffset LiveAt => Facts.BlockTime is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : Facts.FinishedAt ?? Facts.At;

    /// <summary>One line, without its end.</summary>
    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(Facts, LedgerJson.Default.LedgerEvent);

    public DateTimeOffset StartedAt => Facts.StartedAt ?? Facts.At;
}
