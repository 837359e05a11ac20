namespace Actions.Core.Ledger;

/// <summary>Two events of one record as one.</summary>
internal static class EventMerge
{
    /// <summary>What the stronger event says counts; the weaker one fills its gaps.</summary>
    public static LedgerEvent Merge(LedgerEvent weaker, LedgerEvent stronger) => stronger with
    {
        Cluster = stronger.Cluster ?? weaker.Cluster,
        GenesisHash = stronger.GenesisHash ?? weaker.GenesisHash,
        Name = stronger.Name ?? weaker.Name,
        Version = stronger.Version ?? weaker.Version,
        Variant = stronger.Variant ?? weaker.Variant,
        Sha256 = stronger.Sha256 ?? weaker.Sha256,
        ExecutableHash = stronger.ExecutableHash ?? weaker.ExecutableHash,
        From = stronger.From ?? weaker.From,
        Restores = stronger.Restores ?? weaker.Restores,
        UndoneBy = stronger.UndoneBy ?? weaker.UndoneBy,
        Adopted = stronger.Adopted ?? weaker.Adopted,
        Unchanged = stronger.Unchanged ?? weaker.Unchanged,
        SameBytes = stronger.SameBytes ?? weaker.SameBytes,
        Buffer = stronger.Buffer ?? weaker.Buffer,
        Multisig = stronger.Multisig ?? weaker.Multisig,
        Vault = stronger.Vault ?? weaker.Vault,
        TransactionIndex = stronger.TransactionIndex ?? weaker.TransactionIndex,
        Signature = stronger.Signature ?? weaker.Signature,
        Slot = stronger.Slot ?? weaker.Slot,
        BlockTime = stronger.BlockTime ?? weaker.BlockTime,
        UpgradeAuthority = stronger.UpgradeAuthority ?? weaker.UpgradeAuthority,
        Approvals = stronger.Approvals ?? weaker.Approvals,
        Keys = stronger.Keys ?? weaker.Keys,
        Actor = stronger.Actor ?? weaker.Actor,
        RunUrl = stronger.RunUrl ?? weaker.RunUrl,
        Host = stronger.Host ?? weaker.Host,
        Pid = stronger.Pid ?? weaker.Pid,
        ProcessStart = stronger.ProcessStart ?? weaker.ProcessStart,
        TimeoutSeconds = stronger.TimeoutSeconds ?? weaker.TimeoutSeconds,
        StartedAt = stronger.StartedAt ?? weaker.StartedAt,
        FinishedAt = stronger.FinishedAt ?? weaker.FinishedAt,
        Transactions = stronger.Transactions ?? weaker.Transactions,
        FeeLamports = stronger.FeeLamports ?? weaker.FeeLamports,
        Reason = stronger.Reason ?? weaker.Reason,
        Until = stronger.Until ?? weaker.Until,
        ReleaseId = stronger.ReleaseId ?? weaker.ReleaseId,
        RefersTo = stronger.RefersTo ?? weaker.RefersTo,
        Check = stronger.Check ?? weaker.Check,
        Passed = stronger.Passed ?? weaker.Passed,
        Failed = stronger.Failed ?? weaker.Failed,
        Skipped = stronger.Skipped ?? weaker.Skipped,
        Findings = stronger.Findings ?? weaker.Findings,
        SpecSha256 = stronger.SpecSha256 ?? weaker.SpecSha256,
        RtoSeconds = stronger.RtoSeconds ?? weaker.RtoSeconds,
    };

    /// <summary>Whoever settles a record later does not become the run that began it.</summary>
    public static LedgerEvent BegunBy(this LedgerEvent merged, LedgerEvent first) => merged with
    {
        Actor = first.Actor ?? merged.Actor,
        RunUrl = first.RunUrl ?? merged.RunUrl,
        Host = first.Host ?? merged.Host,
        Pid = first.Pid ?? merged.Pid,
        ProcessStart = first.ProcessStart ?? merged.ProcessStart,
        TimeoutSeconds = first.TimeoutSeconds ?? merged.TimeoutSeconds,
        StartedAt = first.StartedAt ?? merged.StartedAt,
    };
}
