using Actions.Cli.Publish;
using Actions.Core.Faults;
using Actions.Core.Sending;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <content>Its part in a proposal to the members of a multisig.</content>
internal sealed partial class ProgramDeploy
{
    private ProposalWait? wait;

    /// <summary>What to say when the time is over while this program's proposal is waited for; null while none is.</summary>
    public Fault? Unmet => wait?.Unmet;

    /// <summary>What Squads shows; null where no multisig is asked.</summary>
    public SquadsSight? Squads => seen?.Squads;

    /// <summary>What the cluster said when it did not do what it should.</summary>
    public string? LastError => run?.LastError;

    /// <summary>What it brings into a proposal; null where there is one, or nothing to propose.</summary>
    public ProposalPart? Part => seen is { Squads: { Multisig: not null, Proposal: null }, Program: ProgramState.Deployed running } && (request.IsStandby || !running.Runs(request.Binary)) && report.Progress.Squads is null
        ? new ProposalPart(new AskedUpgrade(request.ProgramId!.Value, Buffer, request.Payer.Address), Math.Max(running.Data.Length, request.Binary.Bytes.Length) + request.Binary.Bytes.Length, [.. seen!.Published?.Documents.Select(sight => DocumentPlan.Of(request, sight)) ?? []])
        : null;

    /// <summary>Whether the plan is to execute the proposal.</summary>
    public bool Executes => plan?.Steps.Any(step => step is DeployStep.ExecuteProposal) == true;

    /// <summary>Is to be proposed with these others.</summary>
    /// <param name="rent">Of the accounts that the proposal needs.</param>
    public void Group(ProposalGroup group, ulong rent)
    {
        Observer.Shared = (group, rent); // for every later look: what is planned with is what it is refused by
        seen = Observer.Sharing(seen!);
    }

    /// <summary>Proposes a group of upgrades, this one first among them.</summary>
    /// <returns>What Squads shows of it, and the slot; null when the next look has to say what happened.</returns>
    public async Task<(SquadsSight Squads, ulong Slot)?> ProposeAsync(ProposalGroup group, CancellationToken cancellation)
    {
        var squads = await run!.Proposals.ProposeAsync(group, cancellation);
        report.Counted(pump!);
        return squads is null ? null : (squads, pump!.HighestLandedSlot);
    }

    /// <summary>What the members are asked, where the run was ended while the proposal was on its way.</summary>
    public async Task<(SquadsSight Squads, ulong Slot)?> LastLookAtProposalAsync()
    {
        using var patience = new CancellationTokenSource(LastLook, site.Context.Time);
        try
        {
            return await run!.Proposals.LastLookAsync(patience.Token) is { } squads ? (squads, pump!.HighestLandedSlot) : null;
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            return null; // the next run finds it
        }
    }

    /// <summary>Its upgrade is proposed.</summary>
    public void Proposed(SquadsSight squads, ulong slot) => run!.Proposals.Proposed(squads, slot);

    /// <summary>Compares what its proposal would deploy, right before the execution.</summary>
    public Task<bool> CompareAsync(CancellationToken cancellation) => run!.Proposals.CompareAsync(seen!, cancellation);

    /// <summary>Executes the proposal that carries its upgrade, and those of the others.</summary>
    /// <returns>Null when the cluster did not do it.</returns>
    public async Task<Outcome?> ExecuteAsync(CancellationToken cancellation)
    {
        var outcome = await run!.Proposals.ExecuteAsync(seen!, cancellation);
        report.Counted(pump!);
        return outcome;
    }

    /// <summary>Its proposal was executed, by its own transaction or by that of another program in it.</summary>
    public void Executed(Outcome outcome) => run!.Proposals.Executed(seen!, outcome);

    /// <summary>Makes sure that it runs the bytes since then.</summary>
    public Task ConfirmAsync(Outcome outcome, CancellationToken cancellation) => run!.Proposals.ConfirmAsync(outcome, cancellation);

    /// <summary>Why nothing came of it, although it was tried again and again.</summary>
    public Fault GivingUp() => run!.GivingUp();

    /// <summary>Waits for what the inputs ask for.</summary>
    /// <returns>The proposal as it was seen last.</returns>
    public async Task<SquadsSight> WaitAsync(CancellationToken cancellation)
    {
        wait = new ProposalWait(site.Rpc, site.Context, report.Squads!, request.WaitsFor!.Value, request.Executes);
        await wait.RunAsync(cancellation);
        var latest = wait.Latest;
        wait = null;
        return latest;
    }

    /// <summary>Whether this run waits for its proposal.</summary>
    public bool IsAwaited => request.WaitsFor is not null && report is { Waits: true, Squads.Proposal: not null };

    /// <summary>What goes on when the wait is over.</summary>
    /// <returns>Whether it is this run's turn to execute the proposal.</returns>
    public async Task<bool> AwaitedAsync(SquadsSight latest, CancellationToken cancellation)
    {
        report.Progress.Squads = latest;
        if (latest.Proposal!.Status != ProposalStatus.Executed)
        {
            return request.WaitsFor == WaitGoal.Executed;
        }

        seen = await Observer.LookAsync(Math.Max(seen!.Slot, pump!.HighestLandedSlot), cancellation);
        await DoneByOthersAsync(cancellation);
        return false;
    }

    private async Task DoneByOthersAsync(CancellationToken cancellation)
    {
        if (seen!.Program is not ProgramState.Deployed running || !running.Runs(request.Binary))
        {
            throw new FaultException(new Fault(FaultCodes.HashMismatch, "the bytes proposed, after the proposal was executed", "other bytes run", "find out who changed buffer or program"));
        }

        await record.UnchangedAsync(running, cancellation);
        (report.Progress.IsDoneByOthers, report.Progress.Slot) = (true, running.Slot);
        report.Recorded(record.Id);
    }

    /// <summary>What this run asked the members for; null for nothing.</summary>
    private (DeployState, SquadsSight)? Asked => report.Progress.Squads is { Proposal: not null } squads ? (seen!, squads) : null;
}
