namespace Actions.Core.Ledger;

public enum RecordKind
{
    /// <summary>Only solana-deploy writes it.</summary>
    Release,

    Rollback,

    /// <summary>A verdict about a release: of smoke-test, of verify-program, of a rollback that was rehearsed.</summary>
    Check,
}

public enum CheckKind
{
    Smoke,
    Verify,

    /// <summary>Whether it could be rolled back in time.</summary>
    Drill,
}
