using System.Text;
using System.Xml.Linq;
using Actions.Core.Rpc;
using Actions.Core.Runner;
using Actions.Core.Smoke;
using Actions.Core.Solana;
using Actions.Core.Tests.Runner;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Smoke;

public sealed class SmokeVerdictTests
{
    private static readonly SmokeKind Http = new SmokeKind.Http(SmokeUrl.Parse("https://a.example", false, false, new Masker()).Value);
    private static readonly SmokeKind Rpc = new SmokeKind.Rpc("getSlot", "[]"u8.ToArray(), []);

    [Fact]
    public void One_round_says_what_was_wrong()
    {
        var verdict = Judge(new SmokeLimits(null, null), Http, Failed(5, "status 200", "503"));

        verdict.Result.ShouldBe(SmokeResult.Failed);
        verdict.Why.ShouldBe("expected status 200, found 503");
        verdict.Attempts.ShouldBe(2);
    }

    [Theory]
    [InlineData(0, 100, null, SmokeResult.Passed)]
    [InlineData(1, 99, null, SmokeResult.Failed)]
    [InlineData(1, 99, 0.99, SmokeResult.Passed)]
    [InlineData(2, 98, 0.99, SmokeResult.Failed)]
    [InlineData(1, 999, 0.999, SmokeResult.Passed)]
    [InlineData(1, 0, 0.5, SmokeResult.Failed)]
    [InlineData(0, 0, 0.5, SmokeResult.Skipped)]
    public void Every_round_must_pass_or_the_share_that_the_limit_names(int failed, int passed, double? limit, SmokeResult result)
    {
        var rounds = Enumerable.Repeat<CheckRound>(Failed(1, "a", "b"), failed).Concat(Enumerable.Repeat<CheckRound>(Passed(1), passed));

        var verdict = Judge(new SmokeLimits(limit, null), Rpc, [new CheckRound.Skipped("stage"), .. rounds]);

        verdict.Result.ShouldBe(result);
        verdict.Rounds.ShouldBe(failed + passed);
        (failed + passed == 0 ? verdict.Why : "stage").ShouldBe("stage");
    }

    [Theory]
    [InlineData(96, 4, SmokeResult.Passed)]
    [InlineData(94, 6, SmokeResult.Failed)]
    public void Ninety_five_of_a_hundred_answers_must_be_fast_enough(int fast, int slow, SmokeResult result)
    {
        CheckRound[] rounds = [.. Enumerable.Repeat(Passed(10), fast), .. Enumerable.Repeat(Passed(900), slow)];
        var limits = new SmokeLimits(null, TimeSpan.FromMilliseconds(500));

        Judge(limits, Http, rounds).Result.ShouldBe(result);
        Judge(limits, Rpc, rounds).Result.ShouldBe(SmokeResult.Passed, "the limit is about http");
        (Judge(limits, Http, rounds).Why ?? "found 900 ms").ShouldContain("found 900 ms");
    }

    [Fact]
    public void Nothing_passed_is_no_verdict_to_be_glad_of()
    {
        Verdict(new SmokeLimits(null, null), Http, [new CheckRound.Skipped("stage")]).IsPositive.ShouldBeFalse();
        Verdict(new SmokeLimits(null, null), Http, []).IsPositive.ShouldBeFalse();
        Verdict(new SmokeLimits(null, null), Http, [Passed(1)]).IsPositive.ShouldBeTrue();
    }

    [Fact]
    public void Junit_holds_every_check_whatever_its_name()
    {
        var verdict = Verdict(new SmokeLimits(null, null), Http, [Failed(12, "<a & \"b\">", "\u0001\ud800\uffff::error::")], "x<&\uffff");

        var xml = Encoding.UTF8.GetString(JunitReport.Write(verdict, "smoke-test beta", text => PlainText.Clean(text)));

        var suite = XDocument.Parse(xml).Root!.Element("testsuite")!;
        (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("skipped")!.Value).ShouldBe(("1", "1", "0"));
        suite.Element("testcase")!.Attribute("name")!.Value.ShouldBe("x<&");
        suite.Element("testcase")!.Attribute("time")!.Value.ShouldBe("0.012");
        suite.Element("testcase")!.Element("failure")!.Attribute("message")!.Value.ShouldStartWith("expected <a & \"b\">, found ");
        JunitResult.Read(Encoding.UTF8.GetBytes(xml))!.Failures.ShouldHaveSingleItem();
    }

