using Actions.Core.Faults;
using Actions.Core.Ledger;

namespace Actions.Cli.Continue;

/// <summary>What becomes of a record that waits.</summary>
internal abstract record PendingStep
{
    private PendingStep()
    {
    }

    /// <summary>Nothing comes of it any more.</summary>
    /// <param name="Reason">For the record.</param>
    /// <param name="Fault">Where somebody has to know.</param>
    public sealed record Settle(RecordState State, string Reason, Fault? Fault = null) : PendingStep;

    /// <summary>Somebody else's turn, or time's.</summary>
    /// <param name="For">What it waits for, as a person says it.</param>
    public sealed record Wait(string For, Fault? Warning = null) : PendingStep;

    /// <summary>It stays as it is, and must not go on.</summary>
    public sealed record Refuse(Fault Fault) : PendingStep;

    /// <summary>It was executed, and its bytes run.</summary>
    public sealed record Succeed : PendingStep;

    /// <summary>A standby that nobody needs any more.</summary>
    /// <param name="IsApproved">Then it is cancelled, else rejected.</param>
    /// <param name="MayVote">Whether this run's member may still vote against it.</param>
    public sealed record Withdraw(ulong Index, bool IsApproved, bool MayVote) : PendingStep;

    /// <summary>This run's member may execute it now.</summary>
    public sealed record Execute(ulong Index) : PendingStep;
}
