using Actions.Core.Gates;
using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Tests.Ledger;
using Actions.Core.Tests.Tools;
using static Actions.Core.Tests.Gates.Situation;

namespace Actions.Core.Tests.Gates;

public sealed class GateChecklistTests
{
    private static readonly string Other = Make.Hash('x');

    /// <summary>What is spoiled, and the one gate that refuses for it.</summary>
    public static TheoryData<string, string> Spoilt => new()
    {
        { "no variant", "Variant: Unmet" },
        { "the id of another environment", "Declared id: Unmet" },
        { "a higher version in the target", "Version order: Unmet" },
        { "the same version with other bytes in the target", "Version order: Unmet" },
        { "unknown bytes in the target", "Version order: Unknowable" },
        { "a release without version in the target", "Version order: Unknowable" },
        { "rolled back in the target by its bytes", "Rolled back: Unmet" },
        { "rolled back in the target by its version", "Rolled back: Unmet" },
        { "a short soak", "Soak: Unmet" },
        { "no block time", "Soak: Unknowable" },
        { "no cluster time", "Soak: Unknowable" },
        { "no smoke test", "Smoke test: Unmet" },
        { "a failed smoke test after a passed one", "Smoke test: Unmet" },
        { "a smoke test of another release", "Smoke test: Unmet" },
        { "no verification", "Verification: Unmet" },
        { "a verification of other bytes", "Verification: Unmet" },
        { "a negative verification", "Verification: Unmet" },
        { "a freeze", "Freeze: Unmet" },
        { "before the window", "Change window: Unmet" },
        { "after the window", "Change window: Unmet" },
        { "no phrase", "Phrase: Unmet" },
        { "another phrase", "Phrase: Unmet" },
        { "a red check", "Check: Unmet" },
        { "no check", "Check: Unmet" },
        { "a check of another app", "Check: Unmet" },
        { "one of two runs of a check is red", "Check: Unmet" },
        { "an old security run", "Security: Unmet" },
        { "a red security run", "Security: Unmet" },
        { "a security run without time", "Security: Unknowable" },
        { "one approval", "Approval: Unmet" },
        { "an approval by the actor", "Approval: Unmet" },
        { "an approval by who ran it again", "Approval: Unmet" },
        { "a rejection beside an approval", "Approval: Unmet" },
        { "one person for two", "Approval: Unmet" },
        { "no reviewers", "Protected environment: Unmet" },
        { "no branch policy", "Protected environment: Unmet" },
        { "bytes of the build", "Soak: Unmet, Smoke test: Unmet, Verification: Unmet" },
        { "no ledger", "Smoke test: Unknowable, Verification: Unknowable" },
        { "no GitHub", "Check: Unknowable, Security: Unknowable, Approval: Unknowable, Protected environment: Unknowable" },
    };

    [Fact]
    public void Nothing_refuses_when_all_is_well() => GateChecklist.Evaluate(Rules, Evidence).ShouldSatisfyAllConditions(
        list => Closed(Evidence).ShouldBeEmpty(),
        list => list.IsOpen.ShouldBeTrue(),
        list => list.NeedsOnlyTime.ShouldBeFalse(),
        list => list.Results.Select(result => result.Gate).Distinct().Count().ShouldBe(14));

    [Theory]
    [MemberData(nameof(Spoilt))]
    public void Each_gate_refuses_alone(string what, string gates)
    {
        var (evidence, rules) = Spoil(what);

        string.Join(", ", Closed(evidence, rules)).ShouldBe(gates, what);
        foreach (var result in GateChecklist.Evaluate(rules, evidence).Results.Where(result => !result.IsOpen))
        {
            var fault = result.ToFault()!;
            (fault.Expected.Length, fault.Found.Length, fault.Remedy.Length).ShouldSatisfyAllConditions(
                lengths => lengths.Item1.ShouldBeGreaterThan(10), lengths => lengths.Item2.ShouldBeGreaterThan(6), lengths => lengths.Item3.ShouldBeGreaterThan(10));
            ((int)fault.Code.Exit).ShouldBe(4);
            fault.Code.Name.ShouldBe(result.State == GateState.Unknowable ? "gate-unknowable" : result.Gate == "Variant" ? "variant-missing" : "gate-unmet");
        }
    }

