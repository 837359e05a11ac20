namespace Actions.Core.Gates;

/// <summary>Every gate of a promotion, judged at once: a person who must come back should know for everything what is missing. Pure.</summary>
/// <param name="Results">In the order a person reads them.</param>
/// <param name="Earliest">When all that only needs time is there; null when nothing waits for time alone, or it never comes.</param>
public sealed record GateChecklist(IReadOnlyList<GateResult> Results, DateTimeOffset? Earliest)
{
    public bool IsOpen => Results.All(result => result.IsOpen);

    /// <summary>True when nothing but time is missing.</summary>
    public bool NeedsOnlyTime => !IsOpen && Earliest is not null && Results.All(result => result.IsOpen || result.Earliest is not null);

    public static GateChecklist Evaluate(GateRules rules, GateEvidence evidence)
    {
        List<GateResult> results = [.. OfBytes(rules, evidence), .. OfSource(rules, evidence), .. OfTime(rules, evidence), .. OfPeople(rules, evidence)];
        return new GateChecklist(results, TimeGates.Earliest(rules, results, evidence.Now));
    }

    private static IEnumerable<GateResult> OfBytes(GateRules rules, GateEvidence evidence) =>
        [BytesGates.Variant(evidence), .. BytesGates.DeclaredIds(evidence), VersionGates.Order(evidence, rules.AllowDowngrade), VersionGates.Undone(evidence, rules.AllowUndone)];

    /// <summary>A build has run nowhere: there is nothing to ask, which is enough for the first environment only.</summary>
    private static IEnumerable<GateResult> OfSource(GateRules rules, GateEvidence evidence)
    {
        if (evidence.Source is not { } source)
        {
            foreach (var result in evidence.HasPredecessor ? OfBuild(rules) : [])
            {
                yield return result;
            }

            yield break;
        }

        if (rules.MinSoak > TimeSpan.Zero)
        {
            yield return TimeGates.Soak(source, rules.MinSoak, evidence.Now);
        }

        if (rules.RequireSmoke)
        {
            yield return RecordGates.Smoke(evidence, source);
        }

        if (rules.RequireVerified)
        {
            yield return RecordGates.Verified(evidence, source);
        }
    }

    private static IEnumerable<GateResult> OfBuild(GateRules rules) => rules.MinSoak > TimeSpan.Zero
        ? [GateResult.Unmet("Soak", $"to have run in the environment before for {TimeGates.Show(rules.MinSoak)}", RecordGates.Nowhere, RecordGates.Before, "from"), .. RecordGates.OfBuild(rules)]
        : RecordGates.OfBuild(rules);

    private static IEnumerable<GateResult> OfTime(GateRules rules, GateEvidence evidence) => TimeGates.FreezeAndWindow(rules, evidence.Now);

    private static IEnumerable<GateResult> OfPeople(GateRules rules, GateEvidence evidence)
    {
        if (rules.Phrase is { } phrase)
        {
            yield return PhraseGate.Judge(phrase, evidence.Phrase);
        }

        foreach (var name in rules.Checks)
        {
            yield return GitHubGates.Check(name, evidence.GitHub.Checks);
        }

        if (rules.Security is { } security)
        {
            yield return GitHubGates.Security(security, evidence.GitHub.Checks, evidence.Now);
        }

        IEnumerable<GateResult> more =
        [
            .. rules.Approvals is not { } approvals ? [] : rules.ApprovalsComeLater ? GitHubGates.ApprovalsLater(approvals) : GitHubGates.Approvals(approvals, evidence.GitHub.Approvals, evidence.Actors),
            .. rules.RequireProtectedEnvironment ? GitHubGates.Protection(evidence.To, evidence.GitHub.Protection) : [],
        ];
        foreach (var result in more)
        {
            yield return result;
        }
    }
}
