using System.Globalization;
using Actions.Core.Ledger;
using Actions.Core.Releases;

namespace Actions.Core.Store;

/// <summary>Which stored versions of a release are kept. Pure.</summary>
/// <remarks>
/// A version goes when no environment's rule keeps it. An environment judges what was released to it; the first one also what was
/// only built, for that is on its way there; and all of them what was saved from a chain. An environment without a rule keeps everything.
/// </remarks>
/// <param name="file">Its environments have the rules.</param>
/// <param name="programs">Every program of every environment.</param>
/// <param name="elsewhere">Records of environments that the file does not have.</param>
public sealed class RetentionRules(ReleaseFile file, IReadOnlyList<RetainedProgram> programs, IReadOnlyList<LedgerRecord> elsewhere, DateTimeOffset now)
{
    /// <summary>A verdict for each version, in the order given.</summary>
    public IReadOnlyList<RetentionVerdict> Judge(IReadOnlyList<Manifest> versions)
    {
        var ranks = file.Environments.ToDictionary(environment => environment.Name, environment => Ranked(environment, versions), StringComparer.Ordinal);
        return [.. versions.Select(version => new RetentionVerdict(
            version, [.. Needed(version).Distinct(), .. file.Environments.Select(environment => KeptBy(environment, version, ranks[environment.Name])).OfType<string>()]))];
    }

    /// <summary>What no rule may take away.</summary>
    private IEnumerable<string> Needed(Manifest version)
    {
        foreach (var program in programs)
        {
            var where = $"{program.Environment} ({program.Name})";
            if (version.Artifacts.Any(artifact => program.Chain.Holds(artifact.ExecutableHash)))
            {
                yield return $"it runs in {where}";
            }

            if (LedgerRules.Current(program.Records, program.Chain.ExecutableHash) is { } current && IsOf(current, version))
            {
                yield return $"it is what the ledger says runs in {where}";
            }

            if (LedgerRules.Previous(program.Records, program.Chain.ExecutableHash) is { } previous && IsOf(previous, version))
            {
                yield return $"a rollback in {where} would bring it back";
            }

            foreach (var open in LedgerRules.Open(program.Records).Where(open => IsOf(open, version)))
            {
                yield return $"record {open.Id} in {where} is still open";
            }
        }

        foreach (var environment in elsewhere.Where(record => IsOf(record, version)).Select(record => record.Environment).Distinct(StringComparer.Ordinal))
        {
            yield return $"it was released in {environment}, which the release file does not have";
        }
    }

    private string? KeptBy(ReleaseEnvironment environment, Manifest version, List<(Manifest Version, DateTimeOffset? At)> ranked)
    {
        var rank = ranked.FindIndex(entry => entry.Version == version);
        if (rank < 0)
        {
            return null;
        }

        var at = ranked[rank].At;
        return environment.Retention switch
        {
            null or { Keep: null, MinAge: null } => $"{environment.Name} has no retention rule",
            _ when at is null => $"nobody knows how old it is in {environment.Name}",
            { Keep: { } keep } when rank < keep => string.Create(CultureInfo.InvariantCulture, $"it is among the newest {keep} of {environment.Name}"),
            { MinAge: { } age } when now - at < age => string.Create(CultureInfo.InvariantCulture, $"{environment.Name} keeps it until {at + age:yyyy-MM-dd HH:mm} UTC"),
            _ => null,
        };
    }

    /// <summary>What an environment judges, newest first; what has no date before everything else.</summary>
    private List<(Manifest Version, DateTimeOffset? At)> Ranked(ReleaseEnvironment environment, IReadOnlyList<Manifest> versions)
    {
        var records = programs.Where(program => program.Environment == environment.Name).SelectMany(program => program.Records)
            .Where(record => record.Kind == RecordKind.Release && record.WentLive is not null).ToList();
        return [.. from version in versions
                   let live = records.Where(record => IsOf(record, version)).Select(LiveAt).ToList()
                   where live.Count > 0 || version.Source == ManifestSource.Chain || environment == file.Environments[0]
                   let at = live.Append(version.BuiltAt).Max()
                   orderby at is null descending, at descending
                   select (version, at)];
    }

    private static DateTimeOffset? LiveAt(LedgerRecord record) =>
        record.Facts.BlockTime is { } seconds and >= 0 and <= 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : record.Facts.FinishedAt ?? record.Facts.At;

    /// <summary>By its bytes, or by its name and version.</summary>
    private bool IsOf(LedgerRecord record, Manifest version) =>
        version.Artifacts.Any(artifact => artifact.Sha256 == record.Facts.Sha256)
        || ((record.Facts.Name ?? file.Name) == version.Name && SemVer.TryParse(record.Facts.Version)?.Precedence(SemVer.TryParse(version.Version)!) == 0);
}
