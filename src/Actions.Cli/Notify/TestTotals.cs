using System.Globalization;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Notify;
using Actions.Core.Runner;
using Actions.Core.Smoke;

namespace Actions.Cli.Notify;

/// <summary>What test tools found, added up over their files.</summary>
/// <param name="Tests">With a result; skipped ones have none.</param>
/// <param name="Failures">The names of those that failed.</param>
/// <param name="Coverage">Null without a coverage file.</param>
/// <param name="IsEmpty">Whether there was no file to read at all.</param>
internal sealed record TestTotals(int Tests, IReadOnlyList<string> Failures, CoverageResult? Coverage, bool IsEmpty)
{
    private const int MostNames = 20;

    /// <summary>A file that is missing or of another kind is a warning: the job that should have made it has already failed for it.</summary>
    public static TestTotals Read(ActionContext context)
    {
        var results = Files(context, "junit-files", ImportedResult.LongestFile, "JUnit XML", JunitResult.Read);
        var coverage = Files<CoverageResult?>(context, "coverage-files", CoverageResult.LongestFile, "Cobertura XML or an LCOV tracefile", file => CoverageResult.Read(file));
        return new TestTotals(
            results.Sum(result => result.Tests), [.. results.SelectMany(result => result.Failures)],
            coverage.Count == 0 ? null : coverage.Aggregate(default(CoverageResult), (sum, one) => sum + one!.Value),
            results.Count + coverage.Count == 0);
    }

    public Markdown Page()
    {
        var page = new Markdown().Table(["Tests", "Passed", "Failed", "Coverage"], (Inline[][])
        [
            [Number(Tests), Number(Tests - Failures.Count), Number(Failures.Count), Coverage is { } known ? $"{known.Percent.ToString("0.0", CultureInfo.InvariantCulture)} % of {Number(known.Lines)} lines" : ""],
        ]);
        return Failures.Count == 0 ? page
            : page.Bullets([.. Failures.Take(MostNames).Select(name => (Inline[])[PlainText.Bound(name, 200)]), .. Failures.Count > MostNames ? [[$"and {Failures.Count - MostNames} more"]] : (Inline[][])[]]);
    }

    private static List<T> Files<T>(ActionContext context, string input, int most, string what, Func<byte[], T?> read)
    {
        List<T> results = [];
        foreach (var line in context.Inputs.Lines(input))
        {
            var path = WorkspacePath.Resolve(context.Environment, line, input);
            var file = path.IsOk ? WorkspaceFiles.Read(path.Value, most, input) : Result<byte[]>.Fail(path.Faults);
            if (!file.IsOk)
            {
                context.Partial.Warn(file.Faults[0]);
            }
            else if (read(file.Value) is { } result)
            {
                results.Add(result);
            }
            else
            {
                context.Partial.Warn(new Fault(FaultCodes.FileUnreadable, $"Expected {what}", $"found something else in {PlainText.Quote(line, 200)}", "give the file that the test tool wrote", input));
            }
        }

        return results;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