    [Fact]
    public void All_gates_refuse_together()
    {
        var evidence = Evidence with
        {
            Now = Now.AddDays(1),
            Phrase = null,
            Source = new SourceEvidence("staging", Known(Now), Known(Now)),
            Programs = [Perps with { Bytes = SourceId.ToArray(), SourceRecords = [], Target = new ChainState(Other), TargetRecords = Records(Release("T1", RecordState.Succeeded, "2.0.0", Other), Release("T0", RecordState.Undone)) }],
            GitHub = Said with { Checks = Known<IReadOnlyList<CommitCheck>>([]), Approvals = Known<IReadOnlyList<RunApproval>>([]), Protection = Known(new EnvironmentProtection(false, false, true, false)) },
        };

        Closed(evidence).ShouldBe(
        [
            "Declared id: Unmet", "Version order: Unmet", "Rolled back: Unmet", "Soak: Unmet", "Smoke test: Unmet", "Verification: Unmet", "Freeze: Unmet", "Change window: Unmet",
            "Phrase: Unmet", "Check: Unmet", "Security: Unmet", "Approval: Unmet", "Approval: Unmet", "Protected environment: Unmet",
        ]);
    }

    [Theory]
    [InlineData("a higher version in the target", true, false)]
    [InlineData("unknown bytes in the target", true, false)]
    [InlineData("rolled back in the target by its bytes", false, true)]
    [InlineData("rolled back in the target by its version", false, true)]
    public void What_may_be_allowed_is_allowed(string what, bool downgrade, bool undone)
    {
        var (evidence, rules) = Spoil(what);

        Closed(evidence, rules with { AllowDowngrade = downgrade, AllowUndone = undone }).ShouldBeEmpty();
    }

    [Fact]
    public void The_same_version_with_other_bytes_is_never_allowed()
    {
        var (evidence, rules) = Spoil("the same version with other bytes in the target");

        Closed(evidence, rules with { AllowDowngrade = true, AllowUndone = true }).ShouldBe(["Version order: Unmet"]);
    }

    [Fact]
    public void What_runs_in_the_target_already_needs_no_order() =>
        Closed(With(program => program with { Target = new ChainState(Artifact.ExecutableHash), TargetRecords = Records(Release("T1", RecordState.Succeeded, "9.0.0"), Release("T0", RecordState.Undone)) })).ShouldBeEmpty();

    [Theory]
    [InlineData("1.1.9")]
    [InlineData("1.2.0-rc.1")]
    [InlineData("v1.0.0")]
    public void A_lower_version_in_the_target_is_replaced(string version) =>
        Closed(With(program => program with { Target = new ChainState(Other), TargetRecords = Records(Release("T1", RecordState.Succeeded, version, Other)) })).ShouldBeEmpty();

    [Fact]
    public void An_id_that_is_nowhere_in_the_binary_is_a_warning()
    {
        var results = GateChecklist.Evaluate(Rules, With(program => program with { Bytes = Some.Bytes(3, 500) })).Results;

        var warned = results.Where(result => result.State == GateState.Warned).ShouldHaveSingleItem();
        warned.Gate.ShouldBe("Declared id");
        warned.ToFault()!.ShouldSatisfyAllConditions(fault => fault.Code.Name.ShouldBe("declared-id-mismatch"), fault => fault.Severity.ShouldBe(Actions.Core.Faults.Severity.Warning));
    }

    [Fact]
    public void The_id_of_another_environment_may_stand_beside_the_right_one() =>
        Closed(With(program => program with { Bytes = (byte[])[.. TargetId.ToArray(), .. SourceId.ToArray()] })).ShouldBeEmpty();

    [Fact]
    public void Administrators_and_self_review_are_warnings()
    {
        var results = GateChecklist.Evaluate(Rules, Evidence with { GitHub = Said with { Protection = Known(new EnvironmentProtection(true, true, true, false)) } });

        results.IsOpen.ShouldBeTrue();
        results.Results.Count(result => result.State == GateState.Warned).ShouldBe(2);
    }

