using System.Text;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Secrets;

/// <summary>Looks for secrets in everything a run leaves behind.</summary>
internal static class LeakScan
{
    public static void ShouldBeClean(ActionRun run, Workspace workspace, IReadOnlyList<string> leaks)
    {
        // The runner reads add-mask lines and keeps them out of the log.
        var log = string.Join('\n', run.Stdout.Split('\n').Where(line => !line.StartsWith("::add-mask::", StringComparison.Ordinal)));
        leaks.Count.ShouldBeGreaterThan(0);
        List<(string Where, string Text)> places =
        [
            ("stdout", log), ("stderr", run.Stderr), ("summary", run.Summary), ("outputs", string.Join('\n', run.Outputs)),
            .. workspace.Files().Select(file => (file.Path, Encoding.Latin1.GetString(file.Content))),
        ];
        foreach (var (where, text) in places)
        {
            leaks.Where(leak => text.Contains(leak, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty($"in {where}");
        }
    }

    public static int Transactions(this ActionRun run) => int.Parse(run["transactions"], System.Globalization.CultureInfo.InvariantCulture);
}
