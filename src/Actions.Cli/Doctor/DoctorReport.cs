using Actions.Core.Faults;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.Doctor;

/// <summary>What all checks came to: outputs, and a table that says at a glance what to do. Pure.</summary>
internal sealed class DoctorReport(string environment, bool isDryRun, IReadOnlyList<CheckResult> results)
{
    public IReadOnlyList<Fault> Faults { get; } = [.. results.SelectMany(result => result.Faults).Distinct()];

    public OutputSet Outputs() => new OutputSet()
        .Set("passed", Count(CheckState.Ok))
        .Set("failed", Count(CheckState.Failed))
        .Set("warnings", Count(CheckState.Warning))
        .Set("skipped", Count(CheckState.NotChecked))
        .Set("results", ResultsJson.Of([.. results.Select(result => (result.Name, OutputsOf(result)))]));

    /// <summary>What has to be done comes first; what is fine comes last, for those who look something up.</summary>
    public Markdown Summary() => new Markdown()
        .Paragraph(Headline())
        .Table(["Check", "Verdict", "Found", "What to do", "Fault"], results.OrderBy(result => result.State).SelectMany(Rows));

    private Inline[] Headline() =>
    [
        Inline.Strong(Count(CheckState.Failed) > 0 ? $"{environment} is not ready for a release." : Count(CheckState.Warning) > 0 ? $"{environment} is ready for a release, with warnings." : $"{environment} is ready for a release."),
        $" Of {results.Count} checks {Count(CheckState.Failed)} failed, {Count(CheckState.Warning)} warn, {Count(CheckState.NotChecked)} could not be made, {Count(CheckState.Ok)} are fine."
        + (isDryRun ? " A dry run only reads: it wrote nothing and told nobody." : ""),
    ];

    /// <summary>A line for each thing that is wrong; errors before warnings.</summary>
    private static IEnumerable<Inline[]> Rows(CheckResult result) => result.Faults.Count == 0
        ? [[result.Name, Verdict(result.Verdict), result.Found, "", ""]]
        : result.Faults.OrderBy(fault => fault.Severity).Select((fault, index) => (Inline[])
        [
            index == 0 ? result.Name : "", Verdict(fault.Severity == Severity.Error ? "failed" : "warning"), Found(fault), fault.Remedy, Inline.Code(fault.Code.Name),
        ]);

    /// <summary>What is there comes before what should be: that is what the reader can look for.</summary>
    private static string Found(Fault fault)
    {
        const string FoundWord = "found ";
        const string ExpectedWord = "Expected ";
        var found = fault.Found.StartsWith(FoundWord, StringComparison.Ordinal) ? fault.Found[FoundWord.Length..] : fault.Found;
        var expected = fault.Expected.StartsWith(ExpectedWord, StringComparison.Ordinal) ? fault.Expected[ExpectedWord.Length..] : fault.Expected;
        return $"{found}; expected {expected}";
    }

    private static Inline Verdict(string word) => word == "ok" ? word : Inline.Strong(word);

    private static IEnumerable<KeyValuePair<string, string>> OutputsOf(CheckResult result)
    {
        yield return new("verdict", result.Verdict);
        yield return new("found", result.Found);
        yield return new("faults", string.Join(' ', result.Faults.Select(fault => fault.Code.Name).Distinct(StringComparer.Ordinal)));
    }

    private ulong Count(CheckState state) => (ulong)results.Count(result => result.State == state);
}
