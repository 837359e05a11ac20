using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Rpc;
using Actions.Core.Runner;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What a run waits for after it proposed.</summary>
public enum WaitGoal
{
    /// <summary>Enough votes; the lock may still run.</summary>
    Approved,

    /// <summary>The bytes run.</summary>
    Executed,
}

/// <summary>Waits for members and time locks: one small question each time, and ever fewer of them.</summary>
internal sealed class ProposalWait(RpcClient rpc, ActionContext context, SquadsSight squads, WaitGoal goal, bool executes)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private string? said;

    /// <summary>What is said when the time is over before the wait is.</summary>
    public Fault Unmet => Fault(Latest.Proposal!.Status == ProposalStatus.Approved ? $"it approved, to be executed from {UtcText.Iso(Latest.ExecutableAt!.Value)} on" : $"{Latest.Proposal.Approved.Count} of {Latest.Multisig!.Threshold} approvals");

    /// <summary>As it was seen last.</summary>
    public SquadsSight Latest { get; private set; } = squads;

    /// <summary>Ends when the goal is reached, or when this run can execute the proposal itself.</summary>
    /// <exception cref="FaultException">The goal cannot be reached any more.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var pause = Shortest; !IsOver(); pause = pause * 1.5 > Longest ? Longest : pause * 1.5)
        {
            await Task.Delay(pause, context.Time, cancellation);
            var index = Latest.Proposal!.Index;
            var sight = await new SquadsObserver(rpc).LookAtAsync(Latest.Vault.Multisig, index, 0, cancellation);
            if (sight?.At(index)?.Proposal is not { } proposal)
            {
                throw new FaultException(Fault("that its account was closed"));
            }

            Latest = sight.About(Latest.Vault.Index, proposal, Latest.Rent) with { Asked = Latest.Asked };
            Say($"Proposal {index}: {proposal.Status.ToString().ToLowerInvariant()}, {proposal.Approved.Count} of {sight.Multisig.Threshold} approvals");
            if (proposal.Status is ProposalStatus.Rejected or ProposalStatus.Cancelled)
            {
                throw new FaultException(Fault($"it {proposal.Status.ToString().ToLowerInvariant()}"));
            }

            if (proposal.Status is ProposalStatus.Draft or ProposalStatus.Active && sight.IsStale(proposal))
            {
                throw new FaultException(Fault("that it became stale, because the multisig was changed"));
            }
        }
    }

    private bool IsOver() => Latest.Proposal!.Status switch
    {
        ProposalStatus.Executed => true,
        ProposalStatus.Approved => goal == WaitGoal.Approved || (executes && Latest.IsExecutable),
        _ => false,
    };

    private Fault Fault(string found) => new(
        FaultCodes.WaitUnmet, $"Expected proposal {Latest.Proposal!.Index} of the multisig {Latest.Vault.Multisig} to be {goal.ToString().ToLowerInvariant()} while this run waits", $"found {found}",
        "nothing is lost: run again, or let continue settle it on a schedule; a longer wait needs a longer timeout", "wait-for");

    /// <summary>Only what is new is worth a line.</summary>
    private void Say(string line)
    {
        if (line != said)
        {
            context.Log.Line(line);
            said = line;
        }
    }
}
