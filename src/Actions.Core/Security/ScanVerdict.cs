using System.Globalization;
using Actions.Core.Faults;

namespace Actions.Core.Security;

/// <summary>What a scan found, with waivers taken into account. Pure.</summary>
/// <param name="Open">What counts: errors first.</param>
/// <param name="Waived">What does not, and why.</param>
/// <param name="Unused">Waivers that waive nothing.</param>
public sealed record ScanVerdict(IReadOnlyList<ScanFinding> Open, IReadOnlyList<(ScanFinding Finding, Waiver Waiver)> Waived, IReadOnlyList<Waiver> Unused)
{
    /// <param name="findings">Each once, numbered.</param>
    public static ScanVerdict Of(IReadOnlyList<ScanFinding> findings, WaiverFile file, DateOnly today)
    {
        List<ScanFinding> open = [];
        List<(ScanFinding, Waiver)> waived = [];
        HashSet<Waiver> used = [];
        foreach (var finding in findings)
        {
            var covering = file.Waivers.Where(waiver => waiver.Covers(finding)).ToList();
            used.UnionWith(covering);
            if (covering.Find(waiver => waiver.Until >= today) is { } waiver)
            {
                waived.Add((finding, waiver));
            }
            else
            {
                open.Add(finding);
            }
        }

        open.AddRange(file.Waivers.Where(waiver => waiver.Until < today).Select(waiver => SecurityRules.WaiverExpired.At(
            file.Name, waiver.Line, $"found that of {waiver}, which ended on {waiver.Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}", waiver.ToString())));
        return new ScanVerdict(
            [.. open.OrderBy(finding => finding.Severity == Severity.Error ? 0 : 1)], waived, [.. file.Waivers.Where(waiver => waiver.Until >= today && !used.Contains(waiver))]);
    }

    public int Errors => Open.Count(finding => finding.Severity == Severity.Error);

    public int Warnings => Open.Count - Errors;
}
