using System.Globalization;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.GitHub;
using Actions.Core.Releases;
using Actions.Core.Runner;

namespace Actions.Cli.Fleet;

/// <summary>Compares how a GitHub environment is protected with what is declared. What GitHub does not show is not there. Pure.</summary>
internal sealed class EnvironmentJudge(FleetEnvironment declared, FleetEvidence evidence)
{
    private readonly string name = PlainText.Quote(declared.Name);

    public IEnumerable<FleetFinding> Judge() =>
    [
        .. Protection(), .. (declared.Approvals?.Environments ?? []).Select(Approval).OfType<FleetFinding>(),
        .. declared.Approvals is { } wanted ? evidence.Approvals[declared.Name].Where(given => !Covers(given, wanted)).Take(1).Select(_ => Quorum(wanted)) : [],
    ];

    /// <summary>Every environment that must be asked for.</summary>
    public static IEnumerable<string> NamesOf(IEnumerable<FleetEnvironment> environments) =>
        environments.SelectMany(environment => (IEnumerable<string>)[environment.Name, .. environment.Approvals?.Environments ?? []]).Distinct(StringComparer.Ordinal);

    private IEnumerable<FleetFinding> Protection()
    {
        var environment = evidence.Environments[declared.Name];
        var reviewers = Reviewers(environment);
        if (declared.Reviewers is { } least && (environment is null || reviewers < least))
        {
            yield return Of(
                declared.Name, $"Expected the environment {name} to ask one of at least {Number(least)} reviewers", environment is null ? "found no such environment, or a token that may not see it" : $"found {Number(reviewers)}",
                "set its required reviewers in the repository's settings");
        }

        if (declared.PreventSelfReview == true && Rule(environment)?.PreventSelfReview != true)
        {
            yield return Of(
                $"{declared.Name}/self-review", $"Expected the environment {name} to prevent self-review", environment is null ? "found no such environment, or a token that may not see it" : "found that whoever starts a run may approve it",
                "switch on 'Prevent self-review' in the environment's settings");
        }
    }

    private FleetFinding? Approval(string environment) => Reviewers(evidence.Environments[environment]) > 0 ? null : Of(
        $"{declared.Name}/{environment}", $"Expected the approval environment {PlainText.Quote(environment)} of {name} to have reviewers", "found none: its job runs without anybody's approval",
        "set its required reviewers in the repository's settings");

    private FleetFinding Quorum(ApprovalGate wanted) => new(
        FindingKinds.QuorumWeak, Severity.Error, declared.Name, declared.Place, $"Expected every release file with the environment {name} to ask for approvals by {string.Join(", ", wanted.Environments.Select(one => PlainText.Quote(one)))}",
        "found one that asks for fewer, for the same person twice, or for whoever started the run", "add them to gates.approvals of the release file");

    private static bool Covers(ApprovalGate? given, ApprovalGate wanted) =>
        given is not null && wanted.Environments.All(given.Environments.Contains) && (given.IsDistinct || !wanted.IsDistinct) && (given.IsNotByActor || !wanted.IsNotByActor);

    private static int Reviewers(GitHubEnvironment? environment) => Rule(environment)?.Reviewers?.Count ?? 0;

    private static GitHubProtectionRule? Rule(GitHubEnvironment? environment) => environment?.ProtectionRules?.FirstOrDefault(rule => rule.Type == "required_reviewers");

    private FleetFinding Of(string subject, string expected, string found, string remedy) =>
        new(FindingKinds.EnvironmentUnprotected, Severity.Error, PlainText.Bound(PlainText.CleanLine(subject), 300), declared.Place, expected, found, remedy);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
