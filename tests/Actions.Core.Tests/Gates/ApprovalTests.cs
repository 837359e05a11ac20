using Actions.Core.Gates;
using Actions.Core.Releases;
using FsCheck;
using FsCheck.Fluent;
using static Actions.Core.Tests.Gates.Situation;

namespace Actions.Core.Tests.Gates;

public sealed class ApprovalTests
{
    private static readonly string[] Roles = ["a", "b", "c", "d"];

    /// <summary>Ada could do either, Bob only the first: Ada must be the second.</summary>
    [Fact]
    public void People_are_placed_so_that_it_works_out() =>
        Judge(["a", "b"], [("a", 1), ("b", 1), ("a", 2)]).ShouldBeTrue();

    [Fact]
    public void Without_distinct_one_person_is_enough() =>
        Closed(Evidence with { GitHub = Said with { Approvals = Known<IReadOnlyList<RunApproval>>([new("compliance", true, "ada", 1), new("sre", true, "ada", 1)]) } },
            Rules with { Approvals = Rules.Approvals! with { IsDistinct = false } }).ShouldBeEmpty();

    [Fact]
    public void Before_anybody_was_asked_approvals_are_a_warning()
    {
        var unasked = Evidence with { GitHub = GitHubEvidence.None with { Checks = Said.Checks, Protection = Said.Protection } };

        Closed(unasked, Rules).ShouldNotBeEmpty();
        Closed(unasked, Rules with { ApprovalsComeLater = true }).ShouldBeEmpty();
        GateChecklist.Evaluate(Rules with { ApprovalsComeLater = true }, unasked).Results.Where(result => result.State == GateState.Warned).Select(result => result.Expected)
            .ShouldBe(["compliance to be approved in this run", "sre to be approved in this run"]);
    }

    [Fact]
    public void Where_the_file_says_so_the_actor_may_approve() =>
        Closed(Evidence with { GitHub = Said with { Approvals = Known<IReadOnlyList<RunApproval>>([new("compliance", true, "eve", 1), new("sre", true, "ada", 2)]) } },
            Rules with { Approvals = Rules.Approvals! with { IsNotByActor = false } }).ShouldBeEmpty();

    [Fact]
    public void A_quorum_is_there_exactly_when_some_way_to_place_people_exists() => Prop.ForAll(
        Arb.From(Gen.Choose(0, 3).Zip(Gen.Choose(1, 4)).Select(pair => (Role: Roles[pair.Item1], Person: (long)pair.Item2)).ListOf()), Arb.From(Gen.Choose(1, 4)), (approvals, count) =>
        {
            var roles = Roles[..count];
            return Judge(roles, [.. approvals]) == CanPlace(roles, [.. approvals], []);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    /// <summary>Tries them all.</summary>
    private static bool CanPlace(IReadOnlyList<string> roles, IReadOnlyList<(string Role, long Person)> approvals, IReadOnlyList<long> used) =>
        used.Count == roles.Count
        || approvals.Any(approval => approval.Role == roles[used.Count] && !used.Contains(approval.Person) && CanPlace(roles, approvals, [.. used, approval.Person]));

    private static bool Judge(string[] roles, IReadOnlyList<(string Role, long Person)> approvals) =>
        Closed(
            Evidence with { GitHub = Said with { Approvals = Known<IReadOnlyList<RunApproval>>([.. approvals.Select(approval => new RunApproval(approval.Role, true, $"p{approval.Person}", approval.Person))]) } },
            Rules with { Approvals = new ApprovalGate(roles, true, true) }).Length == 0;
}
