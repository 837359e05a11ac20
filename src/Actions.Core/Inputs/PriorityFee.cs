namespace Actions.Core.Inputs;

/// <summary>What is paid per compute unit on top of the base fee.</summary>
public abstract record PriorityFee
{
    private PriorityFee()
    {
    }

    /// <summary>What others paid lately, within the cap.</summary>
    public sealed record Auto : PriorityFee;

    /// <summary>Exactly this, in micro-lamports per compute unit.</summary>
    public sealed record Fixed(ulong MicroLamports) : PriorityFee;
}
