using Actions.Core.Faults;
using Actions.Core.Releases;

namespace Actions.Core.Gates;

/// <summary>Gates that what GitHub says decides: checks of the commit, approvals of the run, protection of the environment. Pure.</summary>
public static class GitHubGates
{
    /// <summary>The app whose check runs need no name before theirs.</summary>
    private const string ActionsApp = "github-actions";

    public static GateResult Check(string name, Knowable<IReadOnlyList<CommitCheck>> known)
    {
        const string Gate = "Check";
        var expected = $"{name} to be green on the release's commit";
        if (known is Knowable<IReadOnlyList<CommitCheck>>.Unknown unknown)
        {
            return GateResult.Unknowable(Gate, expected, unknown.Why, unknown.Remedy);
        }

        var found = Find(name, known);
        return found.Count == 0 ? GateResult.Unmet(Gate, expected, "no check run or status of this name", "let it run on this commit, or correct its name (<app>:<name> for other apps than GitHub Actions)")
            : found.All(check => check.IsSuccess) ? GateResult.Met(Gate, expected, "it")
            : GateResult.Unmet(Gate, expected, "one that is not a success", "mend what it found, or run it again");
    }

    public static GateResult Security(SecurityGate rule, Knowable<IReadOnlyList<CommitCheck>> known, DateTimeOffset now)
    {
        const string Gate = "Security";
        var expected = $"{rule.Check} to be green on the release's commit{(rule.MaxAge is { } most ? $", at most {TimeGates.Show(most)} ago" : "")}";
        if (known is Knowable<IReadOnlyList<CommitCheck>>.Unknown unknown)
        {
            return GateResult.Unknowable(Gate, expected, unknown.Why, unknown.Remedy);
        }

        var newest = Find(rule.Check, known).MaxBy(check => check.CompletedAt ?? DateTimeOffset.MaxValue);
        return newest switch
        {
            null => GateResult.Unmet(Gate, expected, "no check run or status of this name", "let it run on this commit, or correct its name"),
            { IsSuccess: false } => GateResult.Unmet(Gate, expected, "one that is not a success", "mend what it found, or run it again"),
            { CompletedAt: null } when rule.MaxAge is not null => GateResult.Unknowable(Gate, expected, "one that does not say when it ended", "use a check run, which says so"),
            { CompletedAt: { } at } when rule.MaxAge is { } age && now - at > age => GateResult.Unmet(Gate, expected, $"one from {TimeGates.Show(at)}", "run it again on this commit"),
            _ => GateResult.Met(Gate, expected, newest.CompletedAt is { } at ? $"one from {TimeGates.Show(at)}" : "it"),
        };
    }

    public static IEnumerable<GateResult> Approvals(ApprovalGate rule, Knowable<IReadOnlyList<RunApproval>> known, IReadOnlyList<string> actors)
    {
        const string Gate = "Approval";
        var all = string.Join(", ", rule.Environments);
        if (known is Knowable<IReadOnlyList<RunApproval>>.Unknown unknown)
        {
            return [GateResult.Unknowable(Gate, $"an approval of {all}", unknown.Why, unknown.Remedy)];
        }

        var entries = ((Knowable<IReadOnlyList<RunApproval>>.Known)known).Value;
        var people = rule.Environments.Select(environment => Approvers(environment, entries, rule.IsNotByActor ? actors : [])).ToList();
        GateResult[] single = [.. rule.Environments.Select((environment, i) => Approval(environment, people[i], entries, rule.IsNotByActor))];
        return rule.IsDistinct && single.All(result => result.IsOpen) && !CanBeDistinct(people)
            ? [.. single, GateResult.Unmet(Gate, $"another person for each of {all}", "fewer people than environments", "let somebody else approve one of them")]
            : single;
    }

