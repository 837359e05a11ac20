using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The one transaction that changes the program. Its fate is settled before anything else happens.</summary>
internal sealed class FinalTransaction(DeployRequest request, DeployObserver observer, DeployTransactions transactions, TransactionPump pump, DeployProgress progress, JobLog log)
{
    private ulong returned;

    /// <summary>What it returns to the payer when it lands.</summary>
    public ulong Refund { get; set; }

    /// <summary>What the cluster said when it did not do what it should.</summary>
    public string? Error { get; set; }

    public async Task<bool> SendAsync(DeployState state, IReadOnlyList<Instruction> instructions, Address authority, CancellationToken cancellation)
    {
        log.Line(state.Program is ProgramState.Deployed ? $"Upgrading {request.ProgramId}" : $"Deploying {request.ProgramId}");
        if (await LandAsync(instructions, transactions.FinalSigners(state, authority), cancellation) is not { } landed)
        {
            return false;
        }

        Landed(landed);
        await ConfirmAsync(landed.Slot, cancellation);
        return true;
    }

    /// <summary>Makes sure that the program runs the bytes since a slot in which the transaction is said to have landed.</summary>
    public async Task ConfirmAsync(ulong slot, CancellationToken cancellation)
    {
        if (await observer.ReadProgramDataAsync(slot, cancellation) is not ProgramState.Deployed running || running.Slot < slot)
        {
            NotLanded();
            throw new FaultException(new Fault(FaultCodes.RpcInvalidAnswer, $"the program as of slot {slot}, in which the endpoint says the deploy landed", "it shows no trace of it", "use another endpoint and run again: what is written is not written twice", "rpc-url"));
        }

        if (!running.Runs(request.Binary))
        {
            throw new FaultException(new Fault(FaultCodes.ProgramChanged, "the bytes just deployed", $"the deploy landed in slot {slot}, but another change of the program came right after it", "find out who else deploys this program, then run again"));
        }

        progress.UpgradeAuthority = running.Authority;
    }

    /// <summary>Only the authority changes: to another one, or to nobody.</summary>
    public async Task<bool> SetAuthorityAsync(DeployInstructions make, CancellationToken cancellation)
    {
        log.Line(request.LastAuthority is { } next ? $"Handing {request.ProgramId} over to {next}" : $"Removing the upgrade authority of {request.ProgramId}");
        if (await LandAsync(make.SetAuthority(), transactions.AuthoritySigners(), cancellation) is not { } landed)
        {
            return false;
        }

        Landed(landed);
        return true;
    }

    /// <summary>Notes that it landed.</summary>
    public void Landed(Outcome outcome)
    {
        progress.Signature = outcome.Signature;
        progress.Slot = outcome.Slot;
        progress.HasChanged = true;
        progress.HoldsBuffer = false;
        progress.Refunded += Refund;
        (returned, Refund) = (Refund, 0);
    }

    /// <summary>Null when it did not land.</summary>
    public async Task<Outcome?> LandAsync(IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, CancellationToken cancellation, uint most = DeployCosts.UsualUnits)
    {
        var final = await transactions.ComposeAsync(instructions, signers, cancellation, most);
        progress.Final = final;
        var outcome = await pump.SendAsync(final, cancellation);
        if (outcome.Fate != Fate.Succeeded)
        {
            Error = outcome.Error;
            return null;
        }

        return outcome;
    }

    /// <summary>Takes back what a status claimed and the chain does not show.</summary>
    private void NotLanded()
    {
        progress.IsDenied = true;
        progress.Signature = null;
        progress.Slot = null;
        progress.HasChanged = false;
        progress.HoldsBuffer = true;
        progress.Refunded -= returned;
        returned = 0;
    }
}
