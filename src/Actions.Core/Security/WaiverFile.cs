using System.Globalization;
using Actions.Core.Faults;
using Actions.Core.Releases;
using Actions.Core.Runner;

namespace Actions.Core.Security;

/// <summary>A decision to live with a finding for a while.</summary>
/// <param name="Finding">The id of one finding; null when rule and path say which.</param>
/// <param name="Rule">A rule's name, that of another tool with the tool's before it.</param>
/// <param name="Path">A path or a pattern of paths.</param>
/// <param name="Until">The last day it counts.</param>
/// <param name="Line">Where it stands.</param>
public sealed record Waiver(string? Finding, string? Rule, string? Path, string Reason, DateOnly Until, int Line)
{
    public bool Covers(ScanFinding finding) => Finding is not null ? finding.Id == Finding : finding.FullRule == Rule && Glob.Matches(Path!, finding.Path);

    public override string ToString() => Finding ?? $"{Rule} at {Path}";
}

/// <summary>A file of waivers, schema 1.</summary>
public sealed record WaiverFile(string Name, IReadOnlyList<Waiver> Waivers)
{
    public const int LongestFile = YamlText.LongestFile;
    public const string DateForm = "a date such as 2027-01-31";

    public static readonly WaiverFile None = new("", []);

    /// <param name="name">As it is shown.</param>
    /// <param name="input">The input that named it.</param>
    public static Result<WaiverFile> Read(ReadOnlySpan<byte> bytes, string name, string input)
    {
        var root = YamlText.Read(bytes, name, input);
        if (!root.IsOk)
        {
            return Result<WaiverFile>.Fail(root.Faults);
        }

        var faults = new YamlFaults(name, input);
        var map = new YamlMap(root.Value, "", faults);
        map.Require("version", "waivers");
        if (map.Number("version", 0) is { } version and not 1)
        {
            map.Complain("version", "1", $"found {version.ToString(CultureInfo.InvariantCulture)}", "write version: 1");
        }

        List<Waiver> waivers = [.. map.Maps("waivers").Select(entry => One(entry.Map, (int)entry.Node.Start.Line)).OfType<Waiver>()];
        map.Close();
        return faults.All.Count > 0 ? Result<WaiverFile>.Fail(faults.All) : new WaiverFile(name, waivers);
    }

    private static Waiver? One(YamlMap map, int line)
    {
        map.Require("reason", "until");
        var (finding, rule, path) = (map.Text("finding"), map.Text("rule"), map.Text("path"));
        if (finding is null ? rule is null || path is null : rule is not null || path is not null)
        {
            map.Complain("finding", "either the id of a finding, or rule and path", "found something else", "name one finding, or a rule and where it is waived");
        }

        if (rule is not null && !rule.Contains('/', StringComparison.Ordinal) && SecurityRules.All.All(known => known.Id != rule))
        {
            map.Complain("rule", "a rule of docs/security-scan.md, or <tool>/<rule> of another tool", $"found {PlainText.Quote(rule)}", "correct it");
        }

        var reason = map.Text("reason");
        var until = map.Parse<DateOnly>("until", DateForm, text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null);
        map.Close();
        return reason is not null && until is { } last ? new Waiver(finding, rule, path, reason, last, line) : null;
    }
}