    [Fact]
    public void A_check_from_before_a_rollback_is_about_another_time()
    {
        // R1 was tested, R2 replaced it, a rollback brought R1 back ten hours ago.
        var rollback = Release("B1", RecordState.Succeeded, kind: RecordKind.Rollback) with { Restores = "R1", At = Now.AddHours(-10), StartedAt = Now.AddHours(-10) };
        LedgerEvent[] events = [Release("R1", RecordState.Succeeded), Check("C1", CheckKind.Smoke), Check("C2", CheckKind.Verify), Release("R2", RecordState.Undone, "1.3.0", Other), rollback];

        Closed(With(program => program with { SourceRecords = Records(events) })).ShouldBe(["Smoke test: Unmet", "Verification: Unmet"]);
        Closed(With(program => program with { SourceRecords = Records([.. events, Check("C3", CheckKind.Smoke, hoursAgo: 9), Check("C4", CheckKind.Verify, hoursAgo: 9)]) })).ShouldBeEmpty();
    }

    [Fact]
    public void One_smoke_test_speaks_for_all_programs_of_a_release_and_each_is_verified_itself()
    {
        var second = Perps with
        {
            Name = "registry",
            SourceRecords = Records(Release("R2", RecordState.Succeeded) with { ProgramId = TargetId }, Check("C9", CheckKind.Verify, refersTo: "R2") with { ProgramId = TargetId }),
        };

        Closed(Evidence with { Programs = [Perps, second] }).ShouldBeEmpty();
        Closed(Evidence with { Programs = [Perps, second with { SourceRecords = [second.SourceRecords[0]] }] }).ShouldBe(["Verification: Unmet"]);
        Closed(Evidence with { Programs = [Perps, second with { SourceRecords = [second.SourceRecords[1], second.SourceRecords[0] with { Facts = second.SourceRecords[0].Facts with { ReleaseId = "ANOTHER" } }] }] })
            .ShouldBe(["Smoke test: Unmet"]);
    }

