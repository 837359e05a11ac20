namespace Actions.Core.Ledger;

public enum RecordKind
{
    /// <summary>Only solana-deploy writes it.</summary>
    Release,

    Rollback,

    /// <summary>A verdict of smoke-test or verify-program about a release.</summary>
    Check,
}

public enum CheckKind
{
    Smoke,
    Verify,
}