    /// <summary>What is expected, the simulation's error, its logs, whether it is good.</summary>
    [Theory]
    [InlineData("", null, "", true)]
    [InlineData("", "\"AccountNotFound\"", "", false)]
    [InlineData("expect: success", null, "", true)]
    [InlineData("expect: error", null, "", false)]
    [InlineData("expect: error", "\"AccountNotFound\"", "", true)]
    [InlineData("expect: error, error: AccountNotFound", "\"AccountNotFound\"", "", true)]
    [InlineData("expect: error, error: AccountNotFound", "\"BlockhashNotFound\"", "", false)]
    [InlineData("expect: error, error: 6001", """{"InstructionError":[0,{"Custom":6001}]}""", "", true)]
    [InlineData("expect: error, error: 6001", """{"InstructionError":[0,{"Custom":6002}]}""", "", false)]
    [InlineData("expect: error, error: 0", """{"InstructionError":[0,{"Custom":6002}]}""", "", false)]
    [InlineData("expect: error, error: Custom", """{"InstructionError":[0,{"Custom":6002}]}""", "", true)]
    [InlineData("expect: error, error: MissingRequiredSignature", """{"InstructionError":[0,"MissingRequiredSignature"]}""", "", true)]
    [InlineData("expect: error, error: { matches: 'Custom.:60' }", """{"InstructionError":[0,{"Custom":6002}]}""", "", true)]
    [InlineData("logs: replayed", null, "a\nProgram log: replayed", true)]
    [InlineData("logs: [a, replayed]", null, "a\nProgram log: replayed", true)]
    [InlineData("logs: [a, b]", null, "a", false)]
    [InlineData("logs: { matches: '^Program log: re' }", null, "a\nProgram log: replayed", true)]
    [InlineData("logs: { not: { matches: panicked } }", null, "a\nProgram log: panicked", false)]
    [InlineData("logs: { any: { matches: panicked } }", null, "a\nProgram log: panicked", true)]
    [InlineData("logs: { every: { matches: panicked } }", null, "a\nProgram log: panicked", false)]
    public void A_simulation_is_judged(string expected, string? error, string logs, bool good)
    {
        using var world = new World();
        var message = Message.Compile(Some.Address(3), [SystemProgram.Transfer(Some.Address(3), Some.Address(4), 1)], default);
        var kind = (SmokeKind.Transaction)Spec.One(world, $"{{ name: t, transaction: {{ message: '{Convert.ToBase64String(message.Serialize())}'{(expected.Length > 0 ? $", {expected}" : "")} }} }}").Kind;
        var check = new AssertionCheck(TimeProvider.System, new Dictionary<string, SmokeValue>());

        TransactionVerdict.Judge(kind, new Simulation(error, logs.Split('\n'), 0), check);

        (check.Complaints.Count == 0).ShouldBe(good, string.Join("; ", check.Complaints));
    }

    private static CheckRound.Passed Passed(int milliseconds) => new(TimeSpan.FromMilliseconds(milliseconds), 1);

    private static CheckRound.Failed Failed(int milliseconds, string expected, string found) => new(TimeSpan.FromMilliseconds(milliseconds), 2, [new Complaint(expected, found)]);

    private static CheckVerdict Judge(SmokeLimits limits, SmokeKind kind, params CheckRound[] rounds) => Verdict(limits, kind, rounds).Checks[0];

    private static SmokeVerdict Verdict(SmokeLimits limits, SmokeKind kind, CheckRound[] rounds, string name = "a") =>
        SmokeVerdict.Of(new SmokeSpec("smoke.yml", "", limits, [new SmokeCheck(name, 1, kind)]), new Dictionary<string, IReadOnlyList<CheckRound>> { [name] = rounds });
}
