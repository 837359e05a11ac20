using Actions.Core.Ledger;

namespace Actions.Core.Gates;

/// <summary>Gates that the source environment's records decide: a passed smoke test and a positive verification of what runs there now.</summary>
internal static class RecordGates
{
    public const string Nowhere = "bytes of the build, which have run nowhere";
    public const string Before = "release to the environment before, and promote from there";

    public static GateResult Smoke(GateEvidence evidence, SourceEvidence source)
    {
        var releases = evidence.Programs.Select(program => (program, Standing(program), Current(program))).ToList();
        var everything = evidence.Programs.SelectMany(program => program.SourceRecords).ToList();
        return !evidence.HasLedger ? Unknowable("Smoke test", "smoke-test", "require-smoke", source)
            : Judge("Smoke test", CheckKind.Smoke, "smoke-test", "require-smoke", source, releases, (release, _) => IsOfRelease(everything, release));
    }

    public static GateResult Verified(GateEvidence evidence, SourceEvidence source)
    {
        var releases = evidence.Programs.Select(program => (program, Standing(program), Current(program))).ToList();
        return !evidence.HasLedger ? Unknowable("Verification", "verify-program", "require-verified", source) : Judge(
            "Verification", CheckKind.Verify, "verify-program", "require-verified", source, releases,
            (release, program) => program.SourceRecords.Where(check =>
                check.Facts.RefersTo == release.Id && (check.ExecutableHash is null || check.ExecutableHash == program.Source?.ExecutableHash)));
    }

    /// <summary>Where the bytes of an environment with a predecessor come from the build.</summary>
    public static IEnumerable<GateResult> OfBuild(GateRules rules)
    {
        if (rules.RequireSmoke)
        {
            yield return GateResult.Unmet("Smoke test", "a positive smoke-test of what runs in the environment before", Nowhere, Before, "from");
        }

        if (rules.RequireVerified)
        {
            yield return GateResult.Unmet("Verification", "a positive verify-program of what runs in the environment before", Nowhere, Before, "from");
        }
    }

    private static GateResult Unknowable(string gate, string action, string input, SourceEvidence source) =>
        GateResult.Unknowable(gate, $"a positive {action} of what runs in {source.Environment}", "no ledger", "give the ledger that the deploys and checks write to", input);

    private static LedgerRecord? Current(ProgramEvidence program) => LedgerRules.Current(program.SourceRecords, program.Source?.ExecutableHash);

    private static LedgerRecord? Standing(ProgramEvidence program) => LedgerRules.Standing(program.SourceRecords, program.Source?.ExecutableHash);

    /// <summary>A smoke test is about a release, all of whose programs share its id.</summary>
    private static IEnumerable<LedgerRecord> IsOfRelease(IReadOnlyList<LedgerRecord> everything, LedgerRecord release)
    {
        var ids = everything
            .Where(record => record.Kind != RecordKind.Check && release.Facts.ReleaseId is { } shared && record.Facts.ReleaseId == shared)
            .Select(record => record.Id).Append(release.Id).ToHashSet(StringComparer.Ordinal);
        return everything.Where(check => check.Facts.RefersTo is { } refers && ids.Contains(refers));
    }

    /// <summary>The newest check since these bytes were last put there decides; one from before a rollback is about another time.</summary>
    private static GateResult Judge(
        string gate, CheckKind kind, string action, string input, SourceEvidence source,
        List<(ProgramEvidence Program, LedgerRecord? Standing, LedgerRecord? Current)> releases,
        Func<LedgerRecord, ProgramEvidence, IEnumerable<LedgerRecord>> checksOf)
    {
        var expected = $"a positive {action} of what runs in {source.Environment}";
        List<string> missing = [];
        List<string> negative = [];
        foreach (var (program, standing, current) in releases)
        {
            if (standing is null || current is null)
            {
                missing.Add($"no record of what runs as {program.Name}");
                continue;
            }

            var newest = checksOf(current, program)
                .Where(check => check.Kind == RecordKind.Check && check.Facts.Check == kind && check.Facts.At >= standing.StartedAt)
                .MaxBy(check => check.Facts.At);
            if (newest is null)
            {
                missing.Add($"none for {program.Name} since {TimeGates.Show(standing.StartedAt)}");
            }
            else if (newest.State != RecordState.Succeeded)
            {
                negative.Add($"a negative one for {program.Name} (record {newest.Id})");
            }
        }

        return missing.Count + negative.Count == 0
            ? GateResult.Met(gate, expected, releases.Count == 1 ? "one" : "one for each program")
            : GateResult.Unmet(
                gate, expected, string.Join("; ", [.. negative, .. missing]),
                $"run {action} in {source.Environment} with the same ledger{(negative.Count > 0 ? ", after what it found is mended" : "")}", input);
    }
}
