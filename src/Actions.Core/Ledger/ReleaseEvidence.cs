using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Rpc;

namespace Actions.Core.Ledger;

/// <summary>A release counts when the transaction it names deployed its program: whoever can write a record cannot write that.</summary>
/// <param name="rpc">Of the cluster that the record is about.</param>
public sealed class ReleaseEvidence(RpcClient rpc, Commitment commitment)
{
    /// <summary>Null when there is nothing to say; a warning where history is pruned. A record without a signature stands by its hash alone.</summary>
    /// <param name="name">The program, for a person.</param>
    public async Task<Fault?> JudgeAsync(string name, LedgerRecord record, CancellationToken cancellation)
    {
        if (record.Facts.Signature is not { } signature)
        {
            return null;
        }

        try
        {
            return Judge(name, record, await rpc.GetDeployAsync(signature, commitment, cancellation));
        }
        catch (RpcRefusedException refused)
        {
            return Pruned(name, record, $"that the endpoint does not say: {refused.Message}");
        }
    }

    internal static Fault? Judge(string name, LedgerRecord record, DeployTransaction? transaction) => transaction switch
    {
        null => Pruned(name, record, "that the endpoint no longer has it"),
        { Error: { } error } => Tampered(name, record, $"that it failed: {error}"),
        { Slot: var slot } when record.Facts.Slot is { } recorded && recorded != slot => Tampered(name, record, $"it in slot {slot}, not {recorded}"),
        { Deployed: var deployed } when !deployed.Contains(LoaderProgram.ProgramDataAddress(record.ProgramId)) => Tampered(name, record, "a transaction that does not deploy it"),
        _ => null,
    };

    private static Fault Pruned(string name, LedgerRecord record, string found) => new Fault(
        FaultCodes.GateUnknowable, Expected(name, record), $"found {found}", "nothing, when it is old: the bytes on chain were compared all the same", "rpc-url").AsWarning();

    private static Fault Tampered(string name, LedgerRecord record, string found) => new(
        FaultCodes.Tampered, Expected(name, record), $"found {found}", "find out who wrote the record, then restore the ledger from a copy you trust; release nothing of it meanwhile");

    private static string Expected(string name, LedgerRecord record) => $"Expected the transaction {record.Facts.Signature} of record {record.Id} to have deployed {name}";
}
