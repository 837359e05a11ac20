using Actions.Cli.Doctor;
using Actions.Core.Faults;

namespace Actions.Cli.Tests.Doctor;

public sealed class DoctorReportTests
{
    private static readonly Fault Error = new(FaultCodes.Balance, "Expected 2 SOL", "found 1 SOL", "send it SOL", "payer");
    private static readonly Fault Warning = new Fault(FaultCodes.FindingsOpen, "Expected a young key", "found an old | one", "make a new one").AsWarning();

    private static readonly CheckResult[] Results =
    [
        new("Store", CheckState.Ok, "github", []),
        CheckResult.NotChecked("Ledger", "nobody asked"),
        new("Key payer", CheckState.Warning, "", [Warning]),
        new("Payer balance", CheckState.Failed, "1 SOL", [Warning, Error]),
    ];

    [Fact]
    public void What_has_to_be_done_comes_first_one_line_for_each_thing()
    {
        var lines = new DoctorReport("production", false, Results).Summary().ToString().Split('\n').Where(line => line.StartsWith('|')).Skip(2).ToList();

        lines.ShouldBe(
        [
            "| Payer balance | **failed** | 1 SOL; expected 2 SOL | send it SOL | `balance` |",
            "|  | **warning** | an old \\| one; expected a young key | make a new one | `findings-open` |",
            "| Key payer | **warning** | an old \\| one; expected a young key | make a new one | `findings-open` |",
            "| Ledger | **not checked** | nobody asked |  |  |",
            "| Store | ok | github |  |  |",
        ]);
    }

    [Fact]
    public void Counts_are_of_checks_and_not_of_faults()
    {
        var outputs = new DoctorReport("production", false, Results).Outputs();

        (outputs["passed"], outputs["failed"], outputs["warnings"], outputs["skipped"]).ShouldBe(("1", "1", "1", "1"));
        outputs["results"].ShouldBe("""{"Store":{"verdict":"ok","found":"github","faults":""},"Ledger":{"verdict":"not checked","found":"nobody asked","faults":""},"Key payer":{"verdict":"warning","found":"","faults":"findings-open"},"Payer balance":{"verdict":"failed","found":"1 SOL","faults":"findings-open balance"}}""");
    }

    [Theory]
    [InlineData(4, "production is not ready for a release.")]
    [InlineData(3, "production is ready for a release, with warnings.")]
    [InlineData(1, "production is ready for a release.")]
    public void The_first_sentence_says_it_all(int checks, string sentence) =>
        new DoctorReport("production", false, [.. Results.Take(checks)]).Summary().ToString().ShouldStartWith($"**{sentence}**");
}
