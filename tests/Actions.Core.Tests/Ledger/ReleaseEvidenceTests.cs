using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Ledger;

public sealed class ReleaseEvidenceTests
{
    private static readonly LedgerRecord Record = Make.Records(Make.Event("A", RecordState.Succeeded) with { Signature = Make.SignatureOf(3), Slot = 7 }).Single();

    private static readonly Address Ours = LoaderProgram.ProgramDataAddress(Make.Program);

    [Fact]
    public void A_transaction_that_deployed_the_program_is_evidence() => Judge(new DeployTransaction(7, null, Set(Ours))).ShouldBeNull();

    [Fact]
    public void So_is_one_that_deployed_others_too() => Judge(new DeployTransaction(7, null, Set(Make.AddressOf(1), Ours))).ShouldBeNull();

    [Fact]
    public void One_that_did_something_else_failed_or_was_in_another_slot_is_tampering()
    {
        DeployTransaction[] lies =
        [
            new(7, null, Set()), new(7, null, Set(Make.AddressOf(1))), new(7, null, Set(Make.Program)), new(7, "{\"InstructionError\":[0,\"x\"]}", Set(Ours)), new(8, null, Set(Ours)),
        ];

        lies.Select(Judge).ShouldAllBe(fault => fault!.Code == FaultCodes.Tampered && fault.Severity == Severity.Error);
    }

    [Fact]
    public void One_that_the_endpoint_no_longer_has_is_a_warning() => Judge(null)!.Severity.ShouldBe(Severity.Warning);

    private static Fault? Judge(DeployTransaction? transaction) => ReleaseEvidence.Judge("perps", Record, transaction);

    private static HashSet<Address> Set(params Address[] addresses) => [.. addresses];
}