    [Fact]
    public void A_build_may_go_to_the_first_environment_and_to_one_whose_gates_ask_nothing_of_the_source()
    {
        Closed(Evidence with { Source = null, HasPredecessor = false }).ShouldBeEmpty();
        Closed(Evidence with { Source = null }, Rules with { MinSoak = TimeSpan.Zero, RequireSmoke = false, RequireVerified = false }).ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_look_at_the_chain_the_ledger_alone_decides_the_order()
    {
        Closed(With(program => program with { Target = null })).ShouldBeEmpty();
        Closed(With(program => program with { Target = null, TargetRecords = Records(Release("T1", RecordState.Succeeded, "9.0.0", Other)) })).ShouldBe(["Version order: Unmet"]);
        Closed(With(program => program with { Target = null, TargetRecords = Records(Release("T1", RecordState.Succeeded, "1.2.0")) })).ShouldBeEmpty();
    }

    private static (GateEvidence Evidence, GateRules Rules) Spoil(string what)
    {
        GateEvidence Target(string onChain, params LedgerEvent[] events) => With(program => program with { Target = new ChainState(onChain), TargetRecords = Records(events) });
        GateEvidence Source(params LedgerEvent[] events) => With(program => program with { SourceRecords = Records([Release("R1", RecordState.Succeeded), .. events]) });
        GateEvidence Checks(params CommitCheck[] checks) => Evidence with { GitHub = Said with { Checks = Known<IReadOnlyList<CommitCheck>>(checks) } };
        GateEvidence Approvals(params RunApproval[] approvals) => Evidence with { GitHub = Said with { Approvals = Known<IReadOnlyList<RunApproval>>(approvals) } };
        GateEvidence Protection(bool reviewers, bool policy) => Evidence with { GitHub = Said with { Protection = Known(new EnvironmentProtection(reviewers, policy, false, true)) } };
        var (smoke, verify) = (Check("C1", CheckKind.Smoke), Check("C2", CheckKind.Verify));
        CommitCheck ci = new("ci", "github-actions", true, Now), security = new("security", null, true, Now);
        var unknown = new Knowable<DateTimeOffset>.Unknown("that the cluster has forgotten it", "deploy again");
        return what switch
        {
            "no variant" => (With(program => program with { Artifact = null }), Rules),
            "the id of another environment" => (With(program => program with { Bytes = (byte[])[1, 2, .. SourceId.ToArray(), 3] }), Rules),
            "a higher version in the target" => (Target(Other, Release("T1", RecordState.Succeeded, "1.2.1", Other)), Rules),
            "the same version with other bytes in the target" => (Target(Other, Release("T1", RecordState.Succeeded, "v1.2.0+x", Other)), Rules),
            "unknown bytes in the target" => (Target(Other), Rules),
            "a release without version in the target" => (Target(Other, Release("T1", RecordState.Succeeded, null, Other)), Rules),
            "rolled back in the target by its bytes" => (Target(Other, Release("T0", RecordState.Undone, "0.9.0"), Release("T1", RecordState.Succeeded, "1.0.0", Other)), Rules),
            "rolled back in the target by its version" => (Target(Other, Release("T0", RecordState.Undone, "1.2.0", Make.Hash('y')), Release("T1", RecordState.Succeeded, "1.0.0", Other)), Rules),
            "a short soak" => (Evidence with { Source = Evidence.Source! with { LiveSince = Known(Now.AddHours(-24).AddSeconds(1)) } }, Rules),
            "no block time" => (Evidence with { Source = Evidence.Source! with { LiveSince = unknown } }, Rules),
            "no cluster time" => (Evidence with { Source = Evidence.Source! with { ClusterTime = unknown } }, Rules),
            "no smoke test" => (Source(verify), Rules),
            "a failed smoke test after a passed one" => (Source(verify, smoke, Check("C3", CheckKind.Smoke, RecordState.Failed, 19)), Rules),
            "a smoke test of another release" => (Source(verify, Check("C3", CheckKind.Smoke, refersTo: "R0")), Rules),
            "no verification" => (Source(smoke), Rules),
            "a verification of other bytes" => (Source(smoke, verify with { ExecutableHash = Other }), Rules),
            "a negative verification" => (Source(smoke, verify, Check("C3", CheckKind.Verify, RecordState.Failed, 1)), Rules),
            "a freeze" => (Evidence, Rules with { Freeze = [FreezeWindow.Parse("Fri 12:00-Fri 13:00 UTC").Value] }),
            "before the window" => (Evidence, Rules with { Window = new ChangeWindow(Now.AddSeconds(1), Now.AddHours(1)) }),
            "after the window" => (Evidence, Rules with { Window = new ChangeWindow(Now.AddHours(-1), Now) }),
            "no phrase" => (Evidence with { Phrase = null }, Rules),
            "another phrase" => (Evidence with { Phrase = "ship it" }, Rules),
            "a red check" => (Checks(ci with { IsSuccess = false }, security), Rules),
            "no check" => (Checks(security), Rules),
            "a check of another app" => (Checks(ci with { App = "evil" }, security), Rules),
            "one of two runs of a check is red" => (Checks(ci, ci with { IsSuccess = false }, security), Rules),
            "an old security run" => (Checks(ci, security with { CompletedAt = Now.AddHours(-24).AddSeconds(-1) }), Rules),
            "a red security run" => (Checks(ci, security with { CompletedAt = Now.AddHours(-1) }, security with { IsSuccess = false }), Rules),
            "a security run without time" => (Checks(ci, security with { CompletedAt = null }), Rules),
            "one approval" => (Approvals(new RunApproval("sre", true, "bob", 2)), Rules),
            "an approval by the actor" => (Approvals(new("compliance", true, "Eve", 1), new("sre", true, "bob", 2)), Rules),
            "an approval by who ran it again" => (Approvals(new("compliance", true, "mallory", 1), new("sre", true, "bob", 2)), Rules),
            "a rejection beside an approval" => (Approvals(new("compliance", true, "ada", 1), new("compliance", false, "carl", 3), new("sre", true, "bob", 2)), Rules),
            "one person for two" => (Approvals(new("compliance", true, "ada", 1), new("sre", true, "ada", 1)), Rules),
            "no reviewers" => (Protection(false, true), Rules),
            "no branch policy" => (Protection(true, false), Rules),
            "bytes of the build" => (Evidence with { Source = null }, Rules),
            "no ledger" => (Evidence with { HasLedger = false }, Rules),
            "no GitHub" => (Evidence with { GitHub = GitHubEvidence.None }, Rules),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
    }
}
