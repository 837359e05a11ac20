using Actions.Core.Faults;
using Actions.Core.Reports;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Reports;

public sealed class VerdictTests
{
    private static readonly FaultCode[] InOrder =
    [
        FaultCodes.Bug, FaultCodes.Cancelled, FaultCodes.InputInvalid, FaultCodes.Balance, FaultCodes.SecretDenied, FaultCodes.RpcUnreachable,
        FaultCodes.HashMismatch,
    ];

    [Fact]
    public void Nothing_wrong_is_zero() => Verdict.Of([]).ShouldBe(ExitCode.Done);

    [Fact]
    public void Warnings_decide_nothing() => Verdict.Of([Make(FaultCodes.Balance).AsWarning()]).ShouldBe(ExitCode.Done);

    [Fact]
    public void Of_several_the_first_of_2_3_6_5_4_decides() =>
        Prop.ForAll(Gen.NonEmptyListOf(Gen.Elements(InOrder)).ToArbitrary(), codes =>
            Verdict.Of(codes.Select(Make)) == InOrder.First(codes.Contains).Exit).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_is_the_contracts() =>
        InOrder.Select(code => (int)code.Exit).ShouldBe([70, 130, 2, 3, 6, 5, 4]);

    private static Fault Make(FaultCode code) => new(code, "a", "b", "c");
}
