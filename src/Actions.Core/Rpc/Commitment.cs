namespace Actions.Core.Rpc;

/// <summary>How settled a slot must be for a read to see it.</summary>
public enum Commitment
{
    Processed,
    Confirmed,
    Finalized,
}

public static class CommitmentNames
{
    public static string Name(this Commitment commitment) => commitment switch
    {
        Commitment.Processed => "processed",
        Commitment.Confirmed => "confirmed",
        _ => "finalized",
    };

    public static Commitment? Parse(string? name) => name switch
    {
        "processed" => Commitment.Processed,
        "confirmed" => Commitment.Confirmed,
        "finalized" => Commitment.Finalized,
        _ => null,
    };
}
