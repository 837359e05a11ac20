using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Rpc;

namespace Actions.Cli.Rollback;

/// <summary>Whether the chain itself knows that a release ran here: what a record says alone, somebody may have written.</summary>
/// <param name="rpc">Of the cluster that the records are about.</param>
internal sealed class TargetEvidence(RpcClient rpc)
{
    private const int MostSignatures = 1_000;

    /// <summary>Null when it does; a warning where nobody can tell any more.</summary>
    /// <param name="chain">What runs now: nothing that ran before it can be newer.</param>
    public async Task<Fault?> JudgeAsync(string name, LedgerRecord release, ChainState chain, CancellationToken cancellation)
    {
        if (release.Facts.Adopted == true)
        {
            return null; // nobody saw how these bytes came there
        }

        var judged = await new ReleaseEvidence(rpc, Commitment.Confirmed).JudgeAsync(name, release, cancellation);
        return judged is { Severity: Severity.Error } || (judged is null && release.Facts.Signature is not null) ? judged
            : release.Facts.Slot is not { } slot ? Tampered(name, release, "neither a transaction nor a slot in it")
            : slot > chain.Slot ? Tampered(name, release, $"that the program was changed last in slot {chain.Slot}")
            : await JudgeByHistoryAsync(name, release, slot, cancellation);
    }

    /// <summary>A record that another run settled names a slot alone; and what never was is not found by its signature.</summary>
    private async Task<Fault?> JudgeByHistoryAsync(string name, LedgerRecord release, ulong slot, CancellationToken cancellation)
    {
        IReadOnlyList<SignatureInfo> history;
        try
        {
            history = await rpc.GetSignaturesAsync(LoaderProgram.ProgramDataAddress(release.ProgramId), MostSignatures, Commitment.Confirmed, cancellation);
        }
        catch (RpcRefusedException)
        {
            return Unknown(name, release);
        }

        return history.Any(entry => entry.Error is null && entry.Slot == slot && entry.Signature == (release.Facts.Signature ?? entry.Signature)) ? null
            // Only where the endpoint knows what came before and after is it no gap in what it knows.
            : history.Any(entry => entry.Slot <= slot) && history.Any(entry => entry.Slot > slot) ? Tampered(name, release, "no such transaction in the program's history")
            : Unknown(name, release);
    }

    private static Fault Unknown(string name, LedgerRecord release) => new Fault(
        FaultCodes.GateUnknowable, Expected(name, release), "found that the endpoint's history does not reach so far back", "nothing, when it is old; an endpoint with more history would tell", "rpc-url").AsWarning();

    private static Fault Tampered(string name, LedgerRecord release, string found) => new(
        FaultCodes.Tampered, Expected(name, release), $"found {found}", "find out who wrote the record, then restore the ledger from a copy you trust; roll back to nothing of it meanwhile");

    private static string Expected(string name, LedgerRecord release) =>
        $"Expected the chain to know that record {release.Id} ({release.Version() ?? "without a version"}) of {name} was deployed{(release.Facts.Slot is { } slot ? $" in slot {slot}" : "")}";
}
