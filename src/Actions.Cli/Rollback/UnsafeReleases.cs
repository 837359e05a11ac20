using System.Text.RegularExpressions;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Cli.Rollback;

/// <summary>Releases that cannot simply be left. Pure.</summary>
internal static class UnsafeReleases
{
    /// <summary>A fault for each that the reason does not name.</summary>
    public static IEnumerable<Fault> Refusals(IEnumerable<UnsafeRelease> releases, string? reason) =>
        from release in releases.DistinctBy(release => release.Version)
        where !IsNamed(release, reason ?? "")
        select new Fault(
            FaultCodes.RollbackUnsafe, $"Expected a reason that names {release.Version}, which is not safe to go back from{(release.Why.Length > 0 ? $": {PlainText.Quote(release.Why, 400)}" : "")}",
            reason is null ? "found no reason" : "found one that does not", $"make sure that it has to be, then write {release.Version} in 'reason'", "reason");

    /// <summary>By its version as a word of its own, with or without a v; or by the whole text of why it is not safe.</summary>
    public static bool IsNamed(UnsafeRelease release, string reason) =>
        Regex.IsMatch(reason, $@"(?<![\w.+-])v?{Regex.Escape(release.Version.Split('+')[0])}(?![\w-]|\.\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
        || (release.Why.Length > 0 && reason.Contains(release.Why, StringComparison.OrdinalIgnoreCase));
}