    /// <summary>A plan is made before anybody is asked; the page says who will be.</summary>
    public static IEnumerable<GateResult> ApprovalsLater(ApprovalGate rule) =>
        rule.Environments.Select(environment => GateResult.Warned("Approval", $"{environment} to be approved in this run", "that nobody was asked yet", "approve it once this plan is read", FaultCodes.GateUnmet));

    public static IEnumerable<GateResult> Protection(string environment, Knowable<EnvironmentProtection> known)
    {
        const string Gate = "Protected environment";
        var expected = $"{environment} to have required reviewers and a deployment branch policy";
        if (known is Knowable<EnvironmentProtection>.Unknown unknown)
        {
            yield return GateResult.Unknowable(Gate, expected, unknown.Why, unknown.Remedy, "require-protected-environment");
            yield break;
        }

        var found = ((Knowable<EnvironmentProtection>.Known)known).Value;
        string[] missing = [.. found.HasReviewers ? (string[])[] : ["no required reviewers"], .. found.HasBranchPolicy ? (string[])[] : ["no deployment branch policy"]];
        yield return missing.Length == 0
            ? GateResult.Met(Gate, expected, "both")
            : GateResult.Unmet(Gate, expected, string.Join(" and ", missing), "set them in the repository's settings, under Environments", "require-protected-environment");
        if (found.AdminsCanBypass)
        {
            yield return GateResult.Warned(Gate, "nobody to pass its rules by", "that administrators can", "switch that off in its settings", FaultCodes.GateUnmet);
        }

        if (!found.PreventsSelfReview)
        {
            yield return GateResult.Warned(Gate, "a second pair of eyes", "that whoever starts a run can approve it", "switch on 'Prevent self-review' in its settings", FaultCodes.GateUnmet);
        }
    }

    /// <summary>`name` of GitHub Actions, `app:name` of another app, or the context of a status, which may hold a colon itself.</summary>
    private static List<CommitCheck> Find(string name, Knowable<IReadOnlyList<CommitCheck>> known) =>
        [.. ((Knowable<IReadOnlyList<CommitCheck>>.Known)known).Value.Where(check =>
            check.Name == name && check.App is null or ActionsApp || (check.App is { } app && $"{app}:{check.Name}" == name))];

    private static List<long> Approvers(string environment, IReadOnlyList<RunApproval> entries, IReadOnlyList<string> excluded) =>
        entries.Any(entry => entry.Environment == environment && !entry.IsApproved)
            ? []
            : [.. entries.Where(entry => entry.Environment == environment && !excluded.Contains(entry.User, StringComparer.OrdinalIgnoreCase)).Select(entry => entry.UserId).Distinct()];

    private static GateResult Approval(string environment, List<long> people, IReadOnlyList<RunApproval> entries, bool isNotByActor)
    {
        const string Gate = "Approval";
        var of = entries.Where(entry => entry.Environment == environment).ToList();
        var expected = $"{environment} to be approved in this run{(isNotByActor ? ", not by who started it" : "")}";
        return people.Count > 0 ? GateResult.Met(Gate, expected, string.Join(", ", of.Where(entry => people.Contains(entry.UserId)).Select(entry => entry.User).Distinct()))
            : GateResult.Unmet(
                Gate, expected, of.Exists(entry => !entry.IsApproved) ? "a rejection" : of.Count > 0 ? "only the approval of who started it" : "none",
                "let one of its reviewers approve the run");
    }

    /// <summary>Whether every environment can be given a person of its own (augmenting paths; there are few).</summary>
    private static bool CanBeDistinct(List<List<long>> people)
    {
        var environmentOf = new Dictionary<long, int>();
        bool Place(int environment, HashSet<long> tried) => people[environment].Any(person =>
        {
            if (!tried.Add(person) || (environmentOf.TryGetValue(person, out var other) && !Place(other, tried)))
            {
                return false;
            }

            environmentOf[person] = environment;
            return true;
        });
        return Enumerable.Range(0, people.Count).All(environment => Place(environment, []));
    }
}
